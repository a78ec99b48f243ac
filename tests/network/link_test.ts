import assert from "node:assert/strict";
import { parseCoded } from "@/shared/codes/mod.ts";
import { asideOf, storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS, translator } from "@/web/messages/mod.ts";
import { fromBase64Url, verify } from "@/shared/crypto/mod.ts";
import { CLOSE, HEARTBEAT_MS, revocationStatement } from "@/shared/protocol/mod.ts";
import { addRouter } from "@/web/services/network/add_router.ts";
import { testRouter } from "@/web/services/network/test_router.ts";
import { revokeAgent } from "@/web/services/network/revoke_agent.ts";
import { assertOk } from "../support/expect.ts";
import { until } from "../support/until.ts";
import { AgentDouble, askChallenge, authorization, makeKeys, Refused } from "./agent_double.ts";
import { HubWorld, MARIA } from "./hub_world.ts";

async function refusedWith(open: Promise<AgentDouble>): Promise<Refused> {
  try {
    await open;
  } catch (error) {
    assert.ok(error instanceof Refused, String(error));
    return error;
  }
  return assert.fail("the upgrade was accepted");
}

Deno.test("a link opens with a fresh challenge and the agent's key, and is refused before the upgrade otherwise", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const { port } = world;
  const nonce = await askChallenge(port, place.agentId);
  const agent = await AgentDouble.open(port, place.agentId, place.keys, { nonce });
  await agent.close();

  const strange = await makeKeys();
  assert.equal((await refusedWith(AgentDouble.openWith(port, "Bearer x"))).status, 401);
  assert.equal(
    (await refusedWith(AgentDouble.open(port, place.agentId, strange))).body.code,
    "bad_signature",
  );
  assert.equal((await refusedWith(AgentDouble.open(port, crypto.randomUUID(), strange))).status, 401);
  const forged = `${Date.now() + 900_000}.${nonce.split(".")[1]}`;
  const header = await authorization(place.agentId, forged, place.keys);
  assert.equal((await refusedWith(AgentDouble.openWith(port, header))).body.code, "stale_challenge");
  world.clock.advance({ seconds: 61 });
  const late = await refusedWith(AgentDouble.open(port, place.agentId, place.keys, { nonce }));
  assert.deepEqual([late.status, late.body.code], [401, "stale_challenge"]);
});

Deno.test("hello is answered by welcome, settings with a sealed password, and the waiting command", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await AgentDouble.open(world.port, place.agentId, place.keys);
  agent.hello(place.keys.installId);
  const welcome = await agent.next("welcome");
  assert.equal(welcome.heartbeat_ms, HEARTBEAT_MS);
  assert.equal(welcome.server_time_ms, world.clock.now().epochMilliseconds);
  const settings = await agent.next("router.settings");
  assert.deepEqual(settings.routers.map((r) => [r.router_id, r.host, r.port]), [[
    place.routerId,
    "10.0.0.1",
    8728,
  ]]);
  assert.ok(!JSON.stringify(settings).includes("sup3r"));
  const command = await agent.next("command");
  assert.equal(command.kind, "router.test");
  await agent.close();

  // At least once: the command was sent and not answered, so the next connection gets it again.
  const back = await world.connect(place);
  assert.equal((await back.next("command")).id, command.id);
  back.send({
    t: "command.result",
    id: command.id,
    status: "done",
    result: {
      identity: {
        identity: "core",
        version: "7.18",
        board_name: "CCR",
        serial_number: "S1",
        software_id: null,
        uptime_seconds: 5,
      },
      secret_count: 3,
      ppp_readable: true,
    },
  });
  const bound = await back.next("router.settings", (m) => m.routers[0]?.serial_number === "S1");
  assert.notEqual(bound.settings_version, settings.settings_version);
  await back.close();
});

Deno.test("a router is bound at first contact; another box at its address is told, and so is the same box twice", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  const say = (routerId: string, serial: string) =>
    agent.send({
      t: "router.status",
      router_id: routerId,
      status: "online",
      message: null,
      identity: {
        identity: "x",
        version: "7.18",
        board_name: null,
        serial_number: serial,
        software_id: null,
        uptime_seconds: 1,
      },
    });
  const router = () =>
    world.inTenant(
      place.tenantId,
      (trx) =>
        trx.selectFrom("routers").selectAll().where("id", "=", place.routerId).executeTakeFirstOrThrow(),
    );
  say(place.routerId, "S1");
  await until(async () => (await router()).serial_number === "S1");
  say(place.routerId, "S2");
  await until(async () => (await router()).status === "wrong_router");
  const other = (await router()).status_message ?? "";
  assert.match(storedText(ENGLISH_WORDS, other), /^Another router answers at this address: S2\./);
  assert.match(storedText(translator("fil"), other), /^Ibang router ang sumasagot sa address na ito: S2\./);
  assert.equal(asideOf(parseCoded(other)!), "10.0.0.1:8728", "the address is behind Details, in no sentence");
  assert.equal((await router()).serial_number, "S1");

  const { routerId: second } = assertOk(
    await addRouter(world.context, place.tenantId, MARIA, {
      siteId: place.siteId,
      name: "Core again",
      host: "10.0.0.2",
      port: 8728,
      username: "linya",
      password: "x",
    }),
  );
  await agent.next("router.settings", (m) => m.routers.length === 2);
  say(second, "S1");
  const twin = () =>
    world.inTenant(
      place.tenantId,
      (trx) => trx.selectFrom("routers").selectAll().where("id", "=", second).executeTakeFirstOrThrow(),
    );
  await until(async () => (await twin()).status === "error");
  assert.match(storedText(ENGLISH_WORDS, (await twin()).status_message ?? ""), /same router as Core \(S1\)/);
  await agent.close();
});

