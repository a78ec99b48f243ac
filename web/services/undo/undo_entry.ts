import type { Result } from "@/shared/result.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { AuditEntryRow } from "@/web/store/access/audit.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { Actor, ServiceContext } from "../context.ts";

/** How one kind of action is taken back. */
export interface Undoable {
  /** For what it does, which is not always what was done: a payment is reversed. */
  permission: Permission;
  /** Texts that the entry must have kept. */
  needs?: readonly string[];
  /** Whether this entry is of the kind that can be taken back. @default always */
  fits?(details: Readonly<Record<string, unknown>>): boolean;
  /** Takes the lock that every writer of the subject takes first. */
  lock(trx: TenantTransaction, subjectId: string): Promise<unknown>;
  run(
    context: ServiceContext,
    tenantId: string,
    actor: Actor,
    entry: AuditEntryRow,
  ): Promise<Result<unknown, string>>;
}

/** Kept texts of an entry. */
export function textsOf(entry: AuditEntryRow): Record<string, string> {
  return entry.details as Record<string, string>;
}

/** A day that an entry has kept. */
export function dateOf(entry: AuditEntryRow, name: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(textsOf(entry)[name] ?? "");
}
