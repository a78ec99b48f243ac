import assert from "node:assert/strict";
import { CLOSE, type HandChange, type RouterQuestion } from "@/shared/protocol/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { migrate } from "@/web/store/db/migrate.ts";
import { upsertObservedSecrets } from "@/web/store/network/observed.ts";
import { listTimeline } from "@/web/store/subscribers/timeline.ts";
import { insertHandChanges, KEPT_OF_ROUTER } from "@/web/store/network/hand_changes.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { questionOf, remarksOf } from "@/web/store/network/router_standing.ts";
import { until } from "../support/until.ts";
import type { AgentDouble } from "./agent_double.ts";
import { addConnection } from "./connections.ts";
import { RelayedHub } from "./database_relay.ts";
import { HubWorld, type Place } from "./hub_world.ts";

const FOUND_MS = Date.UTC(2026, 10, 22, 23, 30);

function change(over: Partial<HandChange> = {}): HandChange {
  return {
    id: crypto.randomUUID(),
    name: "ana",
    kind: "disabled",
    before: null,
    after: null,
    said: null,
    found_ms: FOUND_MS,
    ...over,
  };
}

async function tell(agent: AgentDouble, routerId: string, changes: HandChange[]): Promise<string[]> {
  agent.send({ t: "router.changes", router_id: routerId, changes });
  return (await agent.next("router.changes_kept", (m) => m.router_id === routerId)).ids;
}

const kept = (world: HubWorld, { tenantId }: Place) =>
  world.inTenant(
    tenantId,
    (trx) =>
      trx.selectFrom("router_hand_changes").selectAll().orderBy("found_at").orderBy("ppp_name").orderBy(
        "ppp_service",
        "desc",
      ).execute(),
  );

async function withAgent(
  work: (scene: { world: HubWorld; place: Place; agent: AgentDouble }) => Promise<void>,
): Promise<void> {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  await work({ world, place, agent });
  await agent.close();
}

Deno.test("changes of accounts that the books know there are kept once; of all that were told the agent hears", async () => {
  await withAgent(async ({ world, place, agent }) => {
    await addConnection(world, place, "ana");
    await addConnection(world, place, "ana", "l2tp");
    const mine = change();
    const twin = change({ service: "l2tp", kind: "profile", before: "50M", after: "10M", said: "by admin" });
    const foreign = change({ name: "nobody" });
    const told = [mine, twin, foreign, change({ service: "sstp" })];
    assert.deepEqual(await tell(agent, place.routerId, told), told.map(({ id }) => id));
    assert.deepEqual((await kept(world, place)).map((row) => [row.id, row.ppp_service, row.kind]), [
      [mine.id, "pppoe", "disabled"],
      [twin.id, "l2tp", "profile"],
    ]);

    // The answer was lost, so it is told again, and something else under the same id.
    const again = { ...mine, kind: "deleted" as const };
    assert.deepEqual(await tell(agent, place.routerId, [again, again, mine]), [mine.id, mine.id, mine.id]);
    const rows = await kept(world, place);
    assert.deepEqual(rows.map((row) => row.kind), ["disabled", "profile"]);
    assert.deepEqual([rows[1]?.before, rows[1]?.after, rows[1]?.said], ["50M", "10M", "by admin"]);
    assert.equal(rows[0]?.found_at.epochMilliseconds, FOUND_MS);
    // In Manila it is the next day already.
    assert.equal(rows[0]?.found_on.toString(), "2026-11-23");
  });
});

Deno.test("a change by a clock that is ahead, or was never set, was found now", async () => {
  await withAgent(async ({ world, place, agent }) => {
    await addConnection(world, place, "ana");
    const nowMs = world.clock.now().epochMilliseconds;
    const strange = [nowMs + 3_600_000, 1e300, -1e300, 0, 12.5];
    await tell(agent, place.routerId, strange.map((found_ms) => change({ found_ms })));
    assert.deepEqual(
      (await kept(world, place)).map((row) => row.found_at.epochMilliseconds),
      strange.map(() => nowMs),
    );
  });
});

