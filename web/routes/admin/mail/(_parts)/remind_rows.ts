import type { z } from "zod";
import { uuidv7 } from "@/shared/ids.ts";
import type { Asked } from "@/web/app/form/form_types.ts";
import { may, momentOf } from "@/web/app/frame/page_context.ts";
import { readFilter } from "@/web/app/list/frame.ts";
import type { AppState } from "@/web/app/state.ts";
import { billsQuery } from "@/web/route_table/bills.ts";
import type { remindForm } from "@/web/route_table/deliveries.ts";
import { REMIND_MAX } from "@/web/services/mail/remind_many.ts";
import { digestOf } from "@/web/services/subscribers/bulk.ts";
import { listBillIds, listRemindable, type NotReminded } from "@/web/store/mail/remind.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { filterOf } from "../../bills/(_parts)/filter.ts";

export type RemindInput = z.infer<typeof remindForm>;

/** What a question about reminders shows. */
export interface RemindRows {
  form: RemindInput;
  /** Bills of the list; one more than may be stands for all that are too many. */
  total: number;
  /** Bills that get a reminder. */
  chosen: number;
  /** The first of them: its reminder is shown. Null: none, or this person may not read bills. */
  sample: string | null;
  /** The others by why, the most first. */
  left: { reason: NotReminded; count: number }[];
  key: string;
  seen: string;
  /** The list changed after the question was asked: so many bills were confirmed. */
  changedFrom: number | null;
}

/** Reads the bills that a form means, whenever it is called: ticked ones, or all that match its filter. */
export function billsOf(state: AppState, form: RemindInput): (trx: TenantTransaction) => Promise<string[]> {
  const filter = form.all
    ? filterOf(readFilter(billsQuery, form.filter), momentOf(state).today)
    : { ids: form.id };
  return (trx) => listBillIds(trx, filter, REMIND_MAX);
}

/** Reads who would get a reminder and who not, and why. */
export async function readRemindRows(
  trx: TenantTransaction,
  { state, query: form, moment: { today, now }, typed }: Asked<unknown, RemindInput>,
): Promise<RemindRows> {
  const ids = await billsOf(state, form)(trx);
  const bills = ids.length > REMIND_MAX ? [] : await listRemindable(trx, ids, today);
  const counts = new Map<NotReminded, number>();
  for (const { reason } of bills) {
    if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const seen = await digestOf(ids);
  const isDone = form.step === "do" && form.key !== undefined;
  const changedFrom = isDone && form.seen !== seen ? Number(typed("count")) || 0 : null;
  return {
    form,
    total: ids.length,
    chosen: bills.filter(({ reason }) => reason === null).length,
    sample: may(state, "bill:read") && may(state, "subscriber:read")
      ? bills.find(({ reason }) => reason === null)?.id ?? null
      : null,
    left: [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
    key: changedFrom === null && form.key !== undefined ? form.key : uuidv7(now.epochMilliseconds),
    seen,
    changedFrom,
  };
}
