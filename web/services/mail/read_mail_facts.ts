import type { Selectable } from "kysely";
import { type Centavos, centavos, ZERO } from "@/shared/money/mod.ts";
import { billStatus } from "@/web/domain/billing/mod.ts";
import { pastGraceCentavos } from "@/web/domain/cuts/mod.ts";
import type { MailBill, PaidBill, RestoredLine, Told } from "@/web/domain/mail/content.ts";
import { readOccasionFacts } from "@/web/domain/mail/facts.ts";
import type { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import { listOpenBills } from "@/web/store/billing/bills.ts";
import { listCoverage } from "@/web/store/billing/coverage.ts";
import type { MailMessagesTable } from "@/web/store/db/schema.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import {
  listMailBills,
  listMailConnections,
  listPaidShares,
  type MailBillRow,
  type MailConnectionRow,
  sumLeft,
} from "@/web/store/mail/mail_facts.ts";
import { findMemo } from "@/web/store/payments/memos.ts";
import { findPayment } from "@/web/store/payments/payments.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { ownDebt } from "../cuts/own_debt.ts";

/** What a message is about; a preview makes one up. */
export type MessageSubject = Pick<
  Selectable<MailMessagesTable>,
  "occasion" | "subscriber_id" | "bill_id" | "payment_id" | "memo_id" | "subscription_id" | "facts"
>;

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
      return { occasion: "bill_issued", bill: await getBill(trx, moment, message.bill_id) };
    case "reminder": {
      const bill = await getBill(trx, moment, message.bill_id);
      const daysLeft = moment.today.until(bill.dueOn, { largestUnit: "days" }).days;
      return { occasion: "reminder", bill, daysLeft };
    }
    case "payment_received":
      return await readPayment(trx, moment, message);
    case "credit_given":
      return await readCredit(trx, moment, message);
    case "restored":
      return {
        occasion: "restored",
        ...lineOf(await getConnection(trx, message.subscription_id)),
      };
    default:
      return await readOfConnection(trx, moment, message, message.occasion);
  }
}

async function readPayment(
  trx: TenantTransaction,
  moment: FactsMoment,
  message: MessageSubject,
): Promise<Told> {
  const payment = message.payment_id === null ? null : await findPayment(trx, message.payment_id);
  if (payment === null) throw notThere("payment");
  const { restored } = readOccasionFacts("payment_received", message.facts);
  const shares = await listPaidShares(trx, payment.id);
  const paid = new Map(shares.map((share) => [share.bill_id, centavos(share.amount_centavos)]));
  const bills: PaidBill[] = [];
  for (const row of await listMailBills(trx, [...paid.keys()])) {
    bills.push({ ...await billOf(row, moment), paidCentavos: paid.get(row.id) ?? ZERO });
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
    restored: (await listMailConnections(trx, restored)).filter((row) => row.is_wanted_off === false)
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
  const shown = bill === undefined ? await oldestOpen(trx, moment, sums) : await billOf(bill, moment);
  return {
    occasion: "credit_given",
    number: memo.number,
    amountCentavos: centavos(memo.amount_centavos),
    why: memo.reason,
    isVoided: memo.voided_at !== null,
    leftCentavos: centavos(sums.left_centavos),
    creditCentavos: centavos(sums.credit_centavos),
    link: shown?.link ?? null,
  };
}

async function readOfConnection(
  trx: TenantTransaction,
  moment: FactsMoment,
  message: MessageSubject,
  occasion: "cut_notice" | "cut" | "hold_granted",
): Promise<Told> {
  const connection = await getConnection(trx, message.subscription_id);
  const { plan_name: plan } = connection;
  const isPrepaid = connection.billing_mode === "prepaid";
  const open = await listOpenBills(trx, [message.subscriber_id]);
  const own = open.filter((bill) => bill.lines.some((line) => line.subscription_id === connection.id));
  const bill = await billNamed(trx, moment, message.bill_id ?? own[0]?.id ?? null);
  const pastGrace = (on: Temporal.PlainDate) => pastGraceCentavos(ownDebt(open, connection.id), on);
  if (occasion === "cut") {
    const owed = pastGrace(moment.today);
    return { occasion, plan, isPrepaid, bill, backCentavos: isPrepaid || owed === ZERO ? null : owed };
  }
  if (occasion === "hold_granted") {
    const { untilOn } = readOccasionFacts(occasion, message.facts);
    return { occasion, plan, bill, untilOn, owedCentavos: isPrepaid ? ZERO : pastGrace(untilOn) };
  }
  const { cutOn, cutTime, keepsOnCentavos } = readOccasionFacts(occasion, message.facts);
  return {
    occasion,
    plan,
    cutOn,
    cutTime,
    isPrepaid,
    bill,
    // What is owed now: part of it may have been paid since the notice was queued.
    keepsOnCentavos: knownAmount(isPrepaid ? keepsOnCentavos : pastGrace(cutOn)),
    paidUntil: isPrepaid ? await paidUntil(trx, connection.id, moment.today) : null,
  };
}

function knownAmount(amount: Centavos): Centavos | null {
  return amount === ZERO ? null : amount;
}

/** Last day that is paid for. */
async function paidUntil(
  trx: TenantTransaction,
  subscriptionId: string,
  today: Temporal.PlainDate,
): Promise<Temporal.PlainDate | null> {
  const coverage = (await listCoverage(trx, [subscriptionId], today)).get(subscriptionId) ?? [];
  return coverage.at(-1)?.end.subtract({ days: 1 }) ?? null;
}

async function getConnection(
  trx: TenantTransaction,
  subscriptionId: string | null,
): Promise<MailConnectionRow> {
  const [row] = subscriptionId === null ? [] : await listMailConnections(trx, [subscriptionId]);
  if (row === undefined) throw notThere("connection");
  return row;
}

function lineOf({ plan_name: plan, is_on_router: isOnRouter }: MailConnectionRow): RestoredLine {
  return { plan, isOnRouter };
}

async function oldestOpen(
  trx: TenantTransaction,
  moment: FactsMoment,
  { oldest_open_id: id }: { oldest_open_id: string | null },
): Promise<MailBill | null> {
  return await billNamed(trx, moment, id);
}

async function getBill(
  trx: TenantTransaction,
  moment: FactsMoment,
  billId: string | null,
): Promise<MailBill> {
  const bill = await billNamed(trx, moment, billId);
  if (bill === null) throw notThere("bill");
  return bill;
}

async function billNamed(
  trx: TenantTransaction,
  moment: FactsMoment,
  billId: string | null,
): Promise<MailBill | null> {
  const [row] = billId === null ? [] : await listMailBills(trx, [billId]);
  return row === undefined ? null : await billOf(row, moment);
}

async function billOf(row: MailBillRow, { today, links }: FactsMoment): Promise<MailBill> {
  const [total, paid] = [centavos(row.total_centavos), centavos(row.paid_centavos)];
  return {
    number: row.number,
    period: { start: row.period_start, end: row.period_end },
    dueOn: row.due_on,
    totalCentavos: total,
    leftCentavos: row.status === "issued" ? centavos(total - paid) : ZERO,
    status: billStatus({
      status: row.status,
      totalCentavos: total,
      paidCentavos: paid,
      disputedCentavos: centavos(row.disputed_centavos),
      dueOn: row.due_on,
      graceDays: row.grace_days,
      today,
    }),
    isPrepaid: row.kind === "prepaid",
    byCreditCentavos: centavos(row.by_credit_centavos),
    link: await links.billAddress(row),
  };
}

function notThere(what: string): Error {
  return new Error(`Cannot read the facts of a message: its ${what} is not there`);
}
