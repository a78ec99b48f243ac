import { sql } from "kysely";
import type { OwnFirstBill, SuspendedPolicy } from "@/web/domain/billing/mod.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

interface OwnRulesRow {
  own_terms_days: number | null;
  own_grace_days: number | null;
  own_first_bill: OwnFirstBill | null;
  own_suspended_policy: SuspendedPolicy | null;
  own_stop_after_unpaid_bills: number | null;
  /** Left out: as it is stored. */
  own_suspended_policy_on?: Temporal.PlainDate;
}

/** Writes what a plan says for itself. */
export async function updatePlanRules(
  trx: TenantTransaction,
  planId: string,
  rules: OwnRulesRow,
): Promise<void> {
  await trx.updateTable("plans").set(rules)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", planId).execute();
}

/** Writes what a connection says for itself, and what leaving early costs. */
export async function updateOwnRules(
  trx: TenantTransaction,
  subscriptionId: string,
  rules: OwnRulesRow & {
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
        and num_nonnulls(p.own_terms_days, p.own_grace_days, p.own_first_bill, p.own_suspended_policy,
          p.own_stop_after_unpaid_bills) > 0) as plans,
      (select count(*)::int from subscriptions c where c.tenant_id = ${trx.tenantId} and c.status <> 'cancelled'
        and num_nonnulls(c.own_terms_days, c.own_grace_days, c.own_first_bill, c.own_suspended_policy,
          c.own_stop_after_unpaid_bills) > 0) as connections`.execute(
    trx,
  );
  return rows[0] ?? { plans: 0, connections: 0 };
}
