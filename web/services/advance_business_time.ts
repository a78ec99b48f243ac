import { ok, type Result } from "@/shared/result.ts";
import { withTenant } from "@/web/store/tenant_transaction.ts";
import { getTenant, type TenantRow, updateBusinessOffset } from "@/web/store/tenants.ts";
import { businessNow } from "./business_clock.ts";
import { type Actor, SCHEDULER, type ServiceContext } from "./context.ts";
import { BILL_TIME, type DayReport, runDueDays } from "./run_due_days.ts";
import { recordAudit } from "./audit.ts";

/** Where the time machine goes. */
export type AdvanceTarget = "day" | "bill_run" | "cut_run";

/** What happened on the way. */
export interface Advanced {
  from: Temporal.ZonedDateTime;
  to: Temporal.ZonedDateTime;
  /** The last report of each business day that was touched. */
  days: DayReport[];
}

/**
 * Moves business time forward (rule R7): one day on, or to the next bill or cut run. It stops at every run's hour on
 * the way, so that each run sees its own day. Real time is not touched.
 */
export async function advanceBusinessTime(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { to: AdvanceTarget },
): Promise<Result<Advanced, never>> {
  const tenant = await withTenant(context.db, tenantId, getTenant, { readOnly: true });
  const moment = businessNow(tenant, context.clock);
  const from = moment.instant.toZonedDateTimeISO(moment.zone);
  const stops = stopsUntil(from, tenant, input.to);
  const days = new Map<string, DayReport>();
  for (const stop of stops) {
    await moveTo(context, tenantId, stop);
    const ran = await runDueDays(context, tenantId, SCHEDULER);
    if (ran.ok) { for (const report of ran.value) days.set(report.businessOn.toString(), report); }
  }
  const to = stops.at(-1) ?? from;
  await withTenant(context.db, tenantId, async (trx) => {
    await recordAudit(trx, actor, {
      action: "clock.advanced",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: `Moved business time to ${to.toPlainDateTime().toString({ smallestUnit: "minute" })}`,
      at: context.clock.now(),
      businessOn: to.toPlainDate(),
    });
  });
  return ok({ from, to, days: [...days.values()] });
}

/** The hours of runs between a moment and the target, the target last. */
function stopsUntil(
  from: Temporal.ZonedDateTime,
  tenant: TenantRow,
  to: AdvanceTarget,
): Temporal.ZonedDateTime[] {
  const cutTime = Temporal.PlainTime.from(tenant.cut_time);
  const bill = nextAt(from, BILL_TIME);
  const cut = nextAt(from, cutTime);
  const target = to === "bill_run" ? bill : to === "cut_run" ? cut : from.add({ days: 1 });
  const stops = [bill, cut].filter((stop) => Temporal.ZonedDateTime.compare(stop, target) < 0);
  return [...stops.sort(Temporal.ZonedDateTime.compare), target];
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
