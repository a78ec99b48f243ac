import { define } from "@/web/app/state.ts";
import { loadShell } from "@/web/app/load_shell.ts";

/** Context only: the frame's figures. Who may see a page is decided by the route table. */
export default define.middleware(async (ctx) => {
  const { session } = ctx.state;
  if (session === null || ctx.route === "/admin/events") return await ctx.next();
  // Before anything is read: what happens from here on reaches the page by its stream.
  const position = ctx.state.liveHub?.position(session.tenantId);
  if (position !== undefined) ctx.state.livePosition = position;
  ctx.state.shell = await loadShell(ctx.state, session);
  return await ctx.next();
});
