import { fold } from "@/shared/text/mod.ts";
import { type Centavos, centavos, formatCentavosPlain, parsePeso, ZERO } from "@/shared/money/mod.ts";
import type { Asked, FieldOf, FormView } from "@/web/app/form/form_types.ts";
import { address, found, type PageMoment } from "@/web/app/frame/page_context.ts";
import type { newPaymentQuery, paymentForm } from "@/web/route_table/payments.ts";
import { type PaymentPreview, previewPayment } from "@/web/services/payments/preview_payment.ts";
import { closedAs } from "@/web/services/payments/closed_target.ts";
import type { OpenSplit } from "@/web/domain/payments/mod.ts";
import { withheldSplit } from "@/web/services/payments/withheld_split.ts";
import { listOpenOnDay } from "@/web/store/billing/account_lines.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { countPayments } from "@/web/store/payments/payments.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findSubscriber, type SubscriberRow } from "@/web/store/subscribers/subscribers.ts";
import { listSubscribers, type SubscriberListRow } from "@/web/store/subscribers/subscribers_page.ts";
import { listSubscriptionDetails } from "@/web/store/subscribers/subscriptions.ts";
import { z } from "zod";

type Field = FieldOf<typeof paymentForm>;
type AskedPayment = Asked<unknown, z.output<typeof newPaymentQuery>>;

/** Who pays is still to be found. */
export interface Finding {
  step: "find";
  q: string;
  /** Null before anything was searched for. */
  matches: readonly SubscriberListRow[] | null;
  /** Form of the one who was meant, where nobody else can be. */
  only: string | null;
}

/** Who pays, and where the amount in the form would go. */
export interface Paying {
  step: "pay";
  subscriber: { id: string; name: string; account_number: string };
  /** Who withholds: how what is chosen is to be paid. Null for everybody else. */
  withheld: OpenSplit | null;
  preview: PaymentPreview;
  /** What is in the amount field; null when it cannot be read. */
  amount: Centavos | null;
  changeDue: Centavos | null;
  /** Plans of the connections that come back. */
  restores: string[];
  today: Temporal.PlainDate;
  /** The bill that it was meant for takes no money any more. */
  closed: { number: string; state: "void" | "paid" } | null;
  /** What stands in the fields at first. */
  values: Partial<Record<Field, string>>;
}

/** The fields of the payment form. */
export type PaymentView = FormView<unknown, Field>;

const MATCHES_MAX = 50;

/** The first step of a payment, or the second when it is known who pays. */
export async function loadNewPayment(
  trx: TenantTransaction,
  asked: AskedPayment,
): Promise<Finding | Paying> {
  const { query: { subscriber, q = "" }, moment, isSent } = asked;
  if (subscriber !== undefined || isSent) return await loadPaying(trx, asked, found(subscriber));
  const words = q.trim();
  const matches = words === "" ? null : await findPayers(trx, moment, words);
  const only = matches?.length === 1 ? matches[0] : exactMatch(matches ?? [], words);
  return {
    step: "find",
    q: words,
    matches,
    only: only === undefined ? null : address("/admin/payments/new", { subscriber: only.subscriberId }),
  };
}

