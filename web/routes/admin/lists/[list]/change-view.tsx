import { ok } from "@/shared/result.ts";
import { address } from "@/web/app/frame/page_context.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { changeViewForm, viewParams } from "@/web/route_table/lists.ts";
import { dropView, nameView } from "@/web/services/settings/arrange_lists.ts";
import { onView } from "./(_parts)/on_views.tsx";

const part = define.part({
  on: onView,
  params: viewParams,
  input: changeViewForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "signed_in",
  summary: "Rename or delete a saved view",
  async submit({ intent, id, name }, { state }) {
    const { tenantId, staffUserId } = requireSession(state);
    if (intent === "rename") return await nameView(state.services, tenantId, { staffUserId, id, name });
    await dropView(state.services, tenantId, { staffUserId, id });
    return ok(undefined);
  },
  done: (_value, { input: { intent }, loaded: { list } }) =>
    address(`/admin/lists/${list}/views`, { done: intent === "delete" ? "deleted" : "renamed" }),
});

export default part.page;
export const { handler, route } = part;
