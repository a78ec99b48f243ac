import type { PaymentMethod } from "@/web/domain/payments/mod.ts";

/** A bill that somebody may pay today, as the history reads it. */
export interface OpenBill {
  bill_id: string;
  subscriber_id: string;
  subscription_id: string;
  account_number: string;
  owed: bigint;
  total: bigint;
  /** Negative before the due date. */
  days_past_due: number;
  grace_days: number;
}

/** How a subscriber pays; the share of each among 100. */
const PERSONAS = [
  { kind: "prompt", share: 63 },
  { kind: "in_grace", share: 12 },
  { kind: "after_cut", share: 14 },
  { kind: "partial", share: 4 },
  { kind: "ahead", share: 3 },
  { kind: "gives_up", share: 4 },
] as const;

const METHODS: readonly { kind: Exclude<PaymentMethod, "withholding_2307">; share: number }[] = [
  { kind: "cash", share: 46 },
  { kind: "gcash", share: 29 },
  { kind: "maya", share: 9 },
  { kind: "bank", share: 9 },
  { kind: "check", share: 5 },
  { kind: "other", share: 2 },
];

/**
 * The storm of the year: for twelve days nobody can pay, and the brake stops the cut run.
 *
 * @param daysAgo before the demo's today
 * @param days of history
 */
export function isStorm(daysAgo: number, days: number): boolean {
  const from = Math.round(days * 0.41);
  return daysAgo <= from && daysAgo > from - 12;
}

/** How a subscriber pays: always the same way. */
export function methodOf(accountNumber: string): Exclude<PaymentMethod, "withholding_2307"> {
  return pick(METHODS, `method ${accountNumber}`).kind;
}

/** What the payer of a bill brings today, in centavos; 0 on most days. */
export function amountPaid(bill: OpenBill, { daysAgo, days }: { daysAgo: number; days: number }): bigint {
  if (isStorm(daysAgo, days)) return 0n;
  const persona = pick(PERSONAS, `persona ${bill.account_number}`).kind;
  const luck = digest(`day ${bill.bill_id}`);
  const late = bill.days_past_due;
  switch (persona) {
    case "prompt":
      return late >= -Number(luck % 7) ? rounded(bill) : 0n;
    case "in_grace":
      return late >= 1 + luck % bill.grace_days ? bill.owed : 0n;
    case "after_cut":
      return late >= bill.grace_days + 2 + luck % 4 ? bill.owed : 0n;
    case "partial":
      if (late >= 2) return bill.owed;
      return late >= -4 && bill.owed === bill.total ? (bill.owed / 2n / 100n) * 100n : 0n;
    case "ahead":
      return late >= -5 ? bill.owed * 3n : 0n;
    case "gives_up":
      return daysAgo > 40 + digest(`gives up ${bill.account_number}`) % 60 && late >= -1 ? bill.owed : 0n;
  }
}

/** Some pay with a round bill and leave the change as credit. */
function rounded(bill: OpenBill): bigint {
  if (digest(`round ${bill.account_number}`) % 18 !== 0) return bill.owed;
  return ((bill.owed + 9_999n) / 10_000n) * 10_000n;
}

/** The same choice for the same key at every start, in proportion to the shares. */
export function pick<T extends { share: number }>(choices: readonly T[], key: string): T {
  let left = digest(key) % choices.reduce((total, choice) => total + choice.share, 0);
  for (const choice of choices) {
    left -= choice.share;
    if (left < 0) return choice;
  }
  throw new Error("Cannot pick: there are no choices");
}

/** A small hash (FNV-1a, then mixed), 31 bits. */
export function digest(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 1) & 0x7fffffff;
}
