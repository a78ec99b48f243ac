import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { newRoleQuery, roleForm } from "@/web/route_table/staff.ts";
import { createRole } from "@/web/services/access/save_role.ts";
import { findRole } from "@/web/store/access/roles.ts";
import { listSiteNames } from "@/web/store/network/sites.ts";
import { needsSite, ROLE_LABELS, RoleFields, roleOf, roleValues } from "./(_parts)/role_form.tsx";

const form = define.form({
  query: newRoleQuery,
  input: roleForm,
  load: async (trx, { query: { from } }) => ({
    sites: await listSiteNames(trx),
    from: from === undefined ? null : found(await findRole(trx, from)),
  }),
  permission: "staff:write",
  audit: "role.created",
  confirm: true,
  summary: "Make a role, from another one or from nothing",
  refused: "staff.check",
  title: ({ t, loaded: { from } }) =>
    from === null ? t("staff.new_role") : t("staff.role_from", { name: from.name }),
  lead: ({ t }) => t("staff.role_new_lead"),
  back: ({ t }) => ({ href: "/admin/roles", label: t("staff.roles") }),
  labels: ROLE_LABELS,
  values: ({ from }) => from === null ? { where: "everywhere" } : { ...roleValues(from), name: "" },
  hidden: ({ loaded: { from } }): Record<string, string> => from === null ? {} : { from: from.id },
  fields: (view) => <RoleFields view={view} />,
  page: (_view, { header, summary, start, fields, buttons, attributes }) => (
    <>
      {header}
      <form class="form form-wide" {...attributes}>
        {start}
        {summary}
        {fields}
        <Card>{buttons}</Card>
      </form>
    </>
  ),
  verb: ({ t }) => t("staff.make_role"),
  submit: async (input, { call }) => {
    const role = roleOf(input);
    return needsSite(role) ?? await createRole(...call, role);
  },
  done: ({ roleId }) => `/admin/roles/${roleId}?done=made`,
});

export default form.page;
export const { handler, route } = form;