Deno.test("an agent says nothing about routers of other sites and tenants, and an id of theirs is its own there", async () => {
  await withAgent(async ({ world, place, agent }) => {
    const other = await world.addPlace("south");
    for (const where of [place, other]) await addConnection(world, where, "ana");
    const theirs = change({ said: "theirs" });
    const southern = await world.connect(other);
    await tell(southern, other.routerId, [theirs]);

    const stranger = change();
    assert.deepEqual(await tell(agent, other.routerId, [stranger]), [stranger.id]);
    assert.equal((await kept(world, other)).length, 1, "a router of another tenant");
    assert.deepEqual(await tell(agent, place.routerId, [{ ...theirs, said: "mine" }]), [theirs.id]);
    assert.deepEqual((await kept(world, place)).map((row) => [row.id, row.said]), [[theirs.id, "mine"]]);
    assert.deepEqual((await kept(world, other)).map((row) => [row.id, row.said]), [[theirs.id, "theirs"]]);
    await southern.close();

    // Another site of the same company.
    const elsewhere = { siteId: crypto.randomUUID(), routerId: place.routerId };
    const { found_ms: _, ...stray } = change();
    const told = { ...stray, foundAt: world.clock.now(), foundOn: Temporal.PlainDate.from("2026-11-23") };
    await world.inTenant(
      place.tenantId,
      (trx) => insertHandChanges(trx, elsewhere, { changes: [told], now: world.clock.now() }),
    );
    assert.equal((await kept(world, place)).length, 1);
  });
});

Deno.test("what is out of bounds is refused as a whole and named at the router, and the link goes on", async () => {
  await withAgent(async ({ world, place, agent }) => {
    await addConnection(world, place, "ana");
    const { routerId } = place;
    const refused: HandChange[][] = [
      Array.from({ length: 501 }, () => change()),
      [],
      [change({ name: "x".repeat(129) })],
      [change({ kind: "moved" as never })],
      [change({ id: "1" })],
      [change({ found_ms: Number.NaN })],
    ];
    for (const changes of refused) {
      const seq = agent.send({ t: "router.changes", router_id: routerId, changes });
      assert.equal((await agent.next("nack")).of, seq);
    }
    assert.deepEqual(await kept(world, place), []);
    const router = await world.inTenant(place.tenantId, (trx) => findRouter(trx, routerId));
    assert.deepEqual([router?.refused_code, router?.refused_about], ["out_of_bounds", "router.changes"]);
    const long = change({ said: "<b>".repeat(1_000), before: "p".repeat(2_000) });
    await tell(agent, routerId, [long]);
    const [row] = await kept(world, place);
    assert.deepEqual([row?.said?.length, row?.before?.length], [1_000, 128]);
  });
});

Deno.test("of one router the newest are kept and no more", async () => {
  await withAgent(async ({ world, place }) => {
    await addConnection(world, place, "ana");
    const now = world.clock.now();
    const where = { siteId: place.siteId, routerId: place.routerId };
    const tellMany = (count: number, since: Temporal.Instant) =>
      world.inTenant(place.tenantId, (trx) => {
        const changes = Array.from({ length: count }, (_, i) => ({
          ...change(),
          foundAt: since.add({ seconds: i }),
          foundOn: Temporal.PlainDate.from("2026-11-23"),
        }));
        return insertHandChanges(trx, where, { changes, now });
      });
    await tellMany(KEPT_OF_ROUTER, now.subtract({ hours: 10 }));
    assert.equal((await kept(world, place)).length, KEPT_OF_ROUTER);
    await tellMany(3, now);
    const rows = await kept(world, place);
    assert.equal(rows.length, KEPT_OF_ROUTER);
    assert.equal(String(rows[0]?.found_at), String(now.subtract({ hours: 10 }).add({ seconds: 3 })));
  });
});

Deno.test("with the database away nothing is answered until the change is stored", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  await addConnection(world, place, "ana");
  await using relayed = await RelayedHub.start(world);
  const agent = await world.connect(place, relayed.hub.port);
  await agent.next("router.settings");
  relayed.relay.isUp = false;
  const told = change();
  agent.send({ t: "router.changes", router_id: place.routerId, changes: [told] });
  agent.send({ t: "heartbeat", sent_ms: 5 });
  await agent.next("heartbeat.echo");
  assert.equal(agent.received.some((m) => m.t === "router.changes_kept"), false);
  assert.deepEqual(await kept(world, place), []);
  relayed.relay.isUp = true;
  assert.deepEqual((await agent.next("router.changes_kept")).ids, [told.id]);
  assert.equal((await kept(world, place)).length, 1);
  agent.socket.close();
  assert.notEqual(await agent.closed(), CLOSE.protocol);
});

