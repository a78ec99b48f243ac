import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { ok } from "@/shared/result.ts";
import type { ListedErasure } from "@/web/gateways/erasure_list/mod.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import {
  eraseFromLateLog,
  eraseFromLog,
  type ErasureStepRow,
  lockErasure,
  lookThroughEntries,
  restartSearch,
  startErasure,
  STEP_ROWS,
} from "@/web/store/privacy/erasure_steps.ts";
import { type ErasureRow, findErasure, readBlockers } from "@/web/store/privacy/erasures.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { type Actor, originOf, SCHEDULER, type ServiceContext, staffIdOf } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { isBlocked } from "./blockers.ts";
import { erasePerson } from "./erase_person.ts";
import { type ErasurePatterns, readPatterns } from "./erasure_patterns.ts";
import { keepOutside } from "./keep_outside.ts";

/** What became of one that has begun: it was done now, or by another; it is not at its end; something stands against it. */
export type RunOutcome = "done" | "known" | "going" | "blocked";

/** How an erasure runs. */
export interface RunErasureOptions {
  /** Who did it. @default who has begun it */
  actor?: Actor | undefined;
  /** A restored database: when they were erased first. Nothing is asked any more, it was decided. */
  again?: { erasedAt: Temporal.Instant } | undefined;
  /** After so long nothing more is begun, and the rest is left to the job. @default never */
  mostMs?: number;
  /** The most rows of one step. @default 20,000 */
  stepRows?: number;
}

/** The rows of a first step, and the time that one should take: less, and the next one has more rows; twice, and fewer. */
const FIRST = { rows: 1_000, ms: 400 };

/** Begins an erasure: once words are gone it is not taken back. Returns whether it had not begun. */
export async function beginErasure({ trx, at, actor }: UseCase, erasureId: string): Promise<boolean> {
  const { ip, request_id } = originOf(actor);
  return await startErasure(trx, erasureId, {
    at,
    started_by: actor.label,
    started_by_id: staffIdOf(actor),
    started_ip: ip,
    started_request_id: request_id,
  });
}

/**
 * Goes on with an erasure that has begun: looks through the logs in steps, each a transaction of its own that locks nothing
 * of the audit log, then takes the person out in one. May be repeated, also by two at once, and after a crash.
 */
export async function runErasure(
  context: ServiceContext,
  tenantId: string,
  erasureId: string,
  { actor, again, mostMs = Infinity, stepRows = STEP_ROWS }: RunErasureOptions = {},
): Promise<RunOutcome> {
  const begun = performance.now();
  const isOver = () => performance.now() - begun > mostMs;
  let rows = Math.min(FIRST.rows, stepRows);
  let known: ErasurePatterns | null = null;
  for (let steps = 0;; steps++) {
    if (steps > 0 && isOver()) return "going";
    const stepBegun = performance.now();
    const done = await step(context, tenantId, erasureId, { known, most: rows });
    // The names of others are read in the first one, and are not its rows.
    if (known !== null) rows = nextRows(rows, performance.now() - stepBegun, stepRows);
    known = done.patterns;
    if (done.isMore) continue;
    if (isOver()) return "going";
    const outcome = await finish(context, tenantId, erasureId, { actor, again });
    // What names them was changed meanwhile: what was looked through was looked through for something else.
    known = null;
    if (outcome === "going") continue;
    if (typeof outcome === "string") return outcome;
    await keepOutside(context, [outcome]);
    return "done";
  }
}

/** Never fewer than a first step has: on a slow machine an erasure would not come to its end. */
function nextRows(rows: number, tookMs: number, most: number): number {
  if (tookMs < FIRST.ms) return Math.min(rows * 2, most);
  return tookMs < 2 * FIRST.ms ? rows : Math.max(Math.trunc(rows / 2), Math.min(FIRST.rows, most));
}

/** What a step looked for; null when it is over. */
interface Step {
  patterns: ErasurePatterns | null;
  isMore: boolean;
}

/**
 * Looks through the next part of each log. Whose names hold theirs is asked of everybody, so it is not asked again while the
 * search is for the same: of two that are at it with different words each would begin the other's anew, for ever.
 */
