import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { type BrakeDecision, decideBrake, type RowDecision } from "@/web/domain/cuts/mod.ts";
import { type CutCandidate, listCutCandidates } from "@/web/store/cuts/cut_candidates.ts";
import {
  countActiveConnections,
  countOutcomes,
  findScheduledRun,
  insertRun,
  listRecentCutCounts,
  lockRun,
  type RunDecision,
  type RunRow,
  updateOlderCutRunsClosed,
  updateRun,
  upsertRunRows,
} from "@/web/store/billing/runs.ts";
import { refuseDoubtedClock } from "../billing/clock_guard.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** A cut run that has its list. */
export interface PlannedCutRun {
  runId: string;
  /** On the list to be cut. */
  rows: number;
  brake: BrakeDecision;
}

/**
 * Makes the list of a day's cut run: who will be cut, and who will not and why. Only these rows can be cut by the run
 * (rule R2). A day has one scheduled list; asking again returns it.
 */
export async function planCutRun(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { businessOn: Temporal.PlainDate; trigger: "scheduled" | "manual" },
): Promise<Result<PlannedCutRun, "date_in_future" | "clock_doubted">> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, at, business } = useCase;
    const doubted = await refuseDoubtedClock(useCase);
    if (doubted !== null) return doubted;
    if (Temporal.PlainDate.compare(input.businessOn, business.today) > 0) {
      return err("date_in_future", { day: input.businessOn });
    }
    const id = uuidv7(at.epochMilliseconds);
    const run = await insertRun(trx, {
      id,
      kind: "cut",
      business_on: input.businessOn,
      trigger: input.trigger,
      status: "planned",
      requested_by: actor.label,
      created_at: at,
    });
    if (run.id !== id) return ok(await describe(useCase, run));
    const candidates = (await listCutCandidates(trx, useCase.tenant, input.businessOn, { now: at }))
      .filter((candidate) => !candidate.is_cut);
    await upsertRunRows(trx, id, candidates.map((candidate, i) => toRow(candidate, i)));
    await updateRun(trx, id, { total: candidates.filter(({ decision }) => decision === "cut").length });
    await updateOlderCutRunsClosed(trx, input.businessOn, at);
    return ok({ ...await describe(useCase, run), brake: await applyBrake(useCase, run) });
  });
}

/** Stops a planned run that would cut too many (rule R4); it then waits for {@link approveCutRun}. */
export async function applyBrake({ trx, tenant }: UseCase, run: RunRow): Promise<BrakeDecision> {
  const toCut = (await countOutcomes(trx, run.id)).listed ?? 0;
  // Of so many that are on, these cuts are no more than the share.
  const enough = Math.ceil(toCut * 100 / tenant.brake_percent);
  const brake = decideBrake({
    toCut,
    active: await countActiveConnections(trx, enough),
    recentRunCounts: await listRecentCutCounts(trx),
    percent: tenant.brake_percent,
    multiple: tenant.brake_multiple,
  });
  if (brake.trips && run.status === "planned") {
    await updateRun(trx, run.id, { status: "awaiting_approval", brake_reason: brake.reason });
  }
  return brake;
}

/**
 * Puts subscriptions on today's list after a person ended their hold or included them, as long as the run has not
 * begun. What qualifies only by money (a reversed payment) waits for the next day's list. Gives those that are listed.
 */
export async function relist(useCase: UseCase, subscriptionIds: readonly string[]): Promise<Set<string>> {
  const { trx, tenant, business, at } = useCase;
  const known = await findScheduledRun(trx, "cut", business.today);
  const run = known === null ? null : await lockRun(trx, known.id);
  if (run === null || (run.status !== "planned" && run.status !== "awaiting_approval")) return new Set();
  const candidates = await listCutCandidates(trx, tenant, business.today, { subscriptionIds, now: at });
  const due = candidates.filter((row) => row.decision === "cut" && !row.is_cut);
  if (due.length === 0) return new Set();
  const outcomes = await countOutcomes(trx, run.id);
  const total = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  await upsertRunRows(trx, run.id, due.map((row, i) => toRow(row, total + i)));
  await updateRun(trx, run.id, { total: (await countOutcomes(trx, run.id)).listed ?? 0 });
  await applyBrake(useCase, run);
  return new Set(due.map((row) => row.subscription_id));
}

function toRow(candidate: CutCandidate, position: number): Omit<RunDecision, "tenant_id" | "run_id"> {
  return {
    subscription_id: candidate.subscription_id,
    position,
    outcome: outcomeOf(candidate.decision),
    balance_centavos: candidate.pastGraceCentavos,
    cut_on: candidate.cutOn,
    reason: candidate.reason,
    decided_at: null,
  };
}

function outcomeOf(decision: RowDecision): RunDecision["outcome"] {
  return decision === "cut" ? "listed" : decision;
}

async function describe({ trx }: UseCase, run: RunRow): Promise<PlannedCutRun> {
  const outcomes = await countOutcomes(trx, run.id);
  return {
    runId: run.id,
    rows: outcomes.listed ?? 0,
    brake: { trips: run.status === "awaiting_approval", reason: run.brake_reason ?? "" },
  };
}
