import Counter from "../islands/Counter.tsx";
import { define } from "../define.ts";

export default define.page(({ url }) => (
  <table>
    <tbody>
      <Counter start={3} label={url.searchParams.get("label") ?? "</script><b>"} />
      <Counter start={5} label="second" />
    </tbody>
  </table>
));
