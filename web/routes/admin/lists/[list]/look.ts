import { ok } from "@/shared/result.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { ownPath } from "@/web/app/guard/own_path.ts";
import { define } from "@/web/app/state.ts";
import { listParams, lookForm } from "@/web/route_table/lists.ts";
import { saveLook } from "@/web/services/settings/arrange_lists.ts";

/** Keeps how a person wants a list, and goes back to it. */
export const { handler, route } = define.action({
  params: listParams,
  input: lookForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "signed_in",
  summary: "Keep the columns of a list and the row height",
  async submit({ columns, density }, { state, loaded: { list } }) {
    const { tenantId, staffUserId } = requireSession(state);
    return ok(await saveLook(state.services, tenantId, { staffUserId, list, columns, density }));
  },
  done: (_value, { input: { back } }) => ownPath(back) ?? "/admin",
});
