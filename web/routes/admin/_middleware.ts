import { readAbout } from "@/web/app/frame/about.ts";
import { define } from "@/web/app/state.ts";
import { readDraft } from "@/web/app/form/draft.ts";
import { wantsJson } from "@/web/app/errors/wants_json.ts";
import { loadShell } from "@/web/app/frame/load_shell.ts";
import { readUndo } from "@/web/app/frame/undo_link.ts";

const SELF_READING = /^\/admin(\/demo\/days)?\/?$/;

/** Context only: the frame's figures. Who may see a page is decided by the route table. */
export default define.middleware(async (ctx) => {
  const { session } = ctx.state;
  if (session?.audience !== "staff" || ctx.route === "/admin/events") return await ctx.next();
  // Before anything is read: what happens from here on reaches the page by its stream.
  const position = ctx.state.liveHub?.position(session.tenantId);
  if (position !== undefined) ctx.state.livePosition = position;
  ctx.state.draft = await readDraft(ctx.state, ctx.req, ctx.url);
  // The palette asks while somebody types, and shows no frame.
  if (ctx.route === "/admin/find" && wantsJson(ctx.req)) return await ctx.next();
  ctx.state.shell = await loadShell(ctx.state, session);
  const { demo } = ctx.state.shell;
  const isPlaying = demo !== null && (demo.clock.playing !== null || demo.clock.preparing !== null);
  // Without scripts the pages that show nothing but what happens look again by themselves.
  if (isPlaying && SELF_READING.test(ctx.url.pathname)) ctx.state.refreshSeconds = 3;
  ctx.state.undo = await readUndo(ctx.state, ctx.url);
  ctx.state.about = await readAbout(ctx.state, ctx.url, ctx.params.id);
  return await ctx.next();
});
