import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { isSeenInPart } from "./hidden_ids.ts";

/** What an id in a path may be of: the segment before it, and the table that holds it. */
const TABLES = {
  agents: "agents",
  approvals: "approval_requests",
  bills: "bills",
  // What is decided about is a connection.
  decisions: "subscriptions",
  import: "import_batches",
  invites: "staff_invites",
  mail: "mail_messages",
  memos: "credit_memos",
  payments: "payments",
  plans: "plans",
  refunds: "refunds",
  roles: "roles",
  reminders: "mail_batches",
  routers: "routers",
  runs: "runs",
  sites: "sites",
  staff: "staff_memberships",
  subscribers: "subscribers",
  // A row of Tonight is a connection.
  tonight: "subscriptions",
} as const;

/** Where the id is not called so. */
const KEYS: Partial<Record<keyof typeof TABLES, string>> = { staff: "staff_user_id" };

export type PathSubject = keyof typeof TABLES;

/** Whether a segment of a path is followed by the id of a thing that this knows. */
export function isPathSubject(segment: string): segment is PathSubject {
  return Object.hasOwn(TABLES, segment);
}

/** Whether it is of a site, and not there for who is limited to another one. */
export function isOfSite(subject: PathSubject): boolean {
  return isSeenInPart(TABLES[subject]);
}

/** Whether the tenant has it. */
export async function isInTenant(trx: TenantTransaction, subject: PathSubject, id: string): Promise<boolean> {
  const { rows } = await sql`select from ${sql.table(TABLES[subject])}
    where tenant_id = ${trx.tenantId} and ${sql.id(KEYS[subject] ?? "id")} = ${id}`.execute(trx);
  return rows.length > 0;
}
