import type { Selectable } from "kysely";
import { centavos, ZERO } from "@/shared/money/mod.ts";
import type { MailBill, PaidBill, RestoredLine, Told } from "@/web/domain/mail/content.ts";
import { readOccasionFacts } from "@/web/domain/mail/facts.ts";
import type { Occasion } from "@/web/domain/mail/types.ts";
import type { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import type { MailMessagesTable } from "@/web/store/db/schema.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  listMailBills,
  listMailConnections,
  listPaidShares,
  type MailConnectionRow,
  sumLeft,
} from "@/web/store/mail/mail_facts.ts";
import { findMemo } from "@/web/store/payments/memos.ts";
import { findPayment } from "@/web/store/payments/payments.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { readOthers, toldOfReminder, toMailBill } from "./told_of_bills.ts";
import { onRouterOf, toldOfConnection } from "./told_of_connection.ts";

/** What a message is about; a preview makes one up. */
export type MessageSubject =
  & Pick<
    Selectable<MailMessagesTable>,
    "bill_id" | "payment_id" | "memo_id" | "subscription_id" | "facts"
  >
  & { occasion: Occasion; subscriber_id: string };

/** As of when, and how its links are made. */
export interface FactsMoment {
  tenant: TenantRow;
  /** Business date. */
  today: Temporal.PlainDate;
  links: PublicLinks;
}

/**
 * Reads what a message tells.
 *
 * @throws {Error} when what it speaks of is not there
 */
export async function readMailFacts(
  trx: TenantTransaction,
  moment: FactsMoment,
  message: MessageSubject,
): Promise<Told> {
  switch (message.occasion) {
    case "bill_issued":
      return await readIssued(trx, moment, message.bill_id);
    case "reminder":
      return await toldOfReminder(trx, moment, message);
    case "payment_received":
      return await readPayment(trx, moment, message);
    case "credit_given":
      return await readCredit(trx, moment, message);
    case "restored":
      return {
        occasion: "restored",
        ...lineOf(await getConnection(trx, message.subscription_id)),
      };
    case "cut_notice":
    case "cut":
    case "hold_granted": {
      const { occasion } = message;
      const connection = await getConnection(trx, message.subscription_id);
      return await toldOfConnection(trx, moment, { ...message, occasion }, connection);
    }
  }
}

async function readIssued(
  trx: TenantTransaction,
  moment: FactsMoment,
  billId: string | null,
): Promise<Told> {
  const [row] = billId === null ? [] : await listMailBills(trx, [billId]);
  if (row === undefined) throw notThere("bill");
  return {
    occasion: "bill_issued",
    bill: await toMailBill(row, moment),
    others: await readOthers(trx, [row]),
  };
}

async function readPayment(
  trx: TenantTransaction,
  moment: FactsMoment,
  message: MessageSubject,
): Promise<Told> {
  const payment = message.payment_id === null ? null : await findPayment(trx, message.payment_id);
  if (payment === null) throw notThere("payment");
  const restored = readOccasionFacts("payment_received", message.facts)?.restored ?? [];
  const shares = await listPaidShares(trx, payment.id);
  const paid = new Map(shares.map((share) => [share.bill_id, centavos(share.amount_centavos)]));
  const bills: PaidBill[] = [];
  for (const row of await listMailBills(trx, [...paid.keys()])) {
    bills.push({ ...await toMailBill(row, moment), paidCentavos: paid.get(row.id) ?? ZERO });
  }
  const sums = await sumLeft(trx, payment.subscriber_id);
  return {
    occasion: "payment_received",
    number: payment.number,
    amountCentavos: centavos(payment.amount_centavos),
    receivedOn: payment.received_on,
    isReversed: payment.status === "reversed",
    bills,
    leftCentavos: centavos(sums.left_centavos),
    creditCentavos: centavos(sums.credit_centavos),
    restored: (await listMailConnections(trx, restored)).filter((row) => !(row.is_wanted_off ?? row.is_off))
      .map(lineOf),
    link: bills[0]?.link ?? (await oldestOpen(trx, moment, sums))?.link ?? null,
  };
}

async function readCredit(
  trx: TenantTransaction,
  moment: FactsMoment,
  message: MessageSubject,
): Promise<Told> {
  const memo = message.memo_id === null ? null : await findMemo(trx, message.memo_id);
  if (memo === null) throw notThere("credit memo");
  const sums = await sumLeft(trx, memo.subscriber_id);
  const [bill] = memo.bill_id === null ? [] : await listMailBills(trx, [memo.bill_id]);
  const shown = bill === undefined ? await oldestOpen(trx, moment, sums) : await toMailBill(bill, moment);
  return {
    occasion: "credit_given",
    number: memo.number,
    amountCentavos: centavos(memo.amount_centavos),
    why: memo.reason,
    isVoided: memo.voided_at !== null,
    appliedCentavos: centavos(memo.applied_centavos),
    waitingCentavos: memo.voided_at === null
      ? centavos(memo.amount_centavos - memo.applied_centavos - memo.refunded_centavos)
      : ZERO,
    leftCentavos: centavos(sums.left_centavos),
    creditCentavos: centavos(sums.credit_centavos),
    link: shown?.link ?? null,
  };
}

async function getConnection(
  trx: TenantTransaction,
  subscriptionId: string | null,
): Promise<MailConnectionRow> {
  const [row] = subscriptionId === null ? [] : await listMailConnections(trx, [subscriptionId]);
  if (row === undefined) throw notThere("connection");
  return row;
}

function lineOf(row: MailConnectionRow): RestoredLine {
  return { plan: row.plan_name, onRouter: onRouterOf(row, "on") };
}

async function oldestOpen(
  trx: TenantTransaction,
  moment: FactsMoment,
  { oldest_open_id: id }: { oldest_open_id: string | null },
): Promise<MailBill | null> {
  return await billNamed(trx, moment, id);
}

async function billNamed(
  trx: TenantTransaction,
  moment: FactsMoment,
  billId: string | null,
): Promise<MailBill | null> {
  const [row] = billId === null ? [] : await listMailBills(trx, [billId]);
  return row === undefined ? null : await toMailBill(row, moment);
}

function notThere(what: string): Error {
  return new Error(`Cannot read the facts of a message: its ${what} is not there`);
}
