import { z } from "zod";
import { ZERO } from "@/shared/money/mod.ts";
import { lateFee, lateFeeOf, outageCredit, taxBill } from "@/web/domain/billing/mod.ts";
import { chargeWithFee, closeAccount, withholding } from "@/web/domain/payments/mod.ts";
import { amount, date, readCase } from "./billing_fields.ts";
import type { Comparison } from "./types.ts";

/** 500 is 5 %. */
const basisPoints = z.int().min(0);
const tax = z.object({
  mode: z.enum(["non_vat", "vat_inclusive", "vat_exclusive"]),
  lines: z.array(amount),
  vat_rate_bp: basisPoints.default(1200),
});

/** The tax block of a bill. */
export function runTax(content: unknown): Comparison {
  const { given, expect } = readCase(tax, content);
  const taxed = taxBill(given.mode, given.lines, given.vat_rate_bp);
  const got = { vatable: taxed.vatableCentavos, vat: taxed.vatCentavos, total: taxed.totalCentavos };
  return { expected: expect, got };
}

const TAX_MODES = {
  none: "non_vat",
  non_vat: "non_vat",
  inclusive: "vat_inclusive",
  vat_inclusive: "vat_inclusive",
  exclusive: "vat_exclusive",
  vat_exclusive: "vat_exclusive",
} as const;

const withheld = z.object({
  gross: amount,
  vat: z.enum(["none", "non_vat", "inclusive", "vat_inclusive", "exclusive", "vat_exclusive"]),
  rate_bp: basisPoints,
  vat_rate_bp: basisPoints.default(1200),
});

/** A bill of a customer who withholds. */
export function runWithholding(content: unknown): Comparison {
  const { given, expect } = readCase(withheld, content);
  const parts = withholding({
    amountCentavos: given.gross,
    taxMode: TAX_MODES[given.vat],
    rateBp: given.rate_bp,
    vatRateBp: given.vat_rate_bp,
  });
  const got = { base: parts.baseCentavos, withheld: parts.withheldCentavos, cash_due: parts.cashDueCentavos };
  return { expected: expect, got };
}

const late = z.object({
  principal: amount,
  due_date: date,
  late_after_days: z.int().min(0),
  already_charged: z.boolean().default(false),
  fee: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("flat"), value: amount }),
    z.strictObject({ kind: z.literal("percent_bp"), value: basisPoints }),
  ]).nullish(),
  as_of: date,
  received_on: date.nullish(),
});

/** The fee that a run or a posting charges or takes back. */
export function runLateFee(content: unknown): Comparison {
  const { given, expect } = readCase(late, content);
  const fee = feeOf(given.fee ?? null);
  const charged = lateFee({
    principalCentavos: given.principal,
    dueOn: given.due_date,
    lateAfterDays: given.late_after_days,
    fee,
    chargedCentavos: given.already_charged ? lateFeeOf(given.principal, fee) : ZERO,
    receivedOn: given.received_on ?? null,
    asOf: given.as_of,
  });
  return { expected: expect, got: { fee: charged } };
}

function feeOf(fee: Exclude<z.output<typeof late>["fee"], undefined>) {
  if (fee === null) return null;
  return fee.kind === "flat"
    ? { kind: "flat" as const, amountCentavos: fee.value }
    : { kind: "percent" as const, rateBp: fee.value };
}

const outages = z.object({
  price: amount,
  period_days: z.int().min(1),
  outages: z.array(z.strictObject({ minutes: z.int().min(0), excluded: z.boolean().default(false) })),
  outage_threshold_minutes: z.int().min(0).default(1440),
});

/** The credit memo of a period. */
export function runOutageCredit(content: unknown): Comparison {
  const { given, expect } = readCase(outages, content);
  const credit = outageCredit({
    priceCentavos: given.price,
    periodDays: given.period_days,
    outages: given.outages.map(({ minutes, excluded }) => ({ minutes, isExcluded: excluded })),
    thresholdMinutes: given.outage_threshold_minutes,
  });
  return { expected: expect, got: { credit } };
}

const convenience = z.object({ base: amount, rate_bp: basisPoints, fixed: amount.default(ZERO) });

/** What the payer is charged at a gateway. */
export function runConvenienceFee(content: unknown): Comparison {
  const { given, expect } = readCase(convenience, content);
  const { chargeCentavos, feeCentavos } = chargeWithFee(given.base, {
    rateBp: given.rate_bp,
    fixedCentavos: given.fixed,
  });
  return { expected: expect, got: { charge: chargeCentavos, fee: feeCentavos } };
}

const amounts = z.array(amount).default([]);
const statement = z.object({
  opening: amount.default(ZERO),
  charges: amounts,
  payments: amounts,
  credits: amounts,
});

/** The foot of a statement of account. */
export function runStatement(content: unknown): Comparison {
  const { given, expect } = readCase(statement, content);
  const foot = closeAccount({
    openingCentavos: given.opening,
    charges: given.charges,
    payments: given.payments,
    credits: given.credits,
  });
  const got = {
    closing: foot.closingCentavos,
    amount_due: foot.amountDueCentavos,
    credit_balance: foot.creditBalanceCentavos,
  };
  return { expected: expect, got };
}
