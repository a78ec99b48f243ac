import { z } from "zod";
import { type BookBill, type BookEvent, type BookState, SubscriberBook } from "@/web/domain/payments/mod.ts";
import { decideDesired } from "@/web/domain/network/mod.ts";
import { amount, date, readCase } from "./billing_fields.ts";
import type { Comparison } from "./types.ts";

const dated = z.strictObject({ date });
const event = z.discriminatedUnion("ev", [
  dated.extend({ ev: z.literal("issue"), no: z.string(), amount, due: date }),
  dated.extend({
    ev: z.literal("pay"),
    id: z.string(),
    amount,
    target: z.string().optional(),
    ref: z.string().optional(),
    method: z.enum(["cash", "gcash", "maya", "bank", "check", "other", "withholding_2307"]).optional(),
  }),
  dated.extend({ ev: z.literal("memo"), id: z.string(), amount, no: z.string().optional() }),
  dated.extend({ ev: z.literal("void"), no: z.string() }),
  dated.extend({ ev: z.literal("reverse"), id: z.string() }),
  dated.extend({ ev: z.literal("refund"), id: z.string().default("refund"), amount }),
]);

const reason = z.enum(["nonpayment", "abuse", "vacation", "admin", "not_installed", "imported_disabled"]);
const ledgerGiven = z.object({
  events: z.array(event),
  as_of: date.optional(),
  grace_days: z.int().optional(),
  min_balance: amount.default(amount.parse(100)),
  reasons: z.array(reason).default([]),
});

type LedgerGiven = z.output<typeof ledgerGiven>;

/** Plays the events in order; the state shown is the one after that day's cut run. */
export function runLedger(content: unknown): Comparison {
  const { given: input, expect } = readCase(ledgerGiven, content);
  const book = new SubscriberBook();
  const rejected: string[] = [];
  for (const one of input.events) {
    if (isInFuture(one, input) || !book.apply(toBookEvent(one))) rejected.push("id" in one ? one.id : one.no);
  }
  const state = book.state();
  const got = {
    invoices: Object.fromEntries(state.bills.map((bill) => [bill.billId, describe(bill)])),
    credit: state.creditCentavos,
    allocations: allocations(state),
    rejected,
    ...serviceAfterRun(input, book),
  };
  return { expected: inAnyOrder(expect), got };
}

/** A received date is never in the future (rule 8). */
function isInFuture(one: z.output<typeof event>, { as_of }: LedgerGiven): boolean {
  return one.ev === "pay" && as_of !== undefined && Temporal.PlainDate.compare(one.date, as_of) > 0;
}

/** Reasons are a set. */
function inAnyOrder(expect: Record<string, unknown>): Record<string, unknown> {
  return Array.isArray(expect.reasons) ? { ...expect, reasons: expect.reasons.toSorted() } : expect;
}

function toBookEvent(one: z.output<typeof event>): BookEvent {
  switch (one.ev) {
    case "issue":
      return { kind: "issue", billId: one.no, amountCentavos: one.amount, dueOn: one.due };
    case "pay":
      return {
        kind: "pay",
        paymentId: one.id,
        amountCentavos: one.amount,
        ...(one.target !== undefined && { targetBillId: one.target }),
        ...(one.ref !== undefined && { reference: one.ref }),
        ...(one.method !== undefined && { method: one.method }),
      };
    case "memo": {
      const target = one.no === undefined ? {} : { targetBillId: one.no };
      return { kind: "memo", memoId: one.id, amountCentavos: one.amount, ...target };
    }
    case "void":
      return { kind: "void", billId: one.no };
    case "reverse":
      return { kind: "reverse", paymentId: one.id };
    case "refund":
      return { kind: "refund", refundId: one.id, amountCentavos: one.amount };
  }
}

function describe(bill: BookBill): Record<string, unknown> {
  return { total: bill.totalCentavos, balance: bill.balanceCentavos, status: status(bill) };
}

/** The words of the case file for the stored facts. */
function status(bill: BookBill): string {
  if (bill.isVoid) return "void";
  if (bill.balanceCentavos === 0n) return "paid";
  return bill.balanceCentavos === bill.totalCentavos ? "open" : "partial";
}

function allocations(state: BookState): unknown[] {
  return state.allocations.map((share) => [share.sourceId, share.billId, share.amountCentavos]);
}

/** `nonpayment` stands exactly when enough is owed past grace; the other reasons are not touched (rule 7). */
function serviceAfterRun(input: LedgerGiven, book: SubscriberBook): Record<string, unknown> {
  if (input.as_of === undefined || input.grace_days === undefined) return {};
  const isCut = book.pastGrace(input.as_of, input.grace_days) >= input.min_balance;
  const others = input.reasons.filter((one) => one !== "nonpayment");
  const reasons = isCut ? ["nonpayment" as const, ...others] : others;
  const { isDisabled } = decideDesired({ status: "active", blockReasons: reasons, profile: null });
  return { reasons: reasons.toSorted(), service: isDisabled ? "disabled" : "enabled" };
}
