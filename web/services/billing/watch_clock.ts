import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type ClockSight, judgeClock, JUMP_HOURS } from "@/web/domain/billing/mod.ts";
import { type ClockWatchRow, lockClockWatch, upsertClockWatch } from "@/web/store/billing/clock_watch.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { recordAudit } from "../audit.ts";
import { type Actor, SCHEDULER, type ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** Whether bills and cuts may go by the clock. */
export interface ClockState {
  isBelieved: boolean;
}

/**
 * Looks at the clock and compares it with the last look and the machine's own count, every minute and before anything
 * is run. A jump stops bills and cuts until a person confirms the clock, or it is back where it should be: then the
 * doubt ends by itself.
 */
export async function watchClock(context: ServiceContext, tenantId: string): Promise<ClockState> {
  const looked = await runUseCase(context, tenantId, SCHEDULER, async (useCase) => {
    const sight = lookAt(context, useCase.at);
    const watch = await lockClockWatch(useCase.trx);
    if (watch === null) return ok(await note(useCase, sight, null));
    const { doubt, expectedAt } = judgeClock(lastSight(watch), sight);
    if (watch.doubt !== null) {
      return ok(await lookAgain(useCase, watch, { sight, expectedAt, isBack: doubt === null }));
    }
    if (doubt === null) return ok(await note(useCase, sight, null));
    const state = await note(useCase, { ...sight, at: expectedAt }, doubt, { isNews: true });
    await tell(useCase, expectedAt);
    return ok(state);
  });
  if (!looked.ok) throw new Error("Cannot watch the clock: the look was refused");
  return looked.value;
}

/** Why a clock is not confirmed. */
export type ConfirmClockCode = "clock_not_doubted" | "clock_moved_again";

/**
 * A person has looked: the clock is right. The days that are due by it are run by the next look.
 *
 * @param input.saidAt what the clock said on the page that was answered
 */
export async function confirmClock(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { saidAt: Temporal.Instant },
): Promise<Result<ClockState, ConfirmClockCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { at, business } = useCase;
    const watch = await lockClockWatch(useCase.trx);
    if (watch === null || watch.doubt === null) {
      return err("clock_not_doubted");
    }
    if (hoursBetween(input.saidAt, at) > JUMP_HOURS) {
      return err("clock_moved_again");
    }
    const state = await note(useCase, lookAt(context, at), null, { isNews: true });
    await recordAudit(useCase.trx, actor, {
      action: "clock.confirmed",
      subjectKind: "clock",
      subjectId: tenantId,
      summary: coded("audit_clock_confirmed", {
        ...momentOf(useCase, at),
        ...expectedOf(useCase, watch.seen_at),
      }),
      details: { expected_at: watch.seen_at.toString(), doubted_at: watch.doubted_at?.toString() ?? null },
      at,
      businessOn: business.today,
    });
    return ok(state);
  });
}

function lookAt({ machine }: ServiceContext, at: Temporal.Instant): ClockSight {
  // Without a count every look stands for itself.
  if (machine === undefined) return { at, bootId: crypto.randomUUID(), uptimeSeconds: 0 };
  return { at, bootId: machine.bootId, uptimeSeconds: Math.floor(machine.uptimeSeconds()) };
}

function lastSight(watch: ClockWatchRow): ClockSight {
  return { at: watch.seen_at, bootId: watch.boot_id, uptimeSeconds: Number(watch.uptime_seconds) };
}

async function note(
  { trx, at }: UseCase,
  sight: ClockSight,
  doubt: ClockWatchRow["doubt"],
  options: { isNews: boolean; doubtedAt?: Temporal.Instant | null } = { isNews: false },
): Promise<ClockState> {
  await upsertClockWatch(trx, {
    seen_at: sight.at,
    boot_id: sight.bootId,
    uptime_seconds: BigInt(sight.uptimeSeconds),
    doubt,
    doubted_at: doubt === null ? null : options.doubtedAt ?? at,
  }, options);
  return { isBelieved: doubt === null };
}

/** Another look while the clock is doubted: what it should say is counted on, and the doubt ends when it says that. */
async function lookAgain(
  useCase: UseCase,
  watch: ClockWatchRow,
  { sight, expectedAt, isBack }: { sight: ClockSight; expectedAt: Temporal.Instant; isBack: boolean },
): Promise<ClockState> {
  if (!isBack) {
    return await note(useCase, { ...sight, at: expectedAt }, watch.doubt, {
      isNews: false,
      doubtedAt: watch.doubted_at,
    });
  }
  const state = await note(useCase, sight, null, { isNews: true });
  await recordAudit(useCase.trx, useCase.actor, {
    action: "clock.healed",
    subjectKind: "clock",
    subjectId: useCase.tenant.id,
    summary: coded("audit_clock_healed", momentOf(useCase, useCase.at)),
    details: { doubted_at: watch.doubted_at?.toString() ?? null },
    at: useCase.at,
    businessOn: useCase.business.today,
  });
  return state;
}

async function tell(useCase: UseCase, expectedAt: Temporal.Instant): Promise<void> {
  const { trx, at, actor, business, tenant } = useCase;
  await insertSystemLog(trx, {
    at,
    level: "error",
    event: "clock_doubted",
    message: formatCoded(coded("audit_clock_doubted", {
      ...momentOf(useCase, at),
      ...expectedOf(useCase, expectedAt),
    })),
    fields: { expected_at: expectedAt.toString() },
  });
  await recordAudit(trx, actor, {
    action: "clock.doubted",
    subjectKind: "clock",
    subjectId: tenant.id,
    summary: coded("audit_clock_doubted", {
      ...momentOf(useCase, at),
      ...expectedOf(useCase, expectedAt),
    }),
    details: { expected_at: expectedAt.toString() },
    at,
    businessOn: business.today,
  });
}

function momentOf({ tenant }: UseCase, at: Temporal.Instant) {
  const local = at.toZonedDateTimeISO(tenant.time_zone);
  return { day: local.toPlainDate(), time: local.toPlainTime() };
}

function expectedOf(useCase: UseCase, at: Temporal.Instant) {
  const { day, time } = momentOf(useCase, at);
  return { expectedDay: day, expectedTime: time };
}

function hoursBetween(a: Temporal.Instant, b: Temporal.Instant): number {
  return Math.abs(a.epochMilliseconds - b.epochMilliseconds) / 3_600_000;
}
