import { sql } from "kysely";
import { earlier } from "@/shared/calendar/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { Isp } from "./isp.ts";

const ZONE = "Asia/Manila";

/**
 * Writes the runs of days on which nothing is to be done, up to the day before `target`, and moves the clock past them.
 * A day's runs take 35 ms of a processor, and most days of a test lie between a bill and the next. That an idle day leaves
 * these rows and nothing else is what tests/billing/idle_days_test.ts proves.
 *
 * @param isWatched whoever asks looks at the clock before each hour's runs, as the scheduler does
 */
export async function passIdleDays(
  isp: Isp,
  target: Temporal.PlainDate,
  { isWatched = false }: { isWatched?: boolean } = {},
): Promise<void> {
  const today = isp.clock.now().toZonedDateTimeISO(ZONE).toPlainDate();
  const span = await isp.run((trx) => findIdleDays(trx, { today, target, isWatched }));
  if (span === null) return;
  const rows: ReturnType<typeof runsOf> = [];
  for (let day = span.from; Temporal.PlainDate.compare(day, span.to) <= 0; day = day.add({ days: 1 })) {
    rows.push(...runsOf(isp, day));
  }
  await isp.run((trx) => trx.insertInto("runs").values(rows).execute());
  isp.clock.set(at(span.to, "09:00"));
}

/** Days of which something is known that is not the connections' own, of tenant `t`. Nobody is cut twice. */
const nextDays = (today: Temporal.PlainDate) =>
  sql`
  (select min(late_fee_look_on) from bills where tenant_id = t.id),
  (select min(b.due_on + b.grace_days) from bills b
    join bill_lines l on l.tenant_id = b.tenant_id and l.bill_id = b.id and l.settled_centavos < l.amount_centavos
    where b.tenant_id = t.id and b.status = 'issued' and b.paid_centavos < b.total_centavos
      and not exists (select from block_reasons k where k.tenant_id = l.tenant_id
        and k.subscription_id = l.subscription_id and k.reason = 'nonpayment' and k.removed_at is null)),
  (select min(effective_on) from mode_changes where tenant_id = t.id and state = 'planned'),
  (select min(last_on + 1) from service_ends where tenant_id = t.id and state = 'planned'),
  (select min(effective_on) from payer_changes where tenant_id = t.id and state = 'planned'),
  (select min(from_on) from plan_prices where tenant_id = t.id and taken_back_at is null and from_on > ${today}),
  (select min(charged_from) from payer_changes where tenant_id = t.id and state = 'made' and given_back_on is null
    and charged_from > effective_on)`;

/** What a day may do besides, and what waits for a person, is not there. Nobody watches the clock, or it is believed. */
const isQuiet = (isWatched: boolean) =>
  sql`
  not exists (select from plan_prices where tenant_id = t.id and from_on is not null and taken_back_at is not null)
  and not exists (select from outages where tenant_id = t.id and t.outage_credit = 'automatic')
  and not exists (select from parked_bills where tenant_id = t.id)
  and not exists (select from mail_servers where tenant_id = t.id)
  and not exists (select from clock_watches where tenant_id = t.id and (doubt is not null or not ${isWatched}))
  and not exists (select from runs where tenant_id = t.id and status <> 'done')`;

/** Days that are known to be idle: nothing that a day does has its day before the last of them is over. */
async function findIdleDays(
  trx: TenantTransaction,
  { today, target, isWatched }: { today: Temporal.PlainDate; target: Temporal.PlainDate; isWatched: boolean },
): Promise<{ from: Temporal.PlainDate; to: Temporal.PlainDate } | null> {
  const { tenantId } = trx;
  const { rows: [row] } = await sql<{ next: string | null; done: string | null; is_plain: boolean }>`
    select least(min(s.next_bill_on), min(s.billed_through_on - t.lead_days) filter (where s.bill_timing = 'advance'),
        min(s.next_plan_on) filter (where s.next_plan_on > ${today}), ${nextDays(today)})::text as next,
      (select max(business_on)::text from runs where tenant_id = ${tenantId}) as done,
      bool_and(s.status <> 'pending' and s.billing_mode = 'postpaid' and (s.next_plan_on is null
          or s.next_plan_on > ${today} or s.next_bill_on is not null and s.billed_through_on < s.next_plan_on))
        and bool_and(t.cut_time = '09:00' and t.time_zone = ${ZONE} and t.business_offset_seconds = 0
          and t.bill_approval = 'off' and (t.created_at at time zone ${ZONE})::date <= ${today}) and ${
    isQuiet(isWatched)
  } as is_plain
    from tenants t left join subscriptions s on s.tenant_id = t.id and s.status <> 'cancelled'
    where t.id = ${tenantId} group by t.id`.execute(trx);
  if (row === undefined || !row.is_plain) return null;
  const from = row.done === null ? today : Temporal.PlainDate.from(row.done).add({ days: 1 });
  const end = row.next === null ? target : earlier(Temporal.PlainDate.from(row.next), target);
  const to = end.subtract({ days: 1 });
  // Days that were missed are run another way.
  const isNext = from.equals(today) || from.equals(today.add({ days: 1 }));
  return isNext && Temporal.PlainDate.compare(from, to) <= 0 ? { from, to } : null;
}

function runsOf({ tenantId, actor }: Isp, day: Temporal.PlainDate) {
  const [billsAt, cutAt] = [at(day, "00:05"), at(day, "09:00")];
  const empty = {
    tenant_id: tenantId,
    business_on: day,
    trigger: "scheduled" as const,
    status: "done" as const,
    total: 0,
    changed: 0,
    skipped: 0,
    failed: 0,
    requested_by: actor.label,
    created_at: billsAt,
  };
  const id = () => uuidv7(billsAt.epochMilliseconds);
  return [
    {
      ...empty,
      id: id(),
      kind: "bill" as const,
      approved_by: null,
      started_at: billsAt,
      finished_at: billsAt,
    },
    {
      ...empty,
      id: id(),
      kind: "cut" as const,
      approved_by: actor.label,
      started_at: cutAt,
      finished_at: cutAt,
    },
  ];
}

function at(day: Temporal.PlainDate, time: string): Temporal.Instant {
  return day.toZonedDateTime({ timeZone: ZONE, plainTime: Temporal.PlainTime.from(time) }).toInstant();
}
