import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { plansQuery } from "@/web/route_table/plans.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import { type CsvColumn, csvOf } from "@/web/app/csv.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import { sortPlans } from "./plans/(_parts)/sort_plans.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const COLUMNS: readonly CsvColumn<PlanListRow>[] = [
  ["Name", (plan) => plan.name],
  ["Price", (plan) => formatCentavosPlain(centavos(plan.price_centavos))],
  ["Speed", (plan) => plan.speed ?? ""],
  ["PPP profile", (plan) => plan.ppp_profile ?? ""],
  ["Connections", (plan) => String(plan.subscriptions)],
  ["A whole period", (plan) => formatCentavosPlain(centavos(plan.monthly_centavos))],
  ["State", (plan) => plan.archived_at === null ? "Offered" : "Archived"],
];

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "plan:read",
    input: plansQuery,
    summary: "The plans of the list as CSV",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { show, sort } = readInput(ctx.state, plansQuery);
    const plans = await readPage(ctx.state, (trx) => listPlans(trx, { withArchived: show === "all" }));
    return await csvOf(`plans-${momentOf(ctx.state).today}`, COLUMNS, sortPlans(plans, sort));
  },
});
