import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { type CutCandidate, listCutCandidates } from "@/web/store/cuts/cut_candidates.ts";
import { type CutDecision, writeCutDecisions } from "@/web/store/cuts/cut_decisions.ts";
import {
  addRunProgress,
  findNewerCutRun,
  finishRun,
  listUndecidedRows,
  lockRun,
  type RunRow,
  type UndecidedRow,
  updateRun,
} from "@/web/store/billing/runs.ts";
import {
  lockProvisioningSourcesAhead,
  type ProvisioningSource,
} from "@/web/store/network/desired_secrets.ts";
import { lockSubscribersAhead } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import { refuseDoubtedClock } from "../billing/clock_guard.ts";
import { type Actor, inRun, type ServiceContext } from "../context.ts";
import { refreshLocked } from "../network/desired_state.ts";
import { mailsOfCuts } from "../mail/occasions.ts";
import { queueingOf, queueMail } from "../mail/queue_mail.ts";
import { applyBrake } from "./plan_cut_run.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** What a cut run did, all its restarts together. */
export interface CutRunResult {
  runId: string;
  cut: number;
  /** On the list, but not cut: paid, held, excluded or no longer due when it was read again. */
  kept: number;
}

/** Why a cut run does not go on. */
export type ExecuteCutRunCode =
  | "run_not_found"
  | "awaiting_approval"
  | "run_superseded"
  | "date_in_future"
  | "clock_doubted";

const CHUNK = 2000;

/**
 * Executes the list of a cut run (rule R2): each row is read again under the lock that payments take, and the reason
 * `nonpayment`, the desired state and the evidence are written in the same transaction, 2,000 rows at a time. May be
 * killed and called again.
 */
export async function executeCutRun(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { runId: string; chunkSize?: number },
): Promise<Result<CutRunResult, ExecuteCutRunCode>> {
  return await executeUnlessRefused<never>(context, tenantId, actor, {
    ...input,
    refuse: () => Promise.resolve(null),
  });
}

/** The same where the list as it is then may be refused: nobody comes on it between that look and its beginning. */
export async function executeUnlessRefused<Code extends string>(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { refuse: refuseList, ...input }: {
    runId: string;
    chunkSize?: number;
    /** Looks at the locked run in the transaction that begins it. */
    refuse(useCase: UseCase): Promise<Failure<Code> | null>;
  },
): Promise<Result<CutRunResult, ExecuteCutRunCode | Code>> {
  type Step = CutRunResult | null;
  for (let isFirst = true;; isFirst = false) {
    const step = await runUseCase<Step, ExecuteCutRunCode | Code>(
      context,
      tenantId,
      actor,
      async (useCase) => {
        if (isFirst) {
          await lockRun(useCase.trx, input.runId);
          const refusal = await refuseList(useCase);
          if (refusal !== null) return refusal;
        }
        return await executeChunk(useCase, input);
      },
    );
    if (!step.ok) return step;
    if (step.value !== null) return ok(step.value);
  }
}

/** The same inside of another use case: in one transaction, whatever the number. */
export async function executeCutRunIn(
  useCase: UseCase,
  input: { runId: string },
): Promise<Result<CutRunResult, ExecuteCutRunCode>> {
  while (true) {
    const step = await executeChunk(useCase, input);
    if (!step.ok) return step;
    if (step.value !== null) return ok(step.value);
  }
}

/** One transaction; null while rows may be left. */
async function executeChunk(
  useCase: UseCase,
  input: { runId: string; chunkSize?: number },
): Promise<Result<CutRunResult | null, ExecuteCutRunCode>> {
  const { trx, at, actor } = useCase;
  const run = await lockRun(trx, input.runId);
  if (run === null || run.kind !== "cut") return err("run_not_found");
  if (run.status === "done") return ok(resultOf(run));
  const refusal = await refuse(useCase, run);
  if (refusal !== null) return refusal;
  if (run.started_at === null) {
    await updateRun(trx, run.id, {
      status: "running",
      started_at: at,
      approved_by: run.approved_by ?? actor.label,
    });
  }
  const limit = input.chunkSize ?? CHUNK;
  const rows = await listUndecidedRows(trx, run.id, limit);
  await decide(useCase, run, rows);
  if (rows.length === limit) return ok(null);
  return ok(await finish(useCase, run.id));
}

