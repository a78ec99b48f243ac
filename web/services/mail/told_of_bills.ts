import { type Centavos, centavos, sum, ZERO } from "@/shared/money/mod.ts";
import { billStatus } from "@/web/domain/billing/mod.ts";
import type { MailBill, OtherBills, Told } from "@/web/domain/mail/content.ts";
import { readOccasionFacts } from "@/web/domain/mail/facts.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listMailBills, type MailBillRow, sumOthers } from "@/web/store/mail/mail_facts.ts";
import type { FactsMoment, MessageSubject } from "./read_mail_facts.ts";

/**
 * What a reminder tells: all bills that it is about, of those the ones that are still to be paid. How late it is is told
 * by the day on which it goes, so that one past the due date says so.
 *
 * @throws {Error} when none of its bills is there
 */
export async function toldOfReminder(
  trx: TenantTransaction,
  moment: FactsMoment,
  { bill_id: billId, facts }: Pick<MessageSubject, "bill_id" | "facts">,
): Promise<Told> {
  const named = readOccasionFacts("reminder", facts)?.billIds ?? (billId === null ? [] : [billId]);
  const rows = await listMailBills(trx, named);
  const open = rows.filter((row) => leftOf(row) > ZERO && row.disputed_centavos === 0n);
  const shown = open.length > 0 ? open : rows;
  const bills = await Promise.all(shown.map((row) => toMailBill(row, moment)));
  const [first] = bills;
  if (first === undefined) throw new Error("Cannot read the facts of a message: its bill is not there");
  return {
    occasion: "reminder",
    bills,
    leftCentavos: sum(bills.map((bill) => bill.leftCentavos)),
    daysLeft: moment.today.until(first.dueOn, { largestUnit: "days" }).days,
    others: await readOthers(trx, shown),
  };
}

/** What is left to pay besides these bills of a subscriber; null: nothing. */
export async function readOthers(
  trx: TenantTransaction,
  bills: readonly Pick<MailBillRow, "id" | "subscriber_id" | "due_on">[],
): Promise<OtherBills | null> {
  const [first] = bills;
  if (first === undefined) return null;
  const about = { subscriberId: first.subscriber_id, dueOn: first.due_on };
  const others = await sumOthers(trx, about, bills.map(({ id }) => id));
  if (others.left_centavos <= 0n) return null;
  return { leftCentavos: centavos(others.left_centavos), areBefore: others.are_before };
}

/** A bill as a mail shows it. */
export async function toMailBill(row: MailBillRow, { today, links }: FactsMoment): Promise<MailBill> {
  const [total, paid] = [centavos(row.total_centavos), centavos(row.paid_centavos)];
  return {
    number: row.number,
    period: { start: row.period_start, end: row.period_end },
    dueOn: row.due_on,
    totalCentavos: total,
    leftCentavos: leftOf(row),
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

/** Of a void bill nothing is left to pay. */
function leftOf({ status, total_centavos: total, paid_centavos: paid }: MailBillRow): Centavos {
  return status === "issued" ? centavos(total - paid) : ZERO;
}