Deno.test("a test's answer that comes after newer words of the router's loop does not overrule them", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  const command = await agent.next("command");
  const identity = {
    identity: "core",
    version: "7.18",
    board_name: null,
    serial_number: "S1",
    software_id: null,
    uptime_seconds: 5,
  };
  const status = () =>
    world.inTenant(
      place.tenantId,
      async (trx) =>
        (await trx.selectFrom("routers").selectAll().where("id", "=", place.routerId)
          .executeTakeFirstOrThrow()).status,
    );
  const say = { t: "router.status", router_id: place.routerId, message: null } as const;
  agent.send({ ...say, status: "online", identity });
  agent.send({ ...say, status: "unreachable", identity: null });
  agent.send({
    t: "command.result",
    id: command.id,
    status: "done",
    result: { identity, secret_count: 3, ppp_readable: true },
  });
  await until(() =>
    world.inTenant(
      place.tenantId,
      async (trx) =>
        (await trx.selectFrom("commands").selectAll().where("id", "=", command.id).executeTakeFirstOrThrow())
          .status === "done",
    )
  );
  assert.equal(await status(), "unreachable");

  // Nor does one that failed, where the loop's own connection works.
  agent.send({ ...say, status: "online", identity });
  const { commandId } = assertOk(
    await testRouter(world.context, place.tenantId, MARIA, { routerId: place.routerId }),
  );
  await agent.next("command", (message) => message.id === commandId);
  agent.send({
    t: "command.result",
    id: commandId,
    status: "failed",
    error_code: "unreachable",
    error_message: "The session table is full",
  });
  await until(() =>
    world.inTenant(
      place.tenantId,
      async (trx) =>
        (await trx.selectFrom("commands").selectAll().where("id", "=", commandId).executeTakeFirstOrThrow())
          .status === "failed",
    )
  );
  assert.equal(await status(), "online");
  await agent.close();
});

Deno.test("an over-long frame closes 1009, and fifty bad frames close 4400 after each was nacked", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const long = await world.connect(place);
  long.socket.send("x".repeat(300_000));
  assert.equal(await long.closed(), CLOSE.tooLarge);

  const noisy = await world.connect(place);
  noisy.socket.send("{");
  assert.equal((await noisy.next("nack")).code, "not_json");
  noisy.socket.send(JSON.stringify({ t: "dance", seq: 2, ack: 0 }));
  assert.equal((await noisy.next("nack")).code, "unknown_type");
  for (let i = 0; i < 60; i++) noisy.socket.send("junk");
  assert.equal(await noisy.closed(), CLOSE.protocol);
  await (await world.connect(place)).close();
});

Deno.test("a revoked agent hears the signed statement within a second, on another node too, and is refused after", async () => {
  await using world = await HubWorld.start();
  const node2 = await world.secondNode();
  const place = await world.addPlace("north");
  const agent = await world.connect(place, node2.port);
  await agent.next("router.settings");
  const started = performance.now();
  assertOk(await revokeAgent(world.context, place.tenantId, MARIA, { agentId: place.agentId }));
  const revoked = await agent.next("revoked");
  assert.equal(await agent.closed(), CLOSE.revoked);
  assert.ok(performance.now() - started < 1_000, `took ${performance.now() - started} ms`);
  const statement = revocationStatement(place.agentId, revoked.at_ms);
  assert.ok(await verify(world.serverKey.publicKey, fromBase64Url(revoked.signature)!, statement));
  const refused = await refusedWith(AgentDouble.open(world.port, place.agentId, place.keys));
  assert.deepEqual([refused.status, refused.body.code], [403, "revoked"]);
  const later = fromBase64Url(String(refused.body.signature))!;
  const again = revocationStatement(place.agentId, Number(refused.body.at_ms));
  assert.ok(await verify(world.serverKey.publicKey, later, again));
});

Deno.test("the newest connection wins, and an identity used by two installations is frozen", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const first = await world.connect(place);
  const second = await world.connect(place);
  assert.equal(await first.closed(), CLOSE.replaced);
  let last = second;
  for (let flip = 0; flip < 4; flip++) {
    last = await AgentDouble.open(world.port, place.agentId, place.keys);
    last.hello(flip % 2 === 0 ? "a-cloned-machine" : place.keys.installId);
    if (flip < 3) await last.next("welcome");
  }
  assert.equal(await last.closed(), CLOSE.replaced);
  const refused = await refusedWith(AgentDouble.open(world.port, place.agentId, place.keys));
  assert.deepEqual([refused.status, refused.body.code], [403, "frozen"]);
  const log = await world.inTenant(
    place.tenantId,
    (trx) => trx.selectFrom("system_log").select("event").execute(),
  );
  assert.deepEqual(log, [{ event: "agent_frozen" }]);
});

Deno.test("a peer that went silent is closed after 45 s, and heartbeats go both ways until then", async () => {
  await using world = await HubWorld.start();
  const place = await world.addPlace("north");
  const agent = await world.connect(place);
  const beat = await agent.next("heartbeat");
  agent.send({ t: "heartbeat.echo", sent_ms: beat.sent_ms });
  agent.send({ t: "heartbeat", sent_ms: 7 });
  assert.equal((await agent.next("heartbeat.echo")).sent_ms, 7);
  // Acks may still be under way when the clock jumps, so it jumps until the peer is really silent.
  await until(() => {
    world.skippedMs += 46_000;
    return agent.closeCode !== null;
  }, { everyMs: 100 });
  assert.equal(await agent.closed(), CLOSE.deadPeer);
  const presence = () =>
    world.inTenant(
      place.tenantId,
      (trx) => trx.selectFrom("agent_presence").select("disconnected_at").executeTakeFirst(),
    );
  await until(async () => (await presence())?.disconnected_at instanceof Temporal.Instant);
});
