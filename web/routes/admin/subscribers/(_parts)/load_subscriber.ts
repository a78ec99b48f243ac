import { later } from "@/shared/calendar/mod.ts";
import { type BillListRow, listOpenBills, type OpenBillRow } from "@/web/store/billing/bills.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { type PaySchedule, scheduleFrom } from "@/web/domain/billing/mod.ts";
import {
  listWaitingReconnections,
  type WaitingReconnection,
} from "@/web/services/billing/reconnection_fees.ts";
import { readPlans, termsNow } from "@/web/services/billing/review_own_price.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import { type BlockReasonRow, listBlockReasons } from "@/web/store/cuts/block_reasons.ts";
import { type CommandRow, findCommand } from "@/web/store/network/commands.ts";
import { type AccountLineRow, listAccountLines } from "@/web/store/billing/account_lines.ts";
import { type ConsentRow, findLastConsent } from "@/web/store/mail/wishes.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import type { Page } from "@/web/store/db/keyset.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { type DeliveryRow, listDeliveries } from "@/web/store/network/deliveries.ts";
import { listSubscriptionDetails, type SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { listTimeline, type TimelineEvent, type TimelineKind } from "@/web/store/subscribers/timeline.ts";
import { listOpenOfSubscriber, type RequestListRow } from "@/web/store/approvals/requests_page.ts";
import { listMails, type MailRow } from "@/web/store/mail/mail_page.ts";
import { findRefusal } from "@/web/store/mail/refusals.ts";
import { DELIVERIES_SHOWN } from "../../mail/(_parts)/DeliveriesCard.tsx";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { found, type PageMoment } from "@/web/app/frame/page_context.ts";

const BILLS_SHOWN = 6;
const LEDGER_ROWS = 10;
const EVENTS = 20;
/** Lines of the account, which stands on the same page for who may see it. */
const ACCOUNT_EVENTS: readonly TimelineKind[] = ["bill", "bill_void", "payment", "payment_reversed"];

/** One connection with what its card shows. */
export interface ConnectionView {
  connection: SubscriptionDetail;
  /** Live reasons, newest first. */
  reasons: BlockReasonRow[];
  delivery: DeliveryRow | null;
  openBills: OpenBillRow[];
  /** What a whole period costs, now and after that. */
  pay: PaySchedule;
  /** The last command about its PPP secret. */
  secretCommand: CommandRow | null;
  /** What coming back after a cut cost: on its next bill. */
  reconnections: readonly WaitingReconnection[];
}

/** Everything on the page of a subscriber. */
export interface SubscriberView {
  subscriber: NonNullable<Awaited<ReturnType<typeof findSubscriber>>>;
  connections: ConnectionView[];
  owedCentavos: bigint;
  creditCentavos: bigint;
  /** Open bills first, then the newest of the others. */
  bills: BillListRow[];
  ledger: Page<AccountLineRow>;
  timeline: Page<TimelineEvent>;
  /** Who said last which mails they want. */
  consent: ConsentRow | null;
  /** The newest messages; null for who may not see them. */
  mails: readonly MailRow[] | null;
  /** What somebody has asked for and nobody has decided. */
  requests: readonly RequestListRow[];
  /** What a server said against the e-mail address of now. */
  refusal: Awaited<ReturnType<typeof findRefusal>>;
}

/** Reads the page of a subscriber; 404 when not of this tenant. */
export async function loadSubscriber(
  trx: TenantTransaction,
  subscriberId: string,
  moment: PageMoment,
  options: {
    ledger?: string | undefined;
    older?: string | undefined;
    seesMoney: boolean;
    seesMail: boolean;
    seesRequests: boolean;
  },
): Promise<SubscriberView> {
  const subscriber = found(await findSubscriber(trx, subscriberId));
  const open = await listOpenBills(trx, [subscriberId]);
  const balance = await findSubscriberBalance(trx, subscriberId);
  const recent = await listBills(trx, { subscriberId }, { limit: BILLS_SHOWN + open.length });
  const hidden: TimelineKind[] = [
    ...ACCOUNT_EVENTS,
    // Why a run left somebody on names amounts.
    ...(options.seesMoney ? [] : ["run" as const]),
    ...(options.seesMail ? [] : ["mail" as const, "mail_failed" as const]),
  ];
  return {
    subscriber,
    connections: await loadConnections(trx, subscriberId, open, moment),
    owedCentavos: open.reduce((total, bill) => total + bill.balance_centavos, 0n),
    creditCentavos: balance.creditCentavos,
    bills: openFirst(recent.rows, open),
    ledger: await listAccountLines(trx, { subscriberId }, { after: options.ledger, limit: LEDGER_ROWS }),
    timeline: await listTimeline(trx, subscriberId, { after: options.older, limit: EVENTS }, hidden),
    consent: await findLastConsent(trx, subscriberId),
    mails: options.seesMail
      ? (await listMails(trx, { subscriberId }, { limit: DELIVERIES_SHOWN })).rows
      : null,
    requests: options.seesRequests ? await listOpenOfSubscriber(trx, subscriberId) : [],
    refusal: subscriber.email === null ? null : await findRefusal(trx, subscriber.email),
  };
}

/** The connections of a subscriber, oldest first. */
export async function loadConnections(
  trx: TenantTransaction,
  subscriberId: string,
  open: readonly OpenBillRow[],
  moment: PageMoment,
): Promise<ConnectionView[]> {
  const deliveries = await listDeliveries(trx, subscriberId);
  const views: ConnectionView[] = [];
  const connections = await listSubscriptionDetails(trx, { subscriberId }, moment);
  const plans = await readPlans(trx);
  const prices = await listOwnPrices(trx, connections.map(({ id }) => id));
  const waiting = await listWaitingReconnections(trx, moment.tenant, connections.map(({ id }) => id));
  for (const connection of connections) {
    const own = prices.filter((row) => row.subscription_id === connection.id);
    const reasons = await listBlockReasons(trx, connection.id);
    views.push({
      connection,
      reasons: reasons.filter((reason) => reason.removed_at === null),
      delivery: deliveries.find((row) => row.subscription_id === connection.id) ?? null,
      openBills: open.filter((bill) => bill.subscription_id === connection.id),
      pay: scheduleFrom(
        termsNow(moment, connection, plans, own),
        // Before its first day a connection costs what it will cost then.
        later(moment.today, connection.activated_on ?? moment.today),
      ),
      secretCommand: connection.secret_command_id === null
        ? null
        : await findCommand(trx, connection.secret_command_id),
      reconnections: waiting.get(connection.id) ?? [],
    });
  }
  return views;
}

function openFirst(rows: readonly BillListRow[], open: readonly OpenBillRow[]): BillListRow[] {
  const ids = new Set(open.map((bill) => bill.id));
  const owed = rows.filter((bill) => ids.has(bill.id));
  const others = rows.filter((bill) => !ids.has(bill.id));
  return [...owed, ...others].slice(0, Math.max(BILLS_SHOWN, owed.length));
}
