import { define } from "../../define.ts";

export default define.middleware([
  (ctx) => {
    ctx.state.trail.push("admin");
    return ctx.next();
  },
  async (ctx) => {
    const response = await ctx.next();
    response.headers.set("x-guarded", "admin");
    return response;
  },
]);
