import type { ApprovalPolicy, SoleOwner } from "@/web/domain/approvals/mod.ts";
import { COOLING_HOURS } from "@/web/domain/approvals/limits.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Policies that were set, by kind. */
export async function listPolicies(trx: TenantTransaction): Promise<Map<string, ApprovalPolicy>> {
  const rows = await trx.selectFrom("approval_policies")
    .select(["kind", "mode", "from_centavos", "from_count", "binds", "expire_days"]).where(
      "tenant_id",
      "=",
      trx.tenantId,
    )
    .execute();
  return new Map(rows.map((row) => [row.kind, {
    mode: row.mode,
    fromCentavos: row.from_centavos,
    fromCount: row.from_count,
    binds: row.binds,
    expireDays: row.expire_days,
  }]));
}

/** Sets the policy of a kind. */
export async function savePolicyRow(
  trx: TenantTransaction,
  kind: string,
  { mode, fromCentavos, fromCount, binds, expireDays }: ApprovalPolicy,
): Promise<void> {
  const values = {
    mode,
    from_centavos: fromCentavos,
    from_count: fromCount,
    binds,
    expire_days: expireDays,
  };
  await trx.insertInto("approval_policies").values({ tenant_id: trx.tenantId, kind, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "kind"]).doUpdateSet(values)).execute();
}

/** What becomes of operations that only their asker could approve. Where nothing was set they run at once. */
export async function findSoleOwner(trx: TenantTransaction): Promise<SoleOwner> {
  const row = await trx.selectFrom("approval_settings").select(["sole_owner", "cooling_hours"])
    .where("tenant_id", "=", trx.tenantId).executeTakeFirst();
  return row === undefined
    ? { mode: "at_once", coolingHours: COOLING_HOURS }
    : { mode: row.sole_owner, coolingHours: row.cooling_hours };
}

/** Sets that. */
export async function saveSoleOwnerRow(
  trx: TenantTransaction,
  { mode, coolingHours }: SoleOwner,
): Promise<void> {
  const values = { sole_owner: mode, cooling_hours: coolingHours };
  await trx.insertInto("approval_settings").values({ tenant_id: trx.tenantId, ...values })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(values)).execute();
}