Deno.test("a status brings remarks and a question, and takes them away; an agent of the release before sends none", async () => {
  await withAgent(async ({ world, place, agent }) => {
    const { routerId } = place;
    const status = {
      t: "router.status",
      router_id: routerId,
      status: "online",
      message: null,
      identity: null,
    } as const;
    const router = async () => {
      const found = await world.inTenant(place.tenantId, (trx) => findRouter(trx, routerId));
      return {
        remarks: remarksOf(found!).map(({ code }) => code),
        question: questionOf(found!)?.kind ?? null,
      };
    };
    const settled = (remarks: string[], question: string | null) =>
      until(async () => JSON.stringify(await router()) === JSON.stringify({ remarks, question }), {
        what: `remarks ${remarks}, question ${question}`,
      });
    const question: RouterQuestion = {
      id: crypto.randomUUID(),
      kind: "changed_at_once",
      asked_ms: FOUND_MS,
      known: null,
      found: null,
      of: 40,
      enabled: 12,
      missing: 3,
      examples: ["ana", "l2tp//ana"],
    };
    const remarks = Array.from({ length: 20 }, (_, i) => ({
      code: i === 0 ? "router_may_not_write" : `newer_${"abcdefghijklmnopqrst"[i]}`,
      message: '\u0001"'.repeat(500),
    }));
    agent.send({ ...status, remarks, question });
    await settled(remarks.map(({ code }) => code), "changed_at_once");
    agent.send({ ...status, remarks: [remarks[0]!], question: null });
    await settled(["router_may_not_write"], null);
    agent.send({ ...status, remarks: [], question });
    await settled([], "changed_at_once");
    agent.send(status);
    await settled([], null);
  });
});

Deno.test("a change stands on its subscriber's own timeline", async () => {
  await withAgent(async ({ world, place, agent }) => {
    const { subscriberId } = await addConnection(world, place, "ana");
    const { subscriberId: other } = await addConnection(world, place, "ben");
    await tell(agent, place.routerId, [change({ kind: "profile", before: "50M", after: "10M" })]);
    const of = (id: string) => world.inTenant(place.tenantId, (trx) => listTimeline(trx, id, { limit: 10 }));
    const [event, ...rest] = (await of(subscriberId)).rows;
    assert.deepEqual([event?.kind, event?.actor, rest.length], ["by_hand", "Core", 0]);
    assert.deepEqual(JSON.parse(event?.summary ?? ""), {
      code: "event_hand_change",
      values: { ppp: "ana", what: "profile", before: "50M", after: "10M" },
    });
    assert.deepEqual((await of(other)).rows, []);
  });
});

Deno.test("the way back forgets what was told, and calls a missing profile another one", async () => {
  await withAgent(async ({ world, place, agent }) => {
    await addConnection(world, place, "ana");
    await tell(agent, place.routerId, [change()]);
    const { tenantId, routerId } = place;
    const seen = {
      name: "ana",
      present: true,
      disabled: false,
      profile: "old",
      online: true,
      address: null,
      caller_id: null,
      uptime_seconds: 1,
      drift: "profile_missing",
    } as const;
    const observe = () =>
      world.inTenant(
        tenantId,
        (trx) => upsertObservedSecrets(trx, routerId, { at: world.clock.now(), secrets: [seen] }),
      );
    const drifts = () =>
      world.inTenant(
        tenantId,
        async (trx) =>
          (await trx.selectFrom("observed_secrets").select("drift").execute()).map(({ drift }) => drift),
      );
    await observe();
    await agent.close();
    const { ownerUrl } = world.database;
    await migrate(ownerUrl, { to: "0053" }, silentLogger);
    assert.deepEqual(await drifts(), ["profile"]);
    await migrate(ownerUrl, {}, silentLogger);
    assert.deepEqual(await kept(world, place), []);
    await observe();
    assert.deepEqual(await drifts(), ["profile_missing"]);
  });
});
