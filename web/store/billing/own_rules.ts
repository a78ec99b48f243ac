import { sql } from "kysely";
import type { OwnFirstBill, SuspendedPolicy } from "@/web/domain/billing/mod.ts";
import { columnsOf } from "../db/columns.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What a plan or a connection says for itself; null: as the level above. */
export interface OwnRulesColumns {
  own_terms_days: number | null;
  own_grace_days: number | null;
  own_first_bill: OwnFirstBill | null;
  own_suspended_policy: SuspendedPolicy | null;
  own_stop_after_unpaid_bills: number | null;
  own_late_fee_kind: "none" | "flat" | "percent" | null;
  own_late_fee_centavos: bigint | null;
  own_late_fee_bp: number | null;
  own_late_after_days: number | null;
  own_reconnection_fee_centavos: bigint | null;
}

/** The same as columns of `plans` and `subscriptions`. */
export const OWN_RULES_COLUMNS = [
  "own_terms_days",
  "own_grace_days",
  "own_first_bill",
  "own_suspended_policy",
  "own_stop_after_unpaid_bills",
  "own_late_fee_kind",
  "own_late_fee_centavos",
  "own_late_fee_bp",
  "own_late_after_days",
  "own_reconnection_fee_centavos",
] as const satisfies readonly (keyof OwnRulesColumns)[];

/** A table has a rule of its own in the row. */
function hasOwnRules(table: string) {
  return sql`num_nonnulls(${columnsOf(table, OWN_RULES_COLUMNS)}) > 0`;
}

/** Rules of a plan or a connection as one value: amounts are text. */
export type RulesJson = {
  [Name in keyof OwnRulesColumns]: OwnRulesColumns[Name] extends bigint | null ? string | null
    : OwnRulesColumns[Name];
};

/** All rules of a row of `plans` or `subscriptions` as one value. */
export function rulesJson(table: string) {
  const amount = (name: string) => sql`${sql.lit(name)}, ${sql.ref(`${table}.${name}`)}::text`;
  const pairs = OWN_RULES_COLUMNS.map((name) =>
    name.endsWith("_centavos") ? amount(name) : sql`${sql.lit(name)}, ${sql.ref(`${table}.${name}`)}`
  );
  return sql<RulesJson>`jsonb_build_object(${sql.join(pairs)})`;
}

/** As columns. */
export function rulesColumns(rules: RulesJson): OwnRulesColumns {
  const amount = (text: string | null) => text === null ? null : BigInt(text);
  return {
    ...rules,
    own_late_fee_centavos: amount(rules.own_late_fee_centavos),
    own_reconnection_fee_centavos: amount(rules.own_reconnection_fee_centavos),
  };
}

/** What the plan of a connection and the connection itself say; null when it does not exist. */
export async function findRulesOf(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<{ plan: OwnRulesColumns; own: OwnRulesColumns } | null> {
  const { rows: [row] } = await sql<{ plan: RulesJson; own: RulesJson }>`
    select ${rulesJson("p")} as plan, ${rulesJson("c")} as own from subscriptions c
    join plans p on p.tenant_id = c.tenant_id and p.id = c.plan_id
    where c.tenant_id = ${trx.tenantId} and c.id = ${subscriptionId}`.execute(trx);
  return row === undefined ? null : { plan: rulesColumns(row.plan), own: rulesColumns(row.own) };
}

/** Rules as they are written: the day on which a word about days that are off began is left as it is where it is left out. */
type WrittenRules = OwnRulesColumns & { own_suspended_policy_on?: Temporal.PlainDate };

/** Writes what a plan says for itself. */
export async function updatePlanRules(
  trx: TenantTransaction,
  planId: string,
  rules: WrittenRules,
): Promise<void> {
  await trx.updateTable("plans").set(rules)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", planId).execute();
}

/** Writes what a connection says for itself, and what leaving early costs. */
export async function updateOwnRules(
  trx: TenantTransaction,
  subscriptionId: string,
  rules: WrittenRules & {
    lock_in_until: Temporal.PlainDate | null;
    lock_in_fee_kind: "flat" | "per_month" | null;
    lock_in_fee_centavos: bigint | null;
  },
): Promise<void> {
  await trx.updateTable("subscriptions").set(rules)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", subscriptionId).execute();
}

/** How many plans that are offered, and connections that are not cancelled, have a rule of their own. */
export async function countOwnRules(
  trx: TenantTransaction,
): Promise<{ plans: number; connections: number }> {
  const { rows } = await sql<{ plans: number; connections: number }>`
    select
      (select count(*)::int from plans p where p.tenant_id = ${trx.tenantId} and p.archived_at is null
        and ${hasOwnRules("p")}) as plans,
      (select count(*)::int from subscriptions c where c.tenant_id = ${trx.tenantId} and c.status <> 'cancelled'
        and ${hasOwnRules("c")}) as connections`.execute(
    trx,
  );
  return rows[0] ?? { plans: 0, connections: 0 };
}
