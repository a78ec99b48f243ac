import { z } from "zod";
import { centavos, formatCentavosPlain, formatPeso, sum } from "@/shared/money/mod.ts";
import { wholePage } from "@/web/app/list/define_list.tsx";
import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { Menu, MenuLink } from "@/web/components/frame/Menu.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { formatCount } from "@/web/format.ts";
import { queryText, queryWord } from "@/web/route_table/fields.ts";
import { listQuery } from "@/web/route_table/lists.ts";
import { listPlansWithSums } from "@/web/services/billing/plan_sums.ts";
import type { PlanListRow } from "@/web/store/billing/plans.ts";

const PATH = "/admin/plans";

export const list = define.list({
  name: "plans",
  path: () => PATH,
  query: z.object({ show: queryWord(["all"]), sort: listQuery.sort, done: queryText(40) }),
  filter: ({ query }) => ({ withArchived: query.show === "all" }),
  count: () => Promise.resolve(null),
  more: () => Promise.resolve(null),
  read: async (trx, filter, { sort }, { moment }) =>
    wholePage(sortPlans(await listPlansWithSums(trx, moment, filter), sort)),
  permission: "plan:read",
  summary: "Plans with their subscribers",
  title: ({ t }) => t("tables.list_plans"),
  lead: ({ t, rows }) => {
    const n = rows.reduce((total, plan) => total + plan.subscriptions, 0);
    const amount = formatPeso(sum(rows.map((plan) => centavos(plan.monthly_centavos))));
    return n === 0 ? undefined : t("plans.lead", { n, amount });
  },
  actions: ({ t, state }) =>
    may(state, "plan:write") && (
      <LinkButton kind="primary" icon="plus" href={`${PATH}/new`}>{t("plans.add_title")}</LinkButton>
    ),
  above: ({ t, query }) => (
    <Flash
      done={query.done}
      messages={{
        created: t("plans.done_created"),
        saved: t("plans.done_saved"),
        archived: t("plans.done_archived"),
        rules: t("plans.done_rules"),
        prepaid: t("prepaid.units_saved"),
        lapse: t("prepaid.lapse_saved"),
      }}
    />
  ),
  total: ({ rows }) => rows.length,
  sort: "name",
  columns: ({ t, state }) => [
    { head: t("tables.name"), cell: (plan) => plan.name, csv: (plan) => plan.name, sortBy: "name" },
    {
      id: "price",
      head: t("tables.price"),
      kind: "money",
      cell: (plan) => <Money amount={centavos(plan.price_centavos)} />,
      csv: (plan) => formatCentavosPlain(centavos(plan.price_centavos)),
      sortBy: "-price",
    },
    { id: "speed", head: t("tables.speed"), cell: (plan) => plan.speed, csv: (plan) => plan.speed ?? "" },
    {
      id: "profile",
      head: t("tables.profile"),
      cell: (plan) => plan.ppp_profile && <CodeText>{plan.ppp_profile}</CodeText>,
      csvHead: "PPP profile",
      csv: (plan) => plan.ppp_profile ?? "",
    },
    {
      id: "connections",
      head: t("tables.connections"),
      kind: "number",
      cell: (plan) => (
        <a href={`/admin/subscribers?plan=${plan.id}&connection=any`}>{formatCount(plan.subscriptions)}</a>
      ),
      csv: (plan) => String(plan.subscriptions),
      sortBy: "-connections",
    },
    {
      id: "period",
      head: t("tables.whole_period"),
      kind: "money",
      cell: (plan) => <Money amount={centavos(plan.monthly_centavos)} />,
      csv: (plan) => formatCentavosPlain(centavos(plan.monthly_centavos)),
      minor: true,
    },
    {
      id: "state",
      head: t("tables.state"),
      cell: (plan) =>
        plan.archived_at === null
          ? <Pill tone="ok">{t("plans.state_offered")}</Pill>
          : <Pill tone="mute">{t("plans.state_archived")}</Pill>,
      csv: (plan) => t(plan.archived_at === null ? "plans.state_offered" : "plans.state_archived"),
      phone: "hide",
    },
    ...(may(state, "plan:write")
      ? [{
        head: t("tables.actions"),
        kind: "actions" as const,
        cell: (plan: PlanListRow) =>
          plan.archived_at === null && (
            <Menu label={t("plans.actions_for", { name: plan.name })}>
              <MenuLink icon="plan" href={`${PATH}/${plan.id}/edit`}>{t("plans.edit_link")}</MenuLink>
              <MenuLink icon="close" href={`${PATH}/${plan.id}/archive`} dialog>
                {t("plans.archive_link")}
              </MenuLink>
            </Menu>
          ),
      }]
      : []),
  ],
  table: ({ t, state, frame, query }) => {
    const canWrite = may(state, "plan:write");
    return {
      rowHref: canWrite
        ? (plan) => plan.archived_at === null ? `${PATH}/${plan.id}/edit` : `${PATH}?show=all`
        : undefined,
      rowKeys: (plan) => ({ e: canWrite && plan.archived_at === null && `${PATH}/${plan.id}/edit` }),
      chips: [
        {
          label: t("tables.offered"),
          href: listHref(frame, { show: undefined }),
          isCurrent: query.show !== "all",
        },
        {
          label: t("tables.with_archived"),
          href: listHref(frame, { show: "all" }),
          isCurrent: query.show === "all",
        },
      ],
      empty: (
        <EmptyState
          icon="plan"
          title={t("plans.none")}
          actions={canWrite && (
            <LinkButton kind="primary" icon="plus" href={`${PATH}/new`}>{t("plans.add_title")}</LinkButton>
          )}
        >
          {t("plans.none_hint")}
        </EmptyState>
      ),
    };
  },
});

export default list.page;
export const { handler, route } = list;

const SORTS: Readonly<Record<string, (a: PlanListRow, b: PlanListRow) => number>> = {
  price: (a, b) => Number(a.price_centavos - b.price_centavos),
  connections: (a, b) => a.subscriptions - b.subscriptions,
};

/** Plans are few and read whole: they are sorted here. They come by name. */
function sortPlans(plans: readonly PlanListRow[], sort: string | undefined): readonly PlanListRow[] {
  const order = SORTS[sort?.replace(/^-/, "") ?? ""];
  if (order === undefined) return sort === "-name" ? plans.toReversed() : plans;
  const sign = sort?.startsWith("-") ? -1 : 1;
  return plans.toSorted((a, b) => sign * order(a, b));
}
