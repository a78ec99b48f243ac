import { readInput, requireSession } from "@/web/app/form/input.ts";
import { formPageOf } from "@/web/app/form/form_page.ts";
import { withAbout } from "@/web/app/frame/about.ts";
import { define } from "@/web/app/state.ts";
import { withoutDone } from "@/web/app/frame/undo_link.ts";
import { undoForm } from "@/web/route_table/find.ts";
import { undoAction } from "@/web/services/undo/undo_action.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

export const route: RouteEntries = {
  POST: {
    audience: "staff",
    permission: "signed_in",
    input: undoForm,
    audit: "as the action that takes it back",
    summary: "Take back what the person has just done; the use case asks for the permission",
  },
};

export const handler = define.handlers({
  async POST(ctx) {
    const { entry } = readInput(ctx.state, undoForm);
    const result = await undoAction(ctx.state.services, requireSession(ctx.state), entry);
    const back = withoutDone(formPageOf(ctx.req, ctx.url) ?? "/admin");
    const done = result.ok ? "undone" : result.code;
    const location = `${back}${back.includes("?") ? "&" : "?"}done=${done}`;
    return ctx.redirect(result.ok ? withAbout(location, result.value.subjectId) : location, 303);
  },
});
