import assert from "node:assert/strict";
import { type Isp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { permitCuts } from "@/web/services/cuts/permit_cuts.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { createIsp } from "@/tests/billing/isp.ts";

/** What an agent may disable that asks now for everybody; all are on one router with an even number. */
async function permitted(isp: Isp): Promise<string[]> {
  const names = isp.subscriptionIds.map((_, n) => `user${n + 1}`);
  const all = await Promise.all(
    isp.routerIds.map((routerId, i) =>
      isp.run((trx) =>
        permitCuts(trx, isp.clock.now(), { routerId, names: names.filter((_, n) => n % 2 === i) })
      )
    ),
  );
  return all.flat().sort();
}

Deno.test("a cut that waited for its router is read again and made only at the hour of cuts, on a day with cuts", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  // 14 February 2026 is a Saturday; nobody is cut on Sundays.
  await isp.run((trx) =>
    trx.updateTable("tenants").set({ blackout_weekdays: [7] }).where("id", "=", isp.tenantId).execute()
  );
  await liveUntil(isp, "2026-02-14T09:00");
  const all = ["user1", "user2", "user3", "user4"];
  assert.deepEqual(await permitted(isp), all, "with the run itself");
  await liveUntil(isp, "2026-02-14T11:59");
  assert.deepEqual(await permitted(isp), all);
  await liveUntil(isp, "2026-02-14T20:00");
  assert.deepEqual(await permitted(isp), [], "the router is back in the evening");
  await liveUntil(isp, "2026-02-15T09:30");
  assert.deepEqual(await permitted(isp), [], "a free day");
  await liveUntil(isp, "2026-02-16T08:59");
  assert.deepEqual(await permitted(isp), [], "before the hour");
  await isp.run((trx) =>
    trx.insertInto("holds").values({
      tenant_id: isp.tenantId,
      id: crypto.randomUUID(),
      subscription_id: isp.subscriptionIds[1]!,
      until_on: Temporal.PlainDate.from("2026-02-17"),
      reason: "Promised while the router was away",
      created_by: "Maria Santos",
      created_at: isp.clock.now(),
    }).execute()
  );
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ is_exempt: true }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", isp.subscriptionIds[2]!).execute()
  );
  await pay(isp, 3, 1000);
  await liveUntil(isp, "2026-02-16T09:30");
  assert.deepEqual(
    (await permitted(isp)).filter((name) => name !== "user4"),
    ["user1"],
    "held and exempt since: read again, they stay on",
  );
});

Deno.test("what a person switched off is made at any hour, and nothing that a run cut while the clock is doubted", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-14T20:00");
  await pay(isp, 0, 1000);
  assertOk(
    await suspendSubscription(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: isp.subscriptionIds[0]!,
      reason: "abuse",
      note: "Spam",
    }),
  );
  assert.deepEqual(await permitted(isp), ["user1"]);
  await liveUntil(isp, "2026-02-15T09:10");
  assert.deepEqual(await permitted(isp), ["user1", "user2", "user3"]);
  await isp.run((trx) =>
    trx.insertInto("clock_watches").values({
      tenant_id: isp.tenantId,
      seen_at: isp.clock.now(),
      boot_id: "one",
      uptime_seconds: 1n,
      doubt: "jump",
      doubted_at: isp.clock.now(),
    }).execute()
  );
  assert.deepEqual(await permitted(isp), ["user1"]);
});

Deno.test("a person who disconnects somebody that was cut allows it anew: he may have been enabled on the router", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-14T09:00");
  const read = () =>
    isp.run((trx) =>
      trx.selectFrom("desired_secrets as d")
        .innerJoin(
          "disable_authorisations as a",
          (join) => join.onRef("a.tenant_id", "=", "d.tenant_id").onRef("a.id", "=", "d.authorisation_id"),
        )
        .innerJoin(
          "router_states as s",
          (join) => join.onRef("s.tenant_id", "=", "d.tenant_id").onRef("s.router_id", "=", "d.router_id"),
        )
        .select(["a.kind", "a.names", "d.is_disabled", "d.generation", "s.generation as newest", "s.hash"])
        .where("d.tenant_id", "=", isp.tenantId).where("d.ppp_name", "=", "user1").executeTakeFirstOrThrow()
    );
  const cut = await read();
  assert.deepEqual([cut.kind, cut.is_disabled], ["run", true]);

  const off = { subscriptionId: isp.subscriptionIds[0]!, reason: "abuse", note: "Resells it" } as const;
  assertOk(await suspendSubscription(isp.context, isp.tenantId, isp.actor, off));
  const again = await read();
  assert.deepEqual([again.kind, again.names, again.is_disabled], ["manual", ["user1"], true]);
  assert.deepEqual([again.generation, again.newest], [cut.newest + 1n, cut.newest + 1n], "the agent is told");
  assert.equal(again.hash, cut.hash, "what the router should hold is the same");
});
