import type { QueuedMail } from "./queue_mail.ts";

/** Bills that were issued. */
export function mailsOfBills(
  bills: readonly { id: string; subscriberId: string }[],
): QueuedMail[] {
  return bills.map(({ id, subscriberId }) => ({
    occasion: "bill_issued",
    dedupeKey: `bill_issued:${id}`,
    subscriberId,
    billId: id,
  }));
}

/** A payment, with the connections that it brought back. */
export function mailOfPayment(
  payment: { id: string; subscriberId: string; restored: readonly string[] },
): QueuedMail {
  return {
    occasion: "payment_received",
    dedupeKey: `payment_received:${payment.id}`,
    subscriberId: payment.subscriberId,
    paymentId: payment.id,
    facts: { restored: [...payment.restored] },
  };
}

/** Connections that are on again. The moment is part of the key: another day they may come back again. */
export function mailsOfRestored(
  subscriberId: string,
  subscriptionIds: readonly string[],
  at: Temporal.Instant,
): QueuedMail[] {
  return subscriptionIds.map((subscriptionId) => ({
    occasion: "restored",
    dedupeKey: `restored:${subscriptionId}:${at}`,
    subscriberId,
    subscriptionId,
  }));
}

/** Connections that a run has cut. */
export function mailsOfCuts(
  runId: string,
  cut: readonly { subscriberId: string; subscriptionId: string }[],
): QueuedMail[] {
  return cut.map(({ subscriberId, subscriptionId }) => ({
    occasion: "cut",
    dedupeKey: `cut:${runId}:${subscriptionId}`,
    subscriberId,
    subscriptionId,
    facts: { runId },
  }));
}

/** Promises of more time. */
export function mailsOfHolds(
  holds: readonly { id: string; subscriberId: string; subscriptionId: string; untilOn: Temporal.PlainDate }[],
): QueuedMail[] {
  return holds.map(({ id, subscriberId, subscriptionId, untilOn }) => ({
    occasion: "hold_granted",
    dedupeKey: `hold_granted:${id}`,
    subscriberId,
    subscriptionId,
    facts: { holdId: id, untilOn: untilOn.toString() },
  }));
}

/** Credit that was given to subscribers. */
export function mailsOfMemos(memos: readonly { id: string; subscriberId: string }[]): QueuedMail[] {
  return memos.map(({ id, subscriberId }) => ({
    occasion: "credit_given",
    dedupeKey: `credit_given:${id}`,
    subscriberId,
    memoId: id,
  }));
}
