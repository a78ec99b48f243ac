import type { Isp } from "@/tests/billing/isp.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** The only agent of this company is connected and was heard of now. */
export async function connectAgent(trx: TenantTransaction, isp: Isp): Promise<void> {
  const now = isp.clock.now();
  const seen = { connected_at: now, heartbeat_at: now, disconnected_at: null };
  const { id } = await trx.selectFrom("agents").select("id").where("tenant_id", "=", isp.tenantId)
    .executeTakeFirstOrThrow();
  await trx.insertInto("agent_presence").values({
    ...seen,
    tenant_id: isp.tenantId,
    agent_id: id,
    node_id: "n",
    epoch: 1n,
    version: "1",
    round_trip_ms: 20,
  }).onConflict((conflict) => conflict.columns(["tenant_id", "agent_id"]).doUpdateSet(seen)).execute();
}
