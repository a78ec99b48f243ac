import { type Centavos, min, subtract, sum, ZERO } from "@/shared/money/mod.ts";

/** An issued bill that may still be owed on. */
export interface OpenBalance {
  /** The bill. */
  billId: string;
  /** Decides which bill is paid first. */
  dueOn: Temporal.PlainDate;
  /** Decides among bills of one due date: a late run makes many at once. */
  periodStart: Temporal.PlainDate;
  /** Decides last. Numbers of a series are never alike. */
  number: string;
  /** What is still owed on it. */
  balanceCentavos: Centavos;
  /** It is a fee for paying late: what a connection can be cut for is paid before it (rule R21). @default false */
  isFee?: boolean;
}

/** A share of one payment for one bill; always above zero. */
export interface BillShare {
  /** The bill. */
  billId: string;
  /** The share. */
  amountCentavos: Centavos;
}

/** Where a payment goes. The shares and the credit sum to the payment. */
export interface Allocated {
  /** In the order in which the bills are paid. */
  allocations: BillShare[];
  /** What is left for later bills. */
  creditCentavos: Centavos;
}

/** Money of a subscriber that is not allocated yet: the rest of a payment or of a credit memo. */
export interface CreditSource {
  /** The payment or memo. */
  sourceId: string;
  /** What is left of it. */
  availableCentavos: Centavos;
}

/** A share of one credit source for one bill; always above zero. */
export interface CreditShare extends BillShare {
  /** The payment or memo. */
  sourceId: string;
}

/**
 * Splits a payment: the target bill first, then the rest in the order of {@link comparePaidFirst}; what is left is
 * account credit (billing rule 8). In whatever order the bills are given, the same is paid.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos } from "@/shared/money/mod.ts";
 * import { allocatePayment } from "@/web/domain/payments/mod.ts";
 * const dueOn = Temporal.PlainDate.from("2026-02-08");
 * const bill = { dueOn, periodStart: Temporal.PlainDate.from("2026-01-01"), number: "SOA-000001" };
 * const openBills = [{ billId: "A", ...bill, balanceCentavos: centavos(100000) }];
 * const { creditCentavos } = allocatePayment({ amountCentavos: centavos(150000), targetBillId: null, openBills });
 * assert.equal(creditCentavos, 50000n);
 * ```
 */
export function allocatePayment(
  input: { amountCentavos: Centavos; targetBillId: string | null; openBills: readonly OpenBalance[] },
): Allocated {
  if (input.amountCentavos <= 0n) throw new RangeError("Cannot allocate payment: amount is not above zero");
  const ordered = input.openBills.toSorted(comparePaidFirst);
  const targeted = ordered.filter((bill) => bill.billId === input.targetBillId);
  const others = ordered.filter((bill) => bill.billId !== input.targetBillId);
  const allocations = fill(input.amountCentavos, [...targeted, ...others]);
  const allocated = sum(allocations.map((share) => share.amountCentavos));
  return { allocations, creditCentavos: subtract(input.amountCentavos, allocated) };
}

/**
 * Spends idle credit on open bills: the oldest source (as given) pays the oldest due bill first. Afterwards either
 * no credit or no open bill is left (invariant d).
 */
export function applyCredit(
  input: { sources: readonly CreditSource[]; openBills: readonly OpenBalance[] },
): CreditShare[] {
  const shares: CreditShare[] = [];
  let open = input.openBills.toSorted(comparePaidFirst);
  for (const source of input.sources) {
    const filled = fill(source.availableCentavos, open);
    shares.push(...filled.map((share) => ({ sourceId: source.sourceId, ...share })));
    open = open.map((bill) => ({
      ...bill,
      balanceCentavos: subtract(bill.balanceCentavos, shareOf(filled, bill)),
    }));
  }
  return shares;
}

/**
 * The order in which bills are paid: oldest due, then oldest period, then lowest number (the shorter one is lower: a
 * series outgrows its zeros). Late fees come after all others, so that nobody is cut because a fee took the money of a
 * bill for service (rule R21).
 */
export function comparePaidFirst(
  a: Pick<OpenBalance, "dueOn" | "periodStart" | "number" | "isFee">,
  b: Pick<OpenBalance, "dueOn" | "periodStart" | "number" | "isFee">,
): number {
  return Number(a.isFee ?? false) - Number(b.isFee ?? false) ||
    Temporal.PlainDate.compare(a.dueOn, b.dueOn) ||
    Temporal.PlainDate.compare(a.periodStart, b.periodStart) ||
    a.number.length - b.number.length || Number(a.number > b.number) - Number(a.number < b.number);
}

function fill(amount: Centavos, bills: readonly OpenBalance[]): BillShare[] {
  const shares: BillShare[] = [];
  let rest = amount;
  for (const { billId, balanceCentavos } of bills) {
    const share = min(rest, balanceCentavos);
    if (share <= 0n) continue;
    shares.push({ billId, amountCentavos: share });
    rest = subtract(rest, share);
  }
  return shares;
}

function shareOf(shares: readonly BillShare[], bill: OpenBalance): Centavos {
  return shares.find((share) => share.billId === bill.billId)?.amountCentavos ?? ZERO;
}