async function refuse(
  useCase: UseCase,
  run: RunRow,
): Promise<Failure<ExecuteCutRunCode> | null> {
  const { trx, at, business } = useCase;
  const doubted = await refuseDoubtedClock(useCase);
  if (doubted !== null) return doubted;
  const day = run.business_on;
  if (Temporal.PlainDate.compare(run.business_on, business.today) > 0) {
    return err("date_in_future", { day });
  }
  const superseded = err("run_superseded", { day });
  if (run.status === "failed" || run.status === "taken_back") return superseded;
  // One that is under way goes on; the scheduler closes what nobody executes (closeMissedCut).
  if (run.started_at === null && Temporal.PlainDate.compare(run.business_on, business.today) < 0) {
    return superseded;
  }
  if (await findNewerCutRun(trx, run.business_on) !== null) {
    await updateRun(trx, run.id, {
      status: "failed",
      finished_at: at,
      error_message: formatCoded(coded("run_replaced")),
    });
    return superseded;
  }
  const isStopped = run.status === "awaiting_approval" ||
    (run.status === "planned" && (await applyBrake(useCase, run)).trips);
  if (!isStopped) return null;
  return err("awaiting_approval", { day });
}

async function decide(useCase: UseCase, run: RunRow, rows: readonly UndecidedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { trx, at, actor, business } = useCase;
  const { candidates, sources } = await lockAndRead(useCase, run, rows);
  const found = new Map(candidates.map((candidate) => [candidate.subscription_id, candidate]));
  const nowMs = at.epochMilliseconds;
  const decided = rows.map((row) => ({
    ...decideAgain(row, found.get(row.subscription_id)),
    reasonId: uuidv7(nowMs),
  }));
  const cut = decided.filter((row) => row.outcome === "cut");
  const write = () =>
    writeCutDecisions(trx, run.id, decided, {
      added_by: actor.label,
      added_on: business.today,
      added_at: at,
    });
  const approvedBy = run.approved_by ?? actor.label;
  if (cut.length === 0) await write();
  else {
    const ids = new Set(cut.map((row) => row.subscription_id));
    const own = sources.filter((source) => ids.has(source.subscription_id));
    useCase.touchRouters(
      await refreshLocked(trx, own, [...ids], {
        now: at,
        authorisation: { kind: "run", runId: run.id, approvedBy },
        adding: "nonpayment",
        meanwhile: write,
      }),
    );
  }
  // Who finds the connection off is told at once why, at whatever hour.
  const told = cut.map(({ subscription_id: subscriptionId }) => ({
    subscriptionId,
    subscriberId: found.get(subscriptionId)!.subscriber_id,
  }));
  await queueMail(trx, mailsOfCuts(run.id, told), queueingOf(useCase.booking));
  await addRunProgress(trx, run.id, {
    changed: cut.length,
    skipped: decided.length - cut.length,
    amountCentavos: cut.reduce((total, row) => total + row.balance_centavos, 0n),
  });
}

/**
 * Locks who pays for these connections, then these, and reads what they owe behind the locks and in a statement of its own:
 * a payment that held one until now is seen. By the rules of the run's day, also past midnight: an exclusion names that day.
 */
async function lockAndRead(
  { trx, tenant, at }: UseCase,
  run: RunRow,
  rows: readonly UndecidedRow[],
): Promise<{ candidates: CutCandidate[]; sources: ProvisioningSource[] }> {
  const subscriptionIds = rows.map((row) => row.subscription_id);
  const held = new Set<string>();
  let payers = rows.map((row) => row.subscriber_id);
  while (true) {
    for (const id of payers) held.add(id);
    await lockSubscribersAhead(trx, [...held]);
    const sources = await lockProvisioningSourcesAhead(trx, subscriptionIds, at);
    const candidates = await listCutCandidates(trx, tenant, run.business_on, {
      subscriptionIds,
      isInAnyOrder: true,
      now: at,
    });
    // Somebody may have become the payer while this waited; then that one's payments are waited for as well.
    payers = candidates.map((row) => row.subscriber_id).filter((id) => !held.has(id));
    if (payers.length === 0) return { candidates, sources: await sources() };
  }
}

function decideAgain(row: UndecidedRow, candidate: CutCandidate | undefined): Omit<CutDecision, "reasonId"> {
  if (candidate === undefined) {
    return { ...row, outcome: "not_due", reason: formatCoded(coded("connection_ended")) };
  }
  return {
    subscription_id: row.subscription_id,
    outcome: candidate.is_cut ? "already_cut" : candidate.decision,
    balance_centavos: candidate.pastGraceCentavos,
    cut_on: candidate.cutOn,
    reason: candidate.reason,
  };
}

async function finish({ trx, at, actor, business }: UseCase, runId: string): Promise<CutRunResult> {
  const run = await finishRun(trx, runId, at);
  if (run.total > 0) {
    await recordAudit(trx, inRun(actor, runId), {
      action: "cut_run.finished",
      subjectKind: "run",
      subjectId: runId,
      summary: coded("audit_run_finished", { cut: run.changed, total: run.total, day: run.business_on }),
      details: { approved_by: run.approved_by, kept: run.skipped },
      at,
      businessOn: business.today,
    });
  }
  return resultOf(run);
}

function resultOf(run: RunRow): CutRunResult {
  return { runId: run.id, cut: run.changed, kept: run.skipped };
}
