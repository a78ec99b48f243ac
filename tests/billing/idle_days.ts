import { sql } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { Isp } from "./isp.ts";

const ZONE = "Asia/Manila";

/**
 * Writes the runs of days on which nothing is to be done, up to the day before `target`, and moves the clock past them.
 * A day's runs take 35 ms of a processor, and many tests begin a month before their first bill. That an idle day leaves
 * these rows and nothing else is what tests/billing/idle_days_test.ts proves.
 */
export async function passIdleDays(isp: Isp, target: Temporal.PlainDate): Promise<void> {
  const today = isp.clock.now().toZonedDateTimeISO(ZONE).toPlainDate();
  const span = await isp.run((trx) => findIdleDays(trx, { today, target }));
  if (span === null) return;
  const rows: ReturnType<typeof runsOf> = [];
  for (let day = span.from; Temporal.PlainDate.compare(day, span.to) <= 0; day = day.add({ days: 1 })) {
    rows.push(...runsOf(isp, day));
  }
  await isp.run((trx) => trx.insertInto("runs").values(rows).execute());
  isp.clock.set(at(span.to, "09:00"));
}

/** Days that are known to be idle: nobody has a bill yet, and nobody gets one before the last of them is over. */
async function findIdleDays(
  trx: TenantTransaction,
  { today, target }: { today: Temporal.PlainDate; target: Temporal.PlainDate },
): Promise<{ from: Temporal.PlainDate; to: Temporal.PlainDate } | null> {
  const { rows: [row] } = await sql<{ next: string | null; done: string | null; is_plain: boolean }>`
    select min(s.next_bill_on)::text as next,
      (select max(business_on)::text from runs where tenant_id = ${trx.tenantId}) as done,
      bool_and(s.status = 'active' and s.billing_mode = 'postpaid' and s.next_bill_on is not null
          and s.next_plan_on is null)
        and not exists (select 1 from bills where tenant_id = ${trx.tenantId})
        and not exists (select 1 from mode_changes where tenant_id = ${trx.tenantId})
        and not exists (select 1 from prepaid_purchases where tenant_id = ${trx.tenantId})
        and not exists (select 1 from clock_watches where tenant_id = ${trx.tenantId})
        and not exists (select 1 from payments where tenant_id = ${trx.tenantId})
        and not exists (select 1 from credit_sources where tenant_id = ${trx.tenantId})
        and not exists (select 1 from block_reasons where tenant_id = ${trx.tenantId})
        and not exists (select 1 from runs where tenant_id = ${trx.tenantId} and status <> 'done')
        and (select cut_time = '09:00' and time_zone = ${ZONE} and business_offset_seconds = 0
          and (created_at at time zone ${ZONE})::date <= ${today} from tenants where id = ${trx.tenantId}) as is_plain
    from subscriptions s where s.tenant_id = ${trx.tenantId}`.execute(trx);
  if (row === undefined || row.next === null || !row.is_plain) return null;
  const from = row.done === null ? today : Temporal.PlainDate.from(row.done).add({ days: 1 });
  const end = [Temporal.PlainDate.from(row.next), target].sort(Temporal.PlainDate.compare)[0]!;
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
