import { requireSession } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { TextField } from "@/web/components/form/TextField.tsx";
import { INVITE_HOURS } from "@/web/domain/access/limits.ts";
import { inviteForm } from "@/web/route_table/staff.ts";
import { inviteStaff } from "@/web/services/access/invite_staff.ts";
import { listRoles } from "@/web/store/access/roles.ts";
import { RoleTicks } from "../roles/(_parts)/RoleTicks.tsx";
import { linkCookie } from "./(_parts)/link_cookie.ts";

const form = define.form({
  input: inviteForm,
  load: async (trx) => ({ roles: await listRoles(trx) }),
  permission: "staff:write",
  audit: "staff.invited",
  summary: "Invite somebody by a link",
  refused: "staff.check",
  title: ({ t }) => t("staff.invite_title"),
  lead: ({ t }) => t("staff.invite_lead", { hours: INVITE_HOURS }),
  back: ({ t }) => ({ href: "/admin/staff", label: t("staff.title") }),
  labels: { email: "staff.email", name: "staff.name", role: "staff.role" },
  fields: ({ t, field, many, state, problems, loaded: { roles } }) => (
    <>
      <TextField {...field("email")} type="email" autocomplete="off" autofocus />
      <TextField {...field("name")} hint={t("staff.invite_name_hint")} autocomplete="off" />
      <RoleTicks
        label={t("staff.role")}
        hint={t("staff.role_hint")}
        roles={roles}
        chosen={many("role")}
        giver={requireSession(state).access}
        error={problems.role}
      />
    </>
  ),
  verb: ({ t }) => t("staff.invite_verb"),
  submit: ({ email, name, role }, { call }) => inviteStaff(...call, { email, name, roleIds: role }),
  done({ inviteId, code, mail }, { ctx, state }) {
    const path = `/admin/staff/invites/${inviteId}`;
    const response = ctx.redirect(`${path}?done=${mail}`, 303);
    response.headers.append("set-cookie", linkCookie(state, path, code));
    return response;
  },
});

export default form.page;
export const { handler, route } = form;
