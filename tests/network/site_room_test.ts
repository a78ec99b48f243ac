import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { MAX_MESSAGE_BYTES, MAX_SITE_ROUTERS } from "@/shared/protocol/mod.ts";
import { HubWorld, MARIA, type Place } from "@/tests/network/hub_world.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { addRouter } from "@/web/services/network/add_router.ts";
import { archiveRouter } from "@/web/services/network/archive_router.ts";
import { updateRouter } from "@/web/services/network/update_router.ts";

/** A router of the place, as a person would type it. */
function typed({ siteId }: Place, i: number, over: { username?: string; password?: string } = {}) {
  const host = `10.${9 + Math.floor(i / 200)}.${i % 200}.1`;
  return { siteId, name: `Tower ${i}`, host, port: 8728, username: "linya", password: "s3cret", ...over };
}

/** Puts routers in without their use case, which would test each of them. */
async function fill(world: HubWorld, place: Place, count: number, sealed = "v2.sealed"): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => {
    const { siteId, name, host, port, username } = typed(place, i);
    return {
      tenant_id: place.tenantId,
      id: uuidv7(world.clock.now().epochMilliseconds),
      site_id: siteId,
      name,
      host,
      port,
      username,
      sealed_credentials: sealed,
      sealed_to_agent_id: place.agentId,
      created_at: world.clock.now(),
    };
  });
  await world.inTenant(place.tenantId, (trx) => trx.insertInto("routers").values(rows).execute());
}

Deno.test("a site takes as many routers as its agent, and one more when one is archived", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("ilaya");
  await fill(world, place, MAX_SITE_ROUTERS - 2);
  const add = (i: number) => addRouter(world.context, place.tenantId, MARIA, typed(place, i));
  // Two at once want the last place.
  const both = await Promise.all([add(600), add(601)]);
  assert.equal(both.filter((one) => one.ok).length, 1);
  const refused = both.find((one) => !one.ok);
  assert.ok(refused?.ok === false);
  assert.deepEqual([refused.code, refused.values], ["site_full", { site: "Main", max: MAX_SITE_ROUTERS }]);
  assertOk(await archiveRouter(world.context, place.tenantId, MARIA, { routerId: place.routerId }));
  assertOk(await add(602));
});

Deno.test("the settings of a site's routers stay within one message to its agent", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("ilaya");
  const long = { username: "日".repeat(100), password: "日".repeat(200) };
  const small = assertOk(await addRouter(world.context, place.tenantId, MARIA, typed(place, 600)));
  await fill(world, place, 150, "v2.".padEnd(1_250, "x"));
  let refused = null;
  for (let i = 400; refused === null && i < 480; i++) {
    const added = await addRouter(world.context, place.tenantId, MARIA, typed(place, i, long));
    if (!added.ok) refused = added;
  }
  assert.equal(refused?.code, "site_settings_full");

  // The same at the form that changes a router.
  for (let i = 1; i < 4; i++) await addRouter(world.context, place.tenantId, MARIA, typed(place, 700 + i));
  const change = { ...typed(place, 600, long), routerId: small.routerId };
  const changed = await updateRouter(world.context, place.tenantId, MARIA, change);
  assert.equal(changed.ok ? "taken" : changed.code, "site_settings_full");

  const agent = await world.connect(place);
  const settings = await agent.next("router.settings");
  assert.ok(settings.routers.length > 50);
  assert.ok(new TextEncoder().encode(JSON.stringify(settings)).length <= MAX_MESSAGE_BYTES);
  await agent.close();
});
