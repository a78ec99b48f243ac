import { define } from "@/web/app/state.ts";
import { loadShell } from "@/web/app/load_shell.ts";

/** Context only: the frame's figures. Who may see a page is decided by the route table. */
export default define.middleware(async (ctx) => {
  const { session } = ctx.state;
  if (session !== null) ctx.state.shell = await loadShell(ctx.state, session);
  return await ctx.next();
});
