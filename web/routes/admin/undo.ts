import { ok } from "@/shared/result.ts";
import { formPageOf } from "@/web/app/form/form_page.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { requestOriginOf } from "@/web/app/frame/page_context.ts";
import { withAbout } from "@/web/app/frame/about.ts";
import { withoutDone } from "@/web/app/frame/undo_link.ts";
import { define } from "@/web/app/state.ts";
import { undoForm } from "@/web/route_table/find.ts";
import { undoAction } from "@/web/services/undo/undo_action.ts";

export const { handler, route } = define.action({
  input: undoForm,
  permission: "signed_in",
  audit: "as the action that takes it back",
  summary: "Take back what the person has just done; the use case asks for the permission",
  // What cannot be taken back is said on the page that the button stands on.
  submit: async ({ entry }, { state }) =>
    ok(await undoAction(state.services, requireSession(state), entry, requestOriginOf(state))),
  done(result, { ctx }) {
    const back = withoutDone(formPageOf(ctx.req, ctx.url) ?? "/admin");
    const location = `${back}${back.includes("?") ? "&" : "?"}done=${result.ok ? "undone" : result.code}`;
    return result.ok ? withAbout(location, result.value.subjectId) : location;
  },
});
