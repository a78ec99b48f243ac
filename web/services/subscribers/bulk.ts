import { type Coded } from "@/shared/codes/mod.ts";
import { sha256, toBase64Url } from "@/shared/crypto/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  type BulkRow,
  findBulkOutcome,
  listBulkRows,
  lockSubscriptions,
} from "@/web/store/subscribers/bulk.ts";
import { lockSentForm } from "@/web/store/subscribers/sent_form.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type AuditInput, recordAudits } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** The connections that an action on many is about, and what was confirmed. */
export interface BulkTargets {
  /** Made when the question was asked: the same action sent twice is done once. */
  key: string;
  /** Reads the ids again, in the transaction of the action: those that were ticked, or all that match a filter. */
  read: (trx: TenantTransaction) => Promise<readonly string[]>;
  /** {@linkcode digestOf} the ids that the question was about. */
  seen: string;
}

/** What became of the rows. */
export interface BulkOutcome {
  changed: number;
  /** Were so already. */
  same: number;
  /** Could not be: the rules say no. */
  left: number;
}

/** Why nothing was done at all. */
export type BulkCode = "list_changed" | "nobody_chosen";

/** What an action does with one row. */
export interface BulkEntry {
  row: BulkRow;
  /** `subscription.held` */
  action: string;
  /** What the timeline says. */
  summary: Coded;
  details?: Record<string, unknown>;
}

/** Which rows an action changes; the rest were so already or are left as they are. */
export interface BulkPlan {
  entries: readonly BulkEntry[];
  same: number;
  /** What the entry of the whole keeps, so that it can be taken back. */
  details?: Record<string, unknown>;
}

/**
 * Acts on many connections in one transaction with statements for the whole set: everything or nothing, whatever the
 * number, and the list that was confirmed is the list that is changed. One audit entry for each subject and one for
 * the whole. The rows are locked as every money transaction locks them.
 */
export async function runBulk<C extends string>(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: BulkTargets & { action: string; summary: (outcome: BulkOutcome) => Coded },
  apply: (useCase: UseCase, rows: readonly BulkRow[]) => Promise<Result<BulkPlan, C>>,
): Promise<Result<BulkOutcome, BulkCode | C>> {
  return await runUseCase<BulkOutcome, BulkCode | C>(context, tenantId, actor, async (useCase) => {
    const { trx, business } = useCase;
    await lockSentForm(trx, input.key);
    const done = await findBulkOutcome(trx, input.key);
    if (isOutcome(done)) return ok(outcomeOf(done));
    const ids = await input.read(trx);
    if (ids.length === 0) return err("nobody_chosen");
    if (await digestOf(ids) !== input.seen) return err("list_changed");
    await lockSubscribersOf(trx, ids);
    await lockSubscriptions(trx, ids);
    const rows = (await listBulkRows(trx, ids, business.today)).filter((row) => row.status !== "cancelled");
    const plan = await apply(useCase, rows);
    if (!plan.ok) return plan;
    const { entries, same, details } = plan.value;
    const outcome = { changed: entries.length, same, left: ids.length - entries.length - same };
    await recordAudits(trx, actor, [
      ...entries.map((entry) => toAudit(useCase, entry)),
      {
        action: `bulk.${input.action}`,
        subjectKind: "bulk",
        subjectId: input.key,
        summary: input.summary(outcome),
        details: { ...details, ...outcome },
        at: useCase.at,
        businessOn: business.today,
      },
    ]);
    return ok(outcome);
  });
}

/** Stands for a set of ids, whatever their order. */
export async function digestOf(ids: readonly string[]): Promise<string> {
  const text = [...new Set(ids)].sort().join(" ");
  return toBase64Url((await sha256(new TextEncoder().encode(text))).slice(0, 16));
}

/** The entry of one row of an action on many. */
export function toAudit({ at, business }: UseCase, { row, action, summary, details }: BulkEntry): AuditInput {
  return {
    action: `subscription.${action}`,
    subjectKind: "subscription",
    subjectId: row.id,
    subscriberId: row.subscriber_id,
    summary,
    ...(details === undefined ? {} : { details }),
    at,
    businessOn: business.today,
  };
}

function isOutcome(value: unknown): value is Record<keyof BulkOutcome, number> {
  return typeof value === "object" && value !== null &&
    (["changed", "same", "left"] as const).every((name) =>
      typeof (value as Record<string, unknown>)[name] === "number"
    );
}

/** The numbers of an entry that may hold more. */
function outcomeOf({ changed, same, left }: BulkOutcome): BulkOutcome {
  return { changed, same, left };
}
