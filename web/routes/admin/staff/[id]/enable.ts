import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { enableStaff } from "@/web/services/access/disable_staff.ts";

export const { handler, route } = define.action({
  params: idParams,
  input: noFields,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "staff:write",
  audit: "staff.enabled",
  confirm: true,
  summary: "Enable somebody who was disabled",
  submit: (_input, { call, loaded: { id } }) => enableStaff(...call, { staffUserId: id }),
  done: (_value, { loaded: { id } }) => `/admin/staff/${id}?done=enabled`,
});
