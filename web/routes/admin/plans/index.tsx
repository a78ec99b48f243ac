import { page } from "fresh";
import { centavos, formatPeso, sum } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { Menu, MenuLink } from "@/web/components/Menu.tsx";
import { Money } from "@/web/components/Money.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { formatCount } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { plansQuery } from "@/web/route_table/plans.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import { may, readPage } from "@/web/app/page_context.ts";
import { readFrame } from "../(_lists)/frame.ts";
import { sortPlans } from "./(_parts)/sort_plans.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const PATH = "/admin/plans";

export default define.page<typeof handler>(function PlansPage({ data, state }) {
  const { frame, plans, showsAll, done } = data;
  const { t } = state;
  const canWrite = may(state, "plan:write");
  const add = canWrite && (
    <LinkButton kind="primary" icon="plus" href={`${PATH}/new`}>{t("plans.add_title")}</LinkButton>
  );
  const connections = plans.reduce((total, plan) => total + plan.subscriptions, 0);
  return (
    <>
      <PageHeader
        title={t("tables.list_plans")}
        lead={connections === 0 ? undefined : t("plans.lead", {
          n: connections,
          amount: formatPeso(sum(plans.map((plan) => centavos(plan.monthly_centavos)))),
        })}
        actions={
          <>
            <LinkButton icon="export" href={listHref({ ...frame, path: `${PATH}.csv` }, {})}>CSV</LinkButton>
            {add}
          </>
        }
      />
      <Flash
        done={done}
        messages={{
          created: t("plans.done_created"),
          saved: t("plans.done_saved"),
          archived: t("plans.done_archived"),
        }}
      />
      <ListTable
        frame={frame}
        caption={t("tables.list_plans")}
        rowKeys={(plan) => ({ e: canWrite && plan.archived_at === null && `${PATH}/${plan.id}/edit` })}
        rows={plans}
        total={plans.length}
        sort="name"
        rowHref={canWrite ? (plan) => hrefOf(plan) : undefined}
        columns={columnsFor(t, canWrite)}
        chips={[
          { label: t("tables.offered"), href: listHref(frame, { show: undefined }), isCurrent: !showsAll },
          { label: t("tables.with_archived"), href: listHref(frame, { show: "all" }), isCurrent: showsAll },
        ]}
        empty={
          <EmptyState icon="plan" title={t("plans.none")} actions={add}>
            {t("plans.none_hint")}
          </EmptyState>
        }
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "plan:read",
    input: plansQuery,
    summary: "Plans with their subscribers",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("tables.list_plans");
    const query = readInput(ctx.state, plansQuery);
    const showsAll = query.show === "all";
    const data = await readPage(ctx.state, async (trx) => ({
      frame: await readFrame(trx, ctx.state, { name: "plans", path: PATH, query }),
      plans: sortPlans(await listPlans(trx, { withArchived: showsAll }), query.sort),
    }));
    return page({ ...data, showsAll, done: query.done });
  },
});

function columnsFor(t: Translate, canWrite: boolean): Column<PlanListRow>[] {
  const columns: Column<PlanListRow>[] = [
    { head: t("tables.name"), cell: (plan) => plan.name, sortBy: "name" },
    {
      id: "price",
      head: t("tables.price"),
      kind: "money",
      cell: (plan) => <Money amount={centavos(plan.price_centavos)} />,
      sortBy: "-price",
    },
    { id: "speed", head: t("tables.speed"), cell: (plan) => plan.speed },
    {
      id: "profile",
      head: t("tables.profile"),
      cell: (plan) => plan.ppp_profile && <CodeText>{plan.ppp_profile}</CodeText>,
    },
    {
      id: "connections",
      head: t("tables.connections"),
      kind: "number",
      cell: (plan) => (
        <a href={`/admin/subscribers?plan=${plan.id}&connection=any`}>{formatCount(plan.subscriptions)}</a>
      ),
      sortBy: "-connections",
    },
    {
      id: "period",
      head: t("tables.whole_period"),
      kind: "money",
      cell: (plan) => <Money amount={centavos(plan.monthly_centavos)} />,
      minor: true,
    },
    {
      id: "state",
      head: t("tables.state"),
      cell: (plan) =>
        plan.archived_at === null
          ? <Pill tone="ok">{t("plans.state_offered")}</Pill>
          : <Pill tone="mute">{t("plans.state_archived")}</Pill>,
      phone: "hide",
    },
  ];
  if (!canWrite) return columns;
  return [...columns, {
    head: t("tables.actions"),
    kind: "actions",
    cell: (plan) =>
      plan.archived_at === null && (
        <Menu label={t("plans.actions_for", { name: plan.name })}>
          <MenuLink icon="plan" href={`${PATH}/${plan.id}/edit`}>{t("plans.edit_link")}</MenuLink>
          <MenuLink icon="close" href={`${PATH}/${plan.id}/archive`} dialog>
            {t("plans.archive_link")}
          </MenuLink>
        </Menu>
      ),
  }];
}

function hrefOf(plan: PlanListRow): string {
  return plan.archived_at === null ? `${PATH}/${plan.id}/edit` : `${PATH}?show=all`;
}
