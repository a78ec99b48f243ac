import { sql } from "kysely";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { connectionRows, type ReadMoment } from "@/web/store/subscribers/connections.ts";

/** A state that an owner may look for, and how many have it. */
const PLACES: readonly { name: string; condition: string; table: string }[] = [
  ...["due", "partly_paid", "paid", "disputed", "grace", "overdue"].map((state) => ({
    name: `bill ${state}`,
    table: "lines",
    condition: `bill_status = '${state}'`,
  })),
  ...["active", "held", "disconnected", "pending_install", "cancelled"].map((state) => ({
    name: `connection ${state}`,
    table: "lines",
    condition: `service_state = '${state}'`,
  })),
  ...["online", "offline", "unknown"].map((state) => ({
    name: `link ${state}`,
    table: "lines",
    condition: `connection = '${state}'`,
  })),
  ...["cash", "gcash", "maya", "bank", "check", "other"].map((method) => ({
    name: `payment by ${method}`,
    table: "payments",
    condition: `method = '${method}'`,
  })),
  { name: "certificate 2307", table: "payments", condition: "method = 'withholding_2307'" },
  { name: "bill void", table: "bills", condition: "status = 'void'" },
  { name: "payment reversed", table: "payments", condition: "status = 'reversed'" },
  {
    name: "several connections of one person",
    table: "(select subscriber_id from lines group by 1 having count(*) > 1)",
    condition: "true",
  },
  { name: "planned plan change", table: "subscriptions", condition: "next_plan_id is not null" },
  {
    name: "credit balance",
    table: `(select subscriber_id from ledger_entries where account = 'subscriber_credit'
      group by 1 having sum(amount_centavos) < 0)`,
    condition: "true",
  },
  { name: "router unreachable", table: "routers", condition: "status = 'unreachable'" },
  { name: "router online", table: "routers", condition: "status = 'online'" },
  { name: "drift missing", table: "observed_secrets", condition: "drift = 'missing'" },
  { name: "drift enabled_by_hand", table: "observed_secrets", condition: "drift = 'enabled_by_hand'" },
  { name: "enabled by hand, told", table: "router_hand_changes", condition: "kind = 'enabled'" },
  { name: "deleted by hand, told", table: "router_hand_changes", condition: "kind = 'deleted'" },
  { name: "command done", table: "commands", condition: "status = 'done'" },
  { name: "command failed", table: "commands", condition: "status = 'failed'" },
  { name: "command expired", table: "commands", condition: "status = 'expired'" },
  { name: "import in review", table: "import_batches", condition: "status = 'review'" },
  { name: "import done", table: "import_batches", condition: "status = 'done'" },
  { name: "run stopped by the brake", table: "runs", condition: "brake_reason is not null" },
  { name: "run approved", table: "runs", condition: "approved_at is not null" },
  {
    name: "left out of tomorrow's run",
    table: "cut_exclusions",
    condition: "removed_at is null",
  },
  { name: "suspended for vacation", table: "block_reasons", condition: "reason = 'vacation'" },
  ...["sent", "failed", "refused", "skipped"].map((state) => ({
    name: `mail ${state}`,
    table: "mail_messages",
    condition: `state = '${state}'`,
  })),
  {
    name: "mail that is tried again",
    table: "mail_messages",
    condition: "state = 'queued' and attempts > 0",
  },
  { name: "mail skipped: no address", table: "mail_messages", condition: "reason = 'no_address'" },
  { name: "refused address", table: "mail_refusals", condition: "kind = 'hard'" },
  { name: "refused mail in the system log", table: "system_log", condition: "source = 'mail'" },
  { name: "consent given", table: "subscribers", condition: "consent = 'given'" },
  { name: "consent withdrawn", table: "subscribers", condition: "consent = 'withdrawn'" },
  { name: "erased person", table: "subscribers", condition: "erased_at is not null" },
  { name: "restored", table: "block_reasons", condition: "reason = 'nonpayment' and removed_at is not null" },
];

/** States of the vocabulary that nothing in the books has; a demo must miss none. */
export async function listMissingStates(trx: TenantTransaction, moment: ReadMoment): Promise<string[]> {
  const counts = PLACES.map(({ name, table, condition }) =>
    sql`select ${name}::text as name, (select count(*) from ${sql.raw(table)} as t where ${
      sql.raw(condition)
    })::int as n`
  );
  const { rows } = await sql<{ name: string; n: number }>`
    with lines as (${connectionRows(moment)}) ${sql.join(counts, sql` union all `)}`.execute(trx);
  return rows.filter((row) => row.n === 0).map((row) => row.name);
}
