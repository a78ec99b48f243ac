import { err, ok, type Result } from "@/shared/result.ts";
import type { AuditEntryRow } from "@/web/store/access/audit.ts";
import { findAuditEntry, findLastEntryOf, listLaterEntries } from "@/web/store/access/audit_undo.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { Actor, RequestOrigin, ServiceContext } from "../context.ts";
import type { Undoable } from "./undo_entry.ts";
import { UNDOABLE } from "./undoable.ts";

/** Who takes something back. */
export interface Undoer {
  tenantId: string;
  staffUserId: string;
  staffName: string;
  permissions: ReadonlySet<string>;
}

/** Why something is not taken back. */
export type UndoCode = "undo_gone" | "undo_changed" | "undo_some_changed" | "undo_billed" | "undo_refused";

/** Long enough to read the page again, short enough that nobody else has built on it. */
export const UNDO_MINUTES = 10;

/** Number of the entry that a person's last action on a subject wrote, when it can be taken back. */
export async function findUndo(
  context: ServiceContext,
  who: Undoer,
  subjectId: string,
): Promise<bigint | null> {
  const entry = await withTenant(
    context.db,
    who.tenantId,
    (trx) => findLastEntryOf(trx, { staffUserId: who.staffUserId, subjectId, since: oldest(context) }),
    { readOnly: true },
  );
  return entry !== null && kindOf(entry, who) !== null ? entry.sequence : null;
}

/** Whether an entry can still be taken back by this person, and what that does; null when it cannot. */
export async function describeUndo(
  context: ServiceContext,
  who: Undoer,
  sequence: bigint,
): Promise<{ action: string; summary: string; subjectId: string } | null> {
  return await withTenant(context.db, who.tenantId, async (trx) => {
    const entry = await findAuditEntry(trx, sequence);
    if (entry === null || !isOwn(context, entry, who) || kindOf(entry, who) === null) return null;
    const later = await listLaterEntries(trx, entry);
    if (later.length > 0) return null;
    return { action: entry.action, summary: entry.summary, subjectId: entry.subject_id };
  }, { readOnly: true });
}

/**
 * Takes back what a person has just done, by the use case that does the opposite, with an audit entry of its own. Only
 * one's own action, for ten minutes, while nothing else has happened to the same thing; a second time changes nothing.
 */
export async function undoAction(
  context: ServiceContext,
  who: Undoer,
  sequence: bigint,
  origin?: RequestOrigin,
): Promise<Result<{ subjectKind: string; subjectId: string }, UndoCode>> {
  const entry = await withTenant(context.db, who.tenantId, (trx) => findAuditEntry(trx, sequence), {
    readOnly: true,
  });
  const kind = entry === null || !isOwn(context, entry, who) ? null : kindOf(entry, who);
  if (entry === null || kind === null) return err("undo_gone");
  const done = ok({ subjectKind: entry.subject_kind, subjectId: entry.subject_id });
  const actor: Actor = {
    kind: "staff",
    label: who.staffName,
    staffUserId: who.staffUserId,
    undoes: entry.sequence,
    ...(origin === undefined ? {} : { origin }),
  };
  try {
    // Everybody who writes to the subject locks it first: behind the lock what was looked at stays as it is.
    const before = async (trx: TenantTransaction) => {
      await kind.lock(trx, entry.subject_id);
      await assertUntouched(trx, entry);
    };
    const result = await kind.run({ ...context, before }, who.tenantId, actor, entry);
    if (result.ok) return done;
    if (result.code === "undo_billed") return err("undo_billed");
    return err(result.code === "some_changed" ? "undo_some_changed" : "undo_refused");
  } catch (error) {
    if (error instanceof UndoneBefore) return done;
    if (error instanceof ChangedSince) return err("undo_changed", { by: error.by });
    throw error;
  }
}

class UndoneBefore extends Error {}
class ChangedSince extends Error {
  constructor(readonly by: string) {
    super(`Cannot undo: changed since by ${by}`);
  }
}

async function assertUntouched(trx: TenantTransaction, entry: AuditEntryRow): Promise<void> {
  const [first] = await listLaterEntries(trx, entry);
  if (first === undefined) return;
  const { undoes } = first.details as { undoes?: string };
  if (undoes === String(entry.sequence)) throw new UndoneBefore("Cannot undo twice: it is undone");
  throw new ChangedSince(first.actor);
}

function isOwn(context: ServiceContext, entry: AuditEntryRow, who: Undoer): boolean {
  return entry.staff_user_id === who.staffUserId && Temporal.Instant.compare(entry.at, oldest(context)) >= 0;
}

function oldest({ clock }: ServiceContext): Temporal.Instant {
  return clock.now().subtract({ minutes: UNDO_MINUTES });
}

function kindOf(entry: AuditEntryRow, who: Undoer): Undoable | null {
  const kind = UNDOABLE[entry.action];
  const details = entry.details as Record<string, unknown>;
  // What takes something back is not taken back in turn: do it again instead.
  if (kind === undefined || details.undoes !== undefined) return null;
  const isKept = (kind.needs ?? []).every((name) => typeof details[name] === "string");
  const fits = isKept && (kind.fits?.(details) ?? true);
  return fits && who.permissions.has(kind.permission) ? kind : null;
}