async function step(
  { db }: ServiceContext,
  tenantId: string,
  erasureId: string,
  { known, most }: { known: ErasurePatterns | null; most: number },
): Promise<Step> {
  return await withTenant(db, tenantId, async (trx) => {
    const row = await lockErasure(trx, erasureId);
    if (row === null || row.state !== "asked") return { patterns: null, isMore: false };
    const isSame = known !== null && known.print === row.words_print;
    const patterns = isSame ? known : await readPatterns(trx, row.subscriber_id);
    const { wide: words, print } = patterns;
    if (row.words_print !== print) await restartSearch(trx, erasureId, print);
    if (words === null) return { patterns, isMore: false };
    const search = { erasureId, subscriberId: row.subscriber_id, words, most };
    const looked = [await lookThroughEntries(trx, search), await eraseFromLog(trx, search)];
    announceLive(trx, [`subscriber:${row.subscriber_id}`]);
    // Behind the first pass along the system log there is always another, for what came meanwhile.
    const isFirstPass = row.log_from === null || row.words_print !== print;
    return { patterns, isMore: isFirstPass || looked.some((rows) => rows >= most) };
  });
}

async function finish(
  context: ServiceContext,
  tenantId: string,
  erasureId: string,
  { actor, again }: Pick<RunErasureOptions, "actor" | "again">,
): Promise<ListedErasure | Exclude<RunOutcome, "done">> {
  const found = await withTenant(context.db, tenantId, (trx) => findErasure(trx, erasureId), {
    readOnly: true,
  });
  if (found === null) return "known";
  const { subscriber_id: subscriberId, account_number: account } = found;
  const by = actor ?? beginnerOf(found);
  const result = await runUseCase<ListedErasure | Exclude<RunOutcome, "done">, never>(
    context,
    tenantId,
    by,
    async (useCase) => {
      const { trx, at } = useCase;
      const subscriber = await lockSubscriber(trx, subscriberId);
      const row = await lockErasure(trx, erasureId);
      if (subscriber === null || row === null || row.state !== "asked") return ok("known");
      // Erased in a restored backup in which they were connected: nothing else stands against what is left of it.
      const isAgain = again !== undefined || subscriber.erased_at !== null;
      if (!isAgain && isBlocked(await readBlockers(trx, subscriberId))) return ok("blocked");
      const patterns = await readPatterns(trx, subscriberId);
      const { wide, print } = patterns;
      if (row.words_print !== print || wide !== null && row.log_from === null) return ok("going");
      if (wide !== null) await eraseFromLateLog(trx, { erasureId, words: wide });
      const erasedAt = again?.erasedAt ?? at;
      const listed = await erasePerson(useCase, context, {
        erasureId,
        subscriberId,
        account,
        patterns,
        erasedAt,
        isAgain,
      });
      if (by.kind === "system") await note(useCase, row, { isAgain: again !== undefined });
      return ok(listed);
    },
  );
  if (!result.ok) throw new Error("Cannot finish an erasure: it was refused");
  return result.value;
}

/** Nobody asked for it just now, so the log says it. */
async function note(
  { trx, at }: UseCase,
  { account_number: account, subscriber_id: subscriberId }: ErasureStepRow,
  { isAgain }: { isAgain: boolean },
): Promise<void> {
  await insertSystemLog(trx, {
    at,
    level: isAgain ? "warn" : "info",
    event: isAgain ? "erased_again" : "erasure_done",
    message: formatCoded(
      isAgain ? coded("log_erased_again", { account }) : coded("log_erasure_done", { account }),
    ),
    subscriberId,
  });
}

function beginnerOf(row: ErasureRow): Actor {
  const { started_by, started_by_id: staffUserId, started_ip: ip, started_request_id: requestId } = row;
  const label = started_by ?? SCHEDULER.label;
  if (staffUserId === null) return { kind: "system", label };
  const actor = { kind: "staff", label, staffUserId } as const;
  return requestId === null ? actor : { ...actor, origin: { ip: ip ?? "", requestId } };
}
