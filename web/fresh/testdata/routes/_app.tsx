import { define } from "../define.ts";

export default define.page(({ Component, state }) => (
  <html lang="en">
    <head>
      <title>{state.trail.join(">")}</title>
    </head>
    <body>
      <Component />
    </body>
  </html>
));
