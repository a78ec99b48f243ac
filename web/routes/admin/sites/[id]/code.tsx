import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { createEnrolmentCode } from "@/web/services/network/create_enrolment_code.ts";
import { enrolmentCookie } from "../../(_network)/enrolment_cookie.ts";
import { onSite } from "../(_parts)/on_site.tsx";

const part = define.part({
  on: onSite,
  params: idParams,
  input: noFields,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "agent:enrol",
  audit: "enrolment_code.created",
  confirm: true,
  summary: "Make a code that enrols an agent",
  submit: (_input, { call, loaded: { id } }) => createEnrolmentCode(...call, { siteId: id }),
  done(code, { ctx, state, loaded: { id } }) {
    const response = ctx.redirect(`/admin/sites/${id}`, 303);
    response.headers.append("set-cookie", enrolmentCookie(state, id, code));
    return response;
  },
});

export default part.page;
export const { handler, route } = part;
