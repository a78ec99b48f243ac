import { requireSession } from "@/web/app/form/input.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { actorOf } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { visibleNav } from "@/web/components/frame/nav.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { seeAsPerson } from "@/web/services/access/see_as.ts";

export const { handler, route } = define.action({
  params: idParams,
  input: noFields,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "staff:read",
  audit: "staff.seen_as",
  summary: "See Linya as somebody does, with all their roles, without changing anything",
  submit: (_input, { state, loaded: { id } }) =>
    seeAsPerson(state.services, actorOf(state), requireSession(state), id),
  // The first page that they may open: not each sees Today.
  done: (permissions) => visibleNav(permissions)[0]?.href ?? "/admin/settings/me",
});
