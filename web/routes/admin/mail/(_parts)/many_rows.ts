import type { z } from "zod";
import { uuidv7 } from "@/shared/ids.ts";
import type { Asked } from "@/web/app/form/form_types.ts";
import { may, momentOf } from "@/web/app/frame/page_context.ts";
import { readFilter } from "@/web/app/list/frame.ts";
import type { AppState } from "@/web/app/state.ts";
import { billsQuery } from "@/web/route_table/bills.ts";
import { type manyForm, PREVIEWED_MAX } from "@/web/route_table/deliveries.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { BATCH_MAX, type BatchOccasion } from "@/web/services/mail/mail_many.ts";
import { readQuietEnd } from "@/web/services/mail/queue_mail.ts";
import { digestOf } from "@/web/services/subscribers/bulk.ts";
import { BEFORE, type Before, listMailable, type NotMailed } from "@/web/store/mail/mailable.ts";
import { listBillIds, listRemindable, type NotReminded } from "@/web/store/mail/remind.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { filterOf } from "../../bills/(_parts)/filter.ts";

/** What the list of bills and the question send. */
export type ManyFields = z.infer<typeof manyForm>;

/** What a question about mailing many shows. */
export interface ManyRows {
  form: ManyFields;
  /** Bills of the list; one more than may be stands for all that are too many. */
  total: number;
  /** Bills that are mailed. */
  chosen: number;
  /** Messages that they make: one reminder for a subscriber, one mail for a bill. */
  mails: number;
  /** Of bills that are mailed: what became of them before. */
  before: { before: Before; count: number }[];
  /** Bills that went out before and are mailed only if somebody says so. */
  mailed: number;
  /** Nothing else is left to mail: then they are what is asked about. */
  isAgain: boolean;
  /** When quiet hours are over that reminders wait for; null: they go at once. */
  quietUntil: Temporal.ZonedDateTime | null;
  /** Bills of the first who gets a reminder, which is shown. None: nobody does, or this person may not read bills. */
  sample: readonly string[];
  /** The others by why, the most first. */
  left: { reason: NotReminded | NotMailed; count: number }[];
  key: string;
  seen: string;
  /** The list changed after the question was asked: so many bills were confirmed. */
  changedFrom: number | null;
}

/** Reads the bills that a form means, whenever it is called: ticked ones, or all that match its filter. */
export function billsOf(state: AppState, form: ManyFields): (trx: TenantTransaction) => Promise<string[]> {
  const filter = form.all
    ? filterOf(readFilter(billsQuery, form.filter), momentOf(state).today)
    : { ids: form.id };
  return (trx) => listBillIds(trx, filter, BATCH_MAX);
}

/** Reads which bills would be mailed and which not, and why. */
export async function readManyRows(
  trx: TenantTransaction,
  { state, query: form, moment: { today, now }, typed }: Asked<unknown, ManyFields>,
  occasion: BatchOccasion,
): Promise<ManyRows> {
  const ids = await billsOf(state, form)(trx);
  const isReminder = occasion === "reminder";
  const some = ids.length > BATCH_MAX ? [] : ids;
  const bills: LookedAt[] = isReminder
    ? await listRemindable(trx, some, today)
    : await listMailable(trx, some);
  const open = bills.filter(({ reason }) => reason === null);
  const mailed = bills.filter(({ reason }) => reason === "mailed");
  const isAgain = open.length === 0 && mailed.length > 0;
  const chosen = isAgain ? mailed : open;
  const seen = await digestOf(ids);
  const isDone = form.step === "do" && form.key !== undefined;
  const changedFrom = isDone && form.seen !== seen ? Number(typed("count")) || 0 : null;
  return {
    form,
    total: ids.length,
    chosen: chosen.length,
    mails: isReminder ? new Set(chosen.map((bill) => bill.subscriber_id)).size : chosen.length,
    before: BEFORE.map((before) => ({
      before,
      count: chosen.filter((bill) => bill.before === before).length,
    }))
      .filter(({ count }) => count > 0),
    mailed: mailed.length,
    isAgain,
    quietUntil: isReminder ? await readQuietZoned(trx, now) : null,
    sample: isReminder && may(state, "bill:read") && may(state, "subscriber:read") ? firstOf(open) : [],
    left: countReasons(isAgain ? bills.filter((bill) => bill.reason !== "mailed") : bills),
    key: changedFrom === null && form.key !== undefined ? form.key : uuidv7(now.epochMilliseconds),
    seen,
    changedFrom,
  };
}

/** Bills of whoever is first; the reminder puts them in their order. */
function firstOf(bills: readonly LookedAt[]): string[] {
  return bills.filter((bill) => bill.subscriber_id === bills[0]?.subscriber_id).slice(0, PREVIEWED_MAX)
    .map((bill) => bill.id);
}

interface LookedAt {
  id: string;
  subscriber_id: string;
  before?: Before;
  reason: NotReminded | NotMailed | null;
}

function countReasons(bills: readonly LookedAt[]): ManyRows["left"] {
  const counts = new Map<NotReminded | NotMailed, number>();
  for (const { reason } of bills) {
    if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}

async function readQuietZoned(
  trx: TenantTransaction,
  now: Temporal.Instant,
): Promise<Temporal.ZonedDateTime | null> {
  const business = businessNow(await getTenant(trx), { now: () => now });
  const end = await readQuietEnd(trx, business);
  return end?.toZonedDateTimeISO(business.zone) ?? null;
}
