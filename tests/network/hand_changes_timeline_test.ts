import assert from "node:assert/strict";
import { sql } from "kysely";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listTimeline } from "@/web/store/subscribers/timeline.ts";
import { addConnection } from "./connections.ts";
import { HubWorld } from "./hub_world.ts";

Deno.test("a timeline reads the changes of its own connections and no others", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { subscriberId } = await addConnection(world, place, "ana");
  const { subscriptionId: other } = await addConnection(world, place, "ben");
  const read = await world.inTenant(place.tenantId, async (trx) => {
    await sql`insert into router_hand_changes (tenant_id, router_id, id, subscription_id, ppp_name, ppp_service, kind,
        found_at, found_on, told_at)
      select ${place.tenantId}, ${place.routerId}, gen_random_uuid(), ${other}, 'ben', 'pppoe', 'disabled',
        now() - n * interval '1 minute', current_date, now() from generate_series(1, 3000) n`.execute(trx);
    const before = await rowsRead(trx);
    await listTimeline(trx, subscriberId, { limit: 10 });
    return await rowsRead(trx) - before;
  });
  assert.ok(read < 100, `${read} changes were read`);
});

/** Rows of changes that this transaction has read so far, by whatever way. */
async function rowsRead(trx: TenantTransaction): Promise<number> {
  const { rows } = await sql<{ rows: number }>`select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows
    from pg_stat_xact_user_tables where relname = 'router_hand_changes'`.execute(trx);
  return rows[0]?.rows ?? 0;
}
