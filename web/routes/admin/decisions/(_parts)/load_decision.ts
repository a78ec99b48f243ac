import { parsePeso } from "@/shared/money/mod.ts";
import { found, momentOf, type PageMoment, readPage } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { type DaysOffer, daysSeen, offerDays } from "@/web/services/billing/decide_days.ts";
import { type Mend, mendOf } from "@/web/services/billing/mend_parked.ts";
import { type DecisionRow, listDecisions } from "@/web/store/billing/parked_bills.ts";
import { listPlans, type PlanListRow } from "@/web/store/billing/plans.ts";
import { listSubscriptionDetails, type SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";

/** Everything on the page where one connection is decided about. */
export interface DecisionView {
  connection: SubscriptionDetail;
  /** Null: nothing is to be decided. */
  row: DecisionRow | null;
  /** What is wrong and can be mended; null when it can be billed. */
  mend: Mend | null;
  /** What the days that nothing explains would cost at the plan and price of the address. */
  offer: DaysOffer | null;
  seen: string;
  plans: PlanListRow[];
  moment: PageMoment;
  done: string | undefined;
  problems: Readonly<Record<string, string>>;
}

/** Reads the page; with `problems` it answers a form that was refused. */
export async function loadDecision(
  state: AppState,
  wanted: {
    id: string;
    plan?: string | undefined;
    price?: string | undefined;
    done?: string | undefined;
    problems?: Readonly<Record<string, string>>;
  },
): Promise<DecisionView> {
  const moment = momentOf(state);
  const { tenant, today } = moment;
  const price = wanted.price === undefined || wanted.price === "" ? null : parsePeso(wanted.price);
  const view = await readPage(state, async (trx) => {
    const [detail] = await listSubscriptionDetails(trx, { subscriptionId: wanted.id }, moment);
    const connection = found(detail);
    const row = (await listDecisions(trx, [connection.id]))[0] ?? null;
    const chosen = { planId: wanted.plan, priceCentavos: price?.ok ? price.value : undefined };
    return {
      connection,
      row,
      mend: row === null || row.reason === null ? null : await mendOf(trx, connection, row, today),
      offer: row === null ? null : await offerDays(trx, tenant, connection, row, chosen),
      plans: await listPlans(trx, { withArchived: true }),
    };
  });
  state.title = state.t("runs.decision_of", { name: view.connection.subscriber_name });
  state.live = ["money"];
  const wrong = price !== null && !price.ok ? { price: state.t("runs.price_wrong") } : {};
  return {
    ...view,
    seen: view.row === null ? "" : daysSeen(view.row.unexplained),
    moment,
    done: wanted.done,
    problems: { ...wrong, ...wanted.problems },
  };
}