async function loadPaying(
  trx: TenantTransaction,
  { moment, isSent, typed, query }: AskedPayment,
  subscriberId: string,
): Promise<Paying> {
  const subscriber = found(await findSubscriber(trx, subscriberId));
  const preview = (amountCentavos: Centavos, bill: string) =>
    previewPayment(trx, moment.tenant, moment.today, {
      subscriberId: subscriber.id,
      amountCentavos,
      targetBillId: bill === "" ? undefined : bill,
    });
  // Counted before the bills are read: a payment between the two is asked about rather than missed.
  const paymentsShown = await countPayments(trx, subscriber.id);
  const chosen = isSent ? typed("bill") : query.bill ?? "";
  const withheld = await readWithheld(trx, subscriber, chosen);
  const values = isSent ? {} : freshValues({
    preview: await preview(ZERO, query.bill ?? ""),
    paymentsShown,
    withheld,
    method: withheld === null && query.method === "withholding_2307" ? undefined : query.method,
    bill: query.bill ?? "",
    today: moment.today,
    subscriberId,
  });
  const stands = (field: Field) => isSent ? typed(field) : values[field] ?? "";
  const [amount, tendered] = [stands("amount"), stands("tendered")].map((text) =>
    parsePeso(text.slice(0, 100))
  );
  const shown = await preview(amount?.ok ? amount.value : ZERO, stands("bill"));
  const connections = await listSubscriptionDetails(trx, { subscriberId: subscriber.id }, moment);
  const change = amount?.ok && tendered?.ok ? tendered.value - amount.value : null;
  return {
    step: "pay",
    subscriber,
    withheld,
    values,
    preview: shown,
    amount: amount?.ok ? amount.value : null,
    changeDue: change !== null && change >= 0n && stands("method") === "cash" ? centavos(change) : null,
    restores: connections.filter(({ id }) => shown.restores.includes(id)).map((row) => row.plan_name),
    today: moment.today,
    closed: await findClosed(trx, subscriber.id, isSent ? typed("bill") : query.bill ?? ""),
  };
}

/** Of the bill that was chosen, else of all that is open. */
async function readWithheld(
  trx: TenantTransaction,
  { id, withholding_rate_bp: rateBp }: SubscriberRow,
  billId: string,
): Promise<OpenSplit | null> {
  if (rateBp === null) return null;
  const open = await listOpenOnDay(trx, { subscriberId: id });
  const one = open.filter((bill) => bill.id === billId);
  return withheldSplit(one.length > 0 ? one : open, rateBp);
}

async function findClosed(
  trx: TenantTransaction,
  subscriberId: string,
  billId: string,
): Promise<Paying["closed"]> {
  if (!z.uuid().safeParse(billId).success) return null;
  const bill = await findBill(trx, billId);
  const state = bill === null || bill.subscriber_id !== subscriberId ? null : closedAs(bill);
  return state === null ? null : { number: bill?.number ?? "", state };
}

/** Values of a fresh form. */
function freshValues(
  { preview, paymentsShown, withheld, method = "cash", bill, today, subscriberId }: {
    preview: PaymentPreview;
    paymentsShown: number;
    withheld: OpenSplit | null;
    method?: z.output<typeof newPaymentQuery>["method"];
    bill: string;
    today: Temporal.PlainDate;
    subscriberId: string;
  },
): Partial<Record<Field, string>> {
  const target = preview.bills.find((row) => row.billId === bill);
  const all = target?.balanceCentavos ?? preview.owedCentavos;
  const part = method === "withholding_2307" ? withheld?.certificateCentavos : withheld?.moneyCentavos;
  const owed = part ?? all;
  return {
    key: crypto.randomUUID(),
    subscriber: subscriberId,
    bill: target === undefined ? "" : bill,
    amount: owed > ZERO ? formatCentavosPlain(owed) : "",
    method,
    received: today.toString(),
    // How many payments there were when the form was opened; later ones came in between.
    shown: String(paymentsShown),
  };
}

/** People, not connections: who has two is one match. */
/** Subscribers who fit some words, a few. */
export async function findPayers(
  trx: TenantTransaction,
  moment: PageMoment,
  q: string,
): Promise<SubscriberListRow[]> {
  const { rows } = await listSubscribers(trx, { q }, moment, { limit: MATCHES_MAX });
  const first = new Map<string, SubscriberListRow>();
  for (const row of rows) {
    const earlier = first.get(row.subscriberId);
    if (earlier === undefined) first.set(row.subscriberId, { ...row });
    else earlier.balanceCentavos += row.balanceCentavos;
  }
  return [...first.values()];
}

/** Who was named in full although others share a part of it: `ana.cruz` beside `ana.cruz2`. */
function exactMatch(matches: readonly SubscriberListRow[], q: string): SubscriberListRow | undefined {
  const wanted = fold(q);
  const exact = matches.filter((row) =>
    [row.pppName, row.accountNumber, row.name].some((text) => fold(text ?? "") === wanted)
  );
  return exact.length === 1 ? exact[0] : undefined;
}
