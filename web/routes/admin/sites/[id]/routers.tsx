import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { addRouterForm } from "@/web/route_table/sites.ts";
import { addRouter } from "@/web/services/network/add_router.ts";
import { ROUTER_PROBLEM_FIELDS } from "../../(_network)/router_problems.ts";
import { onSite } from "../(_parts)/on_site.tsx";

const part = define.part({
  on: onSite,
  params: idParams,
  input: addRouterForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "router:write",
  audit: "router.added",
  summary: "Add a router and test it",
  submit: (form, { call, loaded: { id } }) => addRouter(...call, { siteId: id, ...form }),
  at: ROUTER_PROBLEM_FIELDS,
  done: ({ routerId, testCommandId }) => `/admin/routers/${routerId}?test=${testCommandId}`,
});

export default part.page;
export const { handler, route } = part;
