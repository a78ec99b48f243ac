import { requireSession } from "@/web/app/form/input.ts";
import { found, may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { useT } from "@/web/components/i18n.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { ActionForm, LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { missingToGive } from "@/web/domain/access/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { doneOnly, roleForm } from "@/web/route_table/staff.ts";
import { roleVersion, saveRole } from "@/web/services/access/save_role.ts";
import { findRoleRequires } from "@/web/store/access/role_factors.ts";
import { findRole } from "@/web/store/access/roles.ts";
import { listSiteNames } from "@/web/store/network/sites.ts";
import { AccessWords } from "../(_parts)/AccessWords.tsx";
import { PermissionTicks } from "../(_parts)/PermissionTicks.tsx";
import { needsSite, ROLE_LABELS, RoleFields, roleOf, roleValues } from "../(_parts)/role_form.tsx";

const form = define.form({
  params: idParams,
  query: doneOnly,
  input: roleForm,
  load: async (trx, { state, params: { id }, query: { done } }) => {
    const role = found(await findRole(trx, id));
    const { access } = requireSession(state);
    const isWithin = access !== undefined && missingToGive(access, [role]).length === 0;
    return {
      role,
      sites: await listSiteNames(trx),
      done,
      isWithin,
      asksForFactor: await findRoleRequires(trx, id),
    };
  },
  permission: "staff:write",
  readers: { permission: "staff:read", summary: "A role: every page and endpoint, and what opens it" },
  audit: "role.saved",
  confirm: true,
  summary: "Change a role",
  refused: "staff.check",
  title: ({ loaded: { role } }) => role.name,
  back: ({ t }) => ({ href: "/admin/roles", label: t("staff.roles") }),
  lead: ({ t, loaded: { asksForFactor } }) => asksForFactor ? t("factors.role_state_on") : undefined,
  actions: ({ t, state, loaded: { role, isWithin, asksForFactor } }) => (
    <>
      {isWithin && (
        <ActionForm action={`/admin/roles/${role.id}/see`} csrfToken={state.csrfToken}>
          {t("staff.see_as")}
        </ActionForm>
      )}
      {may(state, "staff:write") && (
        <LinkButton icon="copy" href={`/admin/roles/new?from=${role.id}`}>{t("staff.copy_role")}</LinkButton>
      )}
      {may(state, "staff:write") && isWithin && (
        <LinkButton href={`/admin/roles/${role.id}/second-factor`} dialog>
          {t(asksForFactor ? "factors.role_off" : "factors.role_on")}
        </LinkButton>
      )}
      {may(state, "staff:write") && !role.isBuiltin && role.people + role.invites === 0 && (
        <LinkButton kind="danger" href={`/admin/roles/${role.id}/delete`} dialog>
          {t("staff.delete_role")}
        </LinkButton>
      )}
    </>
  ),
  labels: ROLE_LABELS,
  values: ({ role }) => roleValues(role),
  edits: {
    subject: ({ role }) => role.id,
    version: ({ role }) => roleVersion(role),
  },
  blocked: ({ t, state, loaded: { role, sites, done } }) =>
    role.isBuiltin || !may(state, "staff:write")
      ? (
        <>
          <RoleFlash done={done} />
          <Banner tone="info">{t(role.isBuiltin ? "staff.builtin_note" : "staff.no_write")}</Banner>
          <Card title={t("staff.can_role")}>
            <AccessWords roles={[role]} sites={sites} />
          </Card>
          <h2>{t("staff.permissions")}</h2>
          <PermissionTicks table={state.table} chosen={new Set(role.permissions)} giver={undefined} />
        </>
      )
      : null,
  fields: (view) => <RoleFields view={view} />,
  page: ({ t, loaded: { role, sites, done } }, { header, summary, start, fields, buttons, attributes }) => (
    <>
      {header}
      <RoleFlash done={done} />
      <Card title={t("staff.can_role")}>
        <AccessWords roles={[role]} sites={sites} />
      </Card>
      <form class="form form-wide" {...attributes}>
        {start}
        {summary}
        {fields}
        <Card>{buttons}</Card>
      </form>
    </>
  ),
  verb: ({ t }) => t("staff.save_role"),
  submit: async (input, { call, loaded, seen }) => {
    const role = roleOf(input);
    return needsSite(role) ?? await saveRole(...call, { ...role, roleId: loaded.role.id, seen });
  },
  done: (_value, { loaded: { role } }) => `/admin/roles/${role.id}?done=saved`,
});

export default form.page;
export const { handler, route } = form;

function RoleFlash({ done }: { done: string | undefined }) {
  const t = useT();
  return (
    <Flash
      done={done}
      messages={{
        made: t("staff.done_role_made"),
        saved: t("staff.done_role_saved"),
        factor_on: t("factors.done_role_on"),
        factor_off: t("factors.done_role_off"),
      }}
    />
  );
}
