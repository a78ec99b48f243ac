import { wholePage } from "@/web/app/list/define_list.tsx";
import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { roleWords } from "@/web/components/words/permission_words.ts";
import { PERMISSIONS, ROLE_NAMES } from "@/web/domain/access/mod.ts";
import { formatCount } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { rolesQuery } from "@/web/route_table/staff.ts";
import { listRoles, type RoleRow } from "@/web/store/access/roles.ts";
import { listSiteNames } from "@/web/store/network/sites.ts";

const PATH = "/admin/roles";

export const list = define.list({
  name: "roles",
  path: () => PATH,
  query: rolesQuery,
  filter: () => ({}),
  count: () => Promise.resolve(null),
  more: async (trx) => ({
    siteNames: new Map((await listSiteNames(trx)).map(({ id, name }) => [id, name])),
  }),
  read: async (trx, _filter, { sort }) => {
    const roles = await listRoles(trx);
    return wholePage(sort === "-people" ? roles.toSorted((a, b) => b.people - a.people) : roles);
  },
  permission: "staff:read",
  summary: "Roles with the number of people who have them",
  title: ({ t }) => t("staff.roles"),
  lead: ({ t }) => t("staff.roles_lead"),
  back: ({ t }) => ({ href: "/admin/staff", label: t("staff.title") }),
  actions: ({ t, state }) =>
    may(state, "staff:write") && (
      <LinkButton kind="primary" icon="plus" href={`${PATH}/new`}>{t("staff.new_role")}</LinkButton>
    ),
  above: ({ t, query }) => <Flash done={query.done} messages={{ deleted: t("staff.done_role_deleted") }} />,
  total: ({ rows }) => rows.length,
  sort: "name",
  columns: ({ t, more: { siteNames } }) => [
    { head: t("staff.name"), cell: (role) => role.name, csvHead: "Role", csv: (role) => role.name },
    {
      id: "people",
      head: t("staff.people"),
      kind: "number",
      cell: (role) => formatCount(role.people),
      csvHead: "People",
      csv: (role) => String(role.people),
      sortBy: "-people",
    },
    {
      id: "allows",
      head: t("staff.allows"),
      cell: (role) => allowsWords(t, role),
      csvHead: "Permissions",
      csv: (role) => role.permissions.join(" "),
      phone: "full",
    },
    {
      id: "where",
      head: t("staff.where"),
      cell: (role) => whereWords(t, role, siteNames),
      csvHead: "Sites",
      csv: (role) => sitesOf(role, siteNames).join(", "),
    },
    {
      id: "kind",
      head: t("staff.kind"),
      cell: (role) => (
        <Pill tone={role.isBuiltin ? "mute" : "info"}>
          {t(role.isBuiltin ? "staff.builtin" : "staff.own")}
        </Pill>
      ),
      csvHead: "Kind",
      csv: (role) => role.isBuiltin ? "built in" : "own",
      phone: "corner",
    },
  ],
  table: ({ t }) => ({
    rowHref: (role) => `${PATH}/${role.id}`,
    empty: <EmptyState icon="user" title={t("staff.none_roles")} />,
  }),
});

export default list.page;
export const { handler, route } = list;

function allowsWords(t: Translate, role: RoleRow): string {
  const builtin = role.isBuiltin ? ROLE_NAMES.find((name) => name === role.name) : undefined;
  if (builtin !== undefined) return roleWords(t, builtin);
  return t("staff.allows_n", { n: role.permissions.length, all: PERMISSIONS.length });
}

function sitesOf({ siteIds }: RoleRow, names: ReadonlyMap<string, string>): string[] {
  return (siteIds ?? []).flatMap((id) => names.get(id) ?? []);
}

function whereWords(t: Translate, role: RoleRow, names: ReadonlyMap<string, string>): string {
  if (role.siteIds === null) return t("staff.everywhere");
  const sites = sitesOf(role, names);
  return sites.length === 0 ? t("staff.at_no_site") : sites.join(", ");
}
