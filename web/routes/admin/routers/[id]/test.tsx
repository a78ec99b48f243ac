import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { WEB_COMMANDS } from "@/web/services/network/commands/command_registry.ts";
import { testRouter } from "@/web/services/network/test_router.ts";
import { list } from "./index.tsx";

const part = define.part({
  on: { path: ({ id }) => `/admin/routers/${id}`, page: list.page, refuse: list.refuse },
  params: idParams,
  input: noFields,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: WEB_COMMANDS["router.test"].permission,
  summary: "Test a router",
  submit: (_input, { call, loaded: { id } }) => testRouter(...call, { routerId: id }),
  done: ({ commandId }, { loaded: { id } }) => `/admin/routers/${id}?test=${commandId}`,
});

export default part.page;
export const { handler, route } = part;
