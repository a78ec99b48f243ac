import { page } from "fresh";
import { centavos, formatPeso, sum } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { FilterBar } from "@/web/components/FilterBar.tsx";
import { Flash } from "@/web/components/Flash.tsx";
import { Menu, MenuLink } from "@/web/components/Menu.tsx";
import { Money } from "@/web/components/Money.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { formatCount, formatPlural } from "@/web/format.ts";
import { plansQuery } from "@/web/route_table/plans.ts";
import { listPlans, type PlanListRow } from "@/web/store/plans.ts";
import { may, readPage } from "../(_billing)/page_context.ts";

const PATH = "/admin/plans";
const MESSAGES = {
  created: "The plan is added.",
  saved: "The plan is saved. A new price counts from the next bill.",
  archived: "The plan is archived. It is not offered any more.",
};

export default define.page<typeof handler>(function PlansPage({ data, state }) {
  const { plans, showsAll, done } = data;
  const canWrite = may(state, "plan:write");
  const add = canWrite && <LinkButton kind="primary" icon="plus" href={`${PATH}/new`}>Add a plan</LinkButton>;
  const connections = plans.reduce((total, plan) => total + plan.subscriptions, 0);
  return (
    <>
      <PageHeader
        title="Plans"
        lead={connections === 0
          ? undefined
          : `${formatPlural(connections, "connection")}, ${
            formatPeso(sum(plans.map((plan) => centavos(plan.monthly_centavos))))
          } for a whole period.`}
        actions={add}
      />
      <Flash done={done} messages={MESSAGES} />
      <DataTable
        caption="Plans"
        rows={plans}
        rowHref={canWrite ? (plan) => hrefOf(plan) : undefined}
        columns={columnsFor(canWrite)}
        toolbar={
          <FilterBar
            chips={[
              { label: "Offered", href: PATH, isCurrent: !showsAll },
              { label: "With archived", href: `${PATH}?show=all`, isCurrent: showsAll },
            ]}
          />
        }
        empty={
          <EmptyState icon="plan" title="No plans yet" actions={add}>
            A plan has a price and the PPP profile that sets its speed. An import can make plans too.
          </EmptyState>
        }
      />
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = "Plans";
    const { show, done } = readInput(ctx.state, plansQuery);
    const showsAll = show === "all";
    const plans = await readPage(ctx.state, (trx) => listPlans(trx, { withArchived: showsAll }));
    return page({ plans, showsAll, done });
  },
});

function columnsFor(canWrite: boolean): Column<PlanListRow>[] {
  const columns: Column<PlanListRow>[] = [
    { head: "Name", cell: (plan) => plan.name },
    { head: "Price", kind: "money", cell: (plan) => <Money amount={centavos(plan.price_centavos)} /> },
    { head: "Speed", cell: (plan) => plan.speed },
    { head: "PPP profile", cell: (plan) => plan.ppp_profile && <CodeText>{plan.ppp_profile}</CodeText> },
    { head: "Connections", kind: "number", cell: (plan) => formatCount(plan.subscriptions) },
    {
      head: "A whole period",
      kind: "money",
      cell: (plan) => <Money amount={centavos(plan.monthly_centavos)} />,
      minor: true,
    },
    {
      head: "State",
      cell: (plan) =>
        plan.archived_at === null ? <Pill tone="ok">Offered</Pill> : <Pill tone="mute">Archived</Pill>,
      phone: "hide",
    },
  ];
  if (!canWrite) return columns;
  return [...columns, {
    head: "Actions",
    kind: "actions",
    cell: (plan) =>
      plan.archived_at === null && (
        <Menu label={`Actions for ${plan.name}`}>
          <MenuLink icon="plan" href={`${PATH}/${plan.id}/edit`}>Edit</MenuLink>
          <MenuLink icon="close" href={`${PATH}/${plan.id}/archive`}>Archive…</MenuLink>
        </Menu>
      ),
  }];
}

function hrefOf(plan: PlanListRow): string {
  return plan.archived_at === null ? `${PATH}/${plan.id}/edit` : `${PATH}?show=all`;
}
