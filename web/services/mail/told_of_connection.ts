import { centavos, ZERO } from "@/shared/money/mod.ts";
import { pastGraceCentavos } from "@/web/domain/cuts/mod.ts";
import type { MailBill, OnRouter, PrepaidLine, Told } from "@/web/domain/mail/content.ts";
import { readOccasionFacts } from "@/web/domain/mail/facts.ts";
import { listOpenBills, type OpenBillRow } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listMailBills, type MailConnectionRow } from "@/web/store/mail/mail_facts.ts";
import { findSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { readOffer, renewalUnit } from "../billing/prepaid_offer.ts";
import { ownDebt } from "../cuts/own_debt.ts";
import type { FactsMoment, MessageSubject } from "./read_mail_facts.ts";
import { toMailBill } from "./told_of_bills.ts";

/** A connection with what its payer owes for it. */
interface OfConnection {
  trx: TenantTransaction;
  moment: FactsMoment;
  connection: MailConnectionRow;
  /** Of its payer. */
  open: readonly OpenBillRow[];
  bill: MailBill | null;
}

/**
 * What a notice, a cut or a promise of more time tells of a connection.
 *
 * @throws {Error} when its facts are not there
 */
export async function toldOfConnection(
  trx: TenantTransaction,
  moment: FactsMoment,
  message: MessageSubject & { occasion: "cut_notice" | "cut" | "hold_granted" },
  connection: MailConnectionRow,
): Promise<Told> {
  const { plan_name: plan } = connection;
  const isPrepaid = connection.billing_mode === "prepaid";
  const open = await listOpenBills(trx, [message.subscriber_id]);
  const own = open.find((bill) => bill.lines.some((line) => line.subscription_id === connection.id));
  const billId = message.bill_id ?? own?.id ?? null;
  const [row] = billId === null ? [] : await listMailBills(trx, [billId]);
  const bill = row === undefined ? null : await toMailBill(row, moment);
  const owedOn = (on: Temporal.PlainDate) => pastGraceCentavos(ownDebt(open, connection.id), on);
  switch (message.occasion) {
    case "cut": {
      const owed = owedOn(moment.today);
      const backCentavos = isPrepaid || owed === ZERO ? null : owed;
      return {
        occasion: "cut",
        plan,
        onRouter: onRouterOf(connection, "off"),
        isPrepaid,
        bill,
        backCentavos,
      };
    }
    case "hold_granted": {
      const untilOn = dayOf(readOccasionFacts("hold_granted", message.facts)?.untilOn);
      return {
        occasion: "hold_granted",
        plan,
        bill,
        untilOn,
        owedCentavos: isPrepaid ? ZERO : owedOn(untilOn),
      };
    }
    case "cut_notice": {
      const cutOn = dayOf(readOccasionFacts("cut_notice", message.facts)?.cutOn);
      return await toldOfCut({ trx, moment, connection, open, bill }, cutOn);
    }
  }
}

/** What is known of a connection that its mail says is on, or off. */
export function onRouterOf(
  { is_wanted_off: isOff, is_as_wanted: isDone }: MailConnectionRow,
  said: "on" | "off",
): OnRouter {
  if (isOff === null) return "unmanaged";
  return isDone && isOff === (said === "off") ? "done" : "under_way";
}

/** Owed is what is owed now: part of it may have been paid since the notice was queued. */
async function toldOfCut(of: OfConnection, cutOn: Temporal.PlainDate): Promise<Told> {
  const { moment, connection, open, bill } = of;
  const isPrepaid = connection.billing_mode === "prepaid";
  const owed = pastGraceCentavos(ownDebt(open, connection.id), cutOn);
  return {
    occasion: "cut_notice",
    plan: connection.plan_name,
    cutOn,
    cutTime: Temporal.PlainTime.from(moment.tenant.cut_time),
    keepsOnCentavos: isPrepaid || owed === ZERO && hasUndecided(of) ? null : owed,
    prepaid: isPrepaid ? await prepaidOf(of) : null,
    bill,
  };
}

/** A debt of other books that nobody has included yet: what is asked for it is not known. */
function hasUndecided({ open, connection }: OfConnection): boolean {
  return open.some((bill) =>
    bill.is_imported && bill.lines.some((line) => line.subscription_id === connection.id)
  );
}

async function prepaidOf({ trx, moment: { tenant, today }, connection }: OfConnection): Promise<PrepaidLine> {
  const subscription = await findSubscription(trx, connection.id);
  if (subscription === null) return { paidUntil: null, renewal: null };
  const offer = await readOffer(trx, tenant, subscription, today);
  const unit = subscription.prepaid_unit === null ? undefined : renewalUnit(offer);
  return {
    paidUntil: offer.coveredUntil?.subtract({ days: 1 }) ?? null,
    renewal: unit === undefined || offer.openBill !== null ? null : {
      unit: unit.unit,
      count: unit.count,
      priceCentavos: centavos(offer.total(unit, 1).totalCentavos),
    },
  };
}

function dayOf(text: string | undefined): Temporal.PlainDate {
  if (text === undefined) throw new Error("Cannot read the facts of a message: its day is not there");
  return Temporal.PlainDate.from(text);
}
