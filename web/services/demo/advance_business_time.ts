import { coded } from "@/shared/codes/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant, type TenantRow, updateBusinessOffset } from "@/web/store/settings/tenants.ts";
import type { QuietHours } from "@/web/domain/mail/ladder.ts";
import { getReminders } from "@/web/store/mail/reminder_settings.ts";
import { businessNow } from "../business_clock.ts";
import { type Actor, SCHEDULER, type ServiceContext } from "../context.ts";
import { BILL_TIME, type DayReport, runDueDays } from "../billing/run_due_days.ts";
import { recordAudit } from "../audit.ts";

/** Where the time machine goes. */
export const ADVANCE_TARGETS = ["day", "bill_run", "cut_run", "week", "month"] as const;
export type AdvanceTarget = (typeof ADVANCE_TARGETS)[number];

/** What happened on the way. */
export interface Advanced {
  from: Temporal.ZonedDateTime;
  to: Temporal.ZonedDateTime;
  /** The last report of each business day that was touched. */
  days: DayReport[];
}

/** A journey of business time, before it begins. */
export interface Journey {
  from: Temporal.ZonedDateTime;
  /** Every run's hour on the way, the target last. */
  stops: Temporal.ZonedDateTime[];
}

/**
 * Moves business time forward (rule R7): one day on, to the next bill or cut run, a week or a month. It stops at every
 * run's hour on the way, so that each run sees its own day, and waits there for the mail of that hour. Real time is not
 * touched.
 *
 * @param input.onDay told of each stop after its runs
 */
export async function advanceBusinessTime(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { to: AdvanceTarget; onDay?: (day: Temporal.PlainDate, ran: readonly DayReport[]) => Promise<void> },
): Promise<Result<Advanced, never>> {
  const { from, stops } = await planJourney(context, tenantId, input.to);
  const days = new Map<string, DayReport>();
  for (const stop of stops) {
    await moveTo(context, tenantId, stop);
    const ran = await runDueDays(context, tenantId, SCHEDULER);
    if (ran.ok) { for (const report of ran.value) days.set(report.businessOn.toString(), report); }
    await input.onDay?.(stop.toPlainDate(), ran.ok ? ran.value : []);
    // Before the clock moves on: what is sent on another day says another day, or is not true any more.
    await context.mailGoesOut?.(tenantId);
  }
  const to = stops.at(-1) ?? from;
  await withTenant(context.db, tenantId, async (trx) => {
    await recordAudit(trx, actor, {
      action: "clock.advanced",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: coded("audit_clock_moved", { day: to.toPlainDate(), time: to.toPlainTime() }),
      details: { target: input.to },
      at: context.clock.now(),
      businessOn: to.toPlainDate(),
    });
  });
  return ok({ from, to, days: [...days.values()] });
}

/** Where a journey leads and where it stops; nothing moves yet. */
export async function planJourney(
  context: ServiceContext,
  tenantId: string,
  to: AdvanceTarget,
): Promise<Journey> {
  const { tenant, quiet } = await withTenant(context.db, tenantId, async (trx) => {
    const { quiet } = await getReminders(trx);
    return { tenant: await getTenant(trx), quiet };
  }, { readOnly: true });
  const moment = businessNow(tenant, context.clock);
  const from = moment.instant.toZonedDateTimeISO(moment.zone);
  return { from, stops: stopsUntil(from, hoursOf(tenant, quiet), to) };
}

interface Hours {
  cutTime: Temporal.PlainTime;
  /** Of a day on which something happens. */
  stops: Temporal.PlainTime[];
}

/** Where quiet hours end after the cut, what waited for that is sent on its own day only if it is stopped at. */
function hoursOf(tenant: TenantRow, quiet: QuietHours | null): Hours {
  const cutTime = Temporal.PlainTime.from(tenant.cut_time);
  const isLater = quiet !== null && Temporal.PlainTime.compare(quiet.until, cutTime) > 0;
  return { cutTime, stops: [BILL_TIME, cutTime, ...(isLater ? [quiet.until] : [])] };
}

function stopsUntil(
  from: Temporal.ZonedDateTime,
  { cutTime, stops: hours }: Hours,
  to: AdvanceTarget,
): Temporal.ZonedDateTime[] {
  const target = targetOf(from, cutTime, to);
  const stops: Temporal.ZonedDateTime[] = [];
  let at = from;
  while (true) {
    const next = hours.map((hour) => nextAt(at, hour)).reduce(earlier);
    if (Temporal.ZonedDateTime.compare(next, target) >= 0) return [...stops, target];
    stops.push(next);
    at = next;
  }
}

function targetOf(
  from: Temporal.ZonedDateTime,
  cutTime: Temporal.PlainTime,
  to: AdvanceTarget,
): Temporal.ZonedDateTime {
  switch (to) {
    case "bill_run":
      return nextAt(from, BILL_TIME);
    case "cut_run":
      return nextAt(from, cutTime);
    case "day":
      return from.add({ days: 1 });
    case "week":
      return from.add({ weeks: 1 });
    case "month":
      return from.add({ months: 1 });
  }
}

function earlier(a: Temporal.ZonedDateTime, b: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  return Temporal.ZonedDateTime.compare(a, b) <= 0 ? a : b;
}

function nextAt(from: Temporal.ZonedDateTime, time: Temporal.PlainTime): Temporal.ZonedDateTime {
  const today = from.withPlainTime(time);
  return Temporal.ZonedDateTime.compare(today, from) > 0 ? today : from.add({ days: 1 }).withPlainTime(time);
}

async function moveTo(
  context: ServiceContext,
  tenantId: string,
  stop: Temporal.ZonedDateTime,
): Promise<void> {
  await withTenant(context.db, tenantId, async (trx) => {
    const offsetMs = stop.epochMilliseconds - context.clock.now().epochMilliseconds;
    await updateBusinessOffset(trx, BigInt(Math.ceil(offsetMs / 1000)));
  });
}
