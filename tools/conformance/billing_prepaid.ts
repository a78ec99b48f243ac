import { z } from "zod";
import { EMPTY_PREPAID, isCovered, payPrepaid, renewPrepaid } from "@/web/domain/billing/mod.ts";
import { amount, date, readCase } from "./billing_fields.ts";
import type { Comparison } from "./types.ts";

const prepaid = z.object({
  unit: z.enum(["days", "months"]),
  count: z.int().min(1),
  price: amount,
  lapse: z.enum(["restart", "backdate"]).default("restart"),
  auto_renew: z.boolean().default(false),
  /** Renewals happen until then; without it until the last date that the case names. */
  as_of: date.nullish(),
  payments: z.array(z.strictObject({ date, amount, qty: z.int().min(0).default(1) })),
  check: z.array(date).default([]),
});

type PrepaidGiven = z.output<typeof prepaid>;

/** Plays the payments in order, then the renewals, and asks on which days the service is on. */
export function runPrepaid(content: unknown): Comparison {
  const { given, expect } = readCase(prepaid, content);
  const rules = {
    plan: { unit: given.unit, count: given.count, priceCentavos: given.price },
    lapse: given.lapse,
    isAutoRenewed: given.auto_renew,
  };
  let account = EMPTY_PREPAID;
  for (const { date: paidOn, amount: amountCentavos, qty: quantity } of given.payments) {
    account = payPrepaid(account, { paidOn, amountCentavos, quantity }, rules);
  }
  const until = given.as_of ?? lastDate(given);
  if (until !== undefined) account = renewPrepaid(account, until, rules);
  const got = {
    coverage: account.coverage.map(({ start, end }) => [start, end]),
    credit: account.creditCentavos,
    active: Object.fromEntries(given.check.map((day) => [day.toString(), isCovered(account, day)])),
  };
  return { expected: expect, got };
}

function lastDate({ payments, check }: PrepaidGiven): Temporal.PlainDate | undefined {
  return [...payments.map((payment) => payment.date), ...check].sort(Temporal.PlainDate.compare).at(-1);
}
