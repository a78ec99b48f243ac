import { periodContaining } from "@/shared/calendar/mod.ts";
import { type Coded, coded, periodValue } from "@/shared/codes/mod.ts";
import { type Centavos, centavos, sum, ZERO } from "@/shared/money/mod.ts";
import {
  anchorDayFor,
  changePlanNow,
  type ConnectionTerms,
  NO_OWN_RULES,
  payOn,
  previewBills,
  type PricedPlan,
  rulesInEffect,
  type TaxedSum,
  taxedSum,
} from "@/web/domain/billing/mod.ts";
import { type ChargedAheadRow, listChargedAhead } from "@/web/store/billing/charged_periods.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { backWithVat, type GivenBack, type PricedDays, shareBack } from "./back_with_vat.ts";
import { billingRules } from "./billing_rules.ts";
import { type OwnPriceMoment, readPlans, termsNow } from "./review_own_price.ts";
import { companyRules, toOwnRules } from "./rule_levels.ts";
import { taxTermsOn } from "./tax_terms.ts";

/** A part of a change that is settled today. Its days are half-open. */
export interface ChangeLine {
  description: Coded;
  periodStart: Temporal.PlainDate;
  periodEnd: Temporal.PlainDate;
  /** Below zero: given back. */
  amountCentavos: Centavos;
}

/** What a change of plan does that counts from today. */
export interface PlanNowReview {
  /** Settled today: days that were billed in advance. None where the days are still to be billed. */
  lines: readonly ChangeLine[];
  /** Credit of today, by the bill that charged those days. None where nothing is given back. */
  givenBack: readonly GivenBack[];
  /** What days from today on are paid by. */
  paid: { planName: string; priceCentavos: Centavos };
  /** Asked for today; credit when it is below zero. */
  netNowCentavos: Centavos;
  /** The bill that asks for it; null where none is made. */
  billNow: TaxedSum | null;
  /** VAT that came on top of the days that are given back, and comes back with them. */
  vatBackCentavos: Centavos;
  /** The regular bill that comes next, line by line. */
  nextBill: {
    issueOn: Temporal.PlainDate;
    lines: readonly { description: Coded; amountCentavos: Centavos }[];
    tax: TaxedSum;
  };
}

/**
 * Works out what a change of plan does that counts from today (billing rule 11, PC-*). Days that are not billed yet come
 * on the next bill, a line for each plan. Of days that are billed in advance the unused ones are given back at the price
 * that they were charged by, and charged again by the new plan.
 */
export async function reviewPlanNow(
  trx: TenantTransaction,
  moment: OwnPriceMoment,
  connection: SubscriptionRow,
  input: { planId: string; keepsOwnPrice: boolean },
): Promise<PlanNowReview> {
  const { today } = moment;
  const plans = await readPlans(trx);
  const rows = (await listOwnPrices(trx, [connection.id]))
    .map((row) => input.keepsOwnPrice ? { ...row, only_plan_id: null } : row);
  const billed = connection.billed_through_on;
  const ahead = await listChargedAhead(trx, connection.id, today);
  const changed = { ...connection, next_plan_id: input.planId, next_plan_on: today };
  const terms = termsNow(moment, changed, plans, rows);
  const paid = payOn(terms, today);
  const parts = ahead.map((row) => ({ billId: row.bill_id, lines: changeLines(row, today, paid) }));
  const lines = parts.flatMap((part) => part.lines);
  const [next] = previewBills(
    { ...rulesAfter(moment, connection, { plan: plans.get(input.planId), terms }), billedThrough: billed },
    1,
  );
  if (next === undefined) throw new Error(`Cannot preview the change of ${connection.id}: no bill follows`);
  const net = sum(lines.map((line) => line.amountCentavos));
  const givenBack = net < 0n ? await backOf(trx, parts, centavos(-net)) : [];
  const backCentavos = sum(givenBack.map((part) => part.amountCentavos));
  const billNow = net > 0n ? taxedSum(taxTermsOn(moment.tenant, today), net) : null;
  return {
    lines,
    givenBack,
    paid,
    netNowCentavos: billNow?.totalCentavos ?? centavos(-backCentavos),
    billNow,
    vatBackCentavos: net < 0n ? centavos(backCentavos + net) : ZERO,
    nextBill: {
      issueOn: next.issuedOn,
      tax: taxedSum(
        taxTermsOn(moment.tenant, next.issuedOn),
        ...next.lines.map((line) => line.amountCentavos),
      ),
      lines: next.lines.map(({ description, amountCentavos }) => ({ description, amountCentavos })),
    },
  };
}

/** Each bill gives back what its own days cost less now, with the VAT that came on top of them. */
async function backOf(
  trx: TenantTransaction,
  parts: readonly { billId: string | null; lines: readonly ChangeLine[] }[],
  net: Centavos,
): Promise<GivenBack[]> {
  const days = parts.map(({ billId, lines }): PricedDays => ({
    billId,
    pricedCentavos: centavos(-sum(lines.map((line) => line.amountCentavos))),
  }));
  return await backWithVat(trx, shareBack(days, net));
}

function rulesAfter(
  { tenant, today }: OwnPriceMoment,
  connection: SubscriptionRow,
  { plan, terms }: { plan: PricedPlan | undefined; terms: ConnectionTerms },
) {
  const activatedOn = connection.activated_on ?? today;
  const rules = billingRules(tenant, {
    ...terms,
    anchorDay: connection.anchor_day ?? anchorDayFor(tenant, activatedOn),
    timing: connection.bill_timing,
    activatedOn,
    inEffect: rulesInEffect(companyRules(tenant), plan?.rules ?? NO_OWN_RULES, toOwnRules(connection)),
  });
  return { ...rules, changes: terms.changes };
}

/** Given back and charged again, for the days of one billed period from a day on. */
function changeLines(
  row: ChargedAheadRow,
  today: Temporal.PlainDate,
  paid: { planName: string; priceCentavos: Centavos },
): ChangeLine[] {
  const { period_start: start, period_end: end } = row;
  const on = Temporal.PlainDate.compare(today, start) > 0 ? today : start;
  const whole = row.is_in_full ? { start, end } : periodContaining(start, row.anchor_day);
  const of = whole.start.until(whole.end, { largestUnit: "day" }).days;
  const { oldCentavos, newCentavos } = changePlanNow({
    timing: "advance",
    period: { start, end, wholeDays: of },
    oldPriceCentavos: centavos(row.price_centavos),
    newPriceCentavos: paid.priceCentavos,
    on,
  });
  const days = on.until(end, { largestUnit: "day" }).days;
  const period = periodValue(on, end);
  return [
    {
      description: coded("line_plan_unused", { plan: row.plan_name, period, days, of }),
      periodStart: on,
      periodEnd: end,
      amountCentavos: oldCentavos,
    },
    {
      description: days === of
        ? coded("line_whole", { plan: paid.planName, period })
        : coded("line_part", { plan: paid.planName, period, days, of }),
      periodStart: on,
      periodEnd: end,
      amountCentavos: newCentavos,
    },
  ];
}
