import { define } from "../../define.ts";

export default define.layout(({ Component }) => (
  <main>
    <Component />
  </main>
));
