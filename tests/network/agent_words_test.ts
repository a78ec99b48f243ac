import assert from "node:assert/strict";
import { createWebApp, type PageUser, type WebApp } from "@/tests/support/web_app.ts";
import { findRouter, updateRouterRefused } from "@/web/store/network/routers.ts";
import { listSiteOverview, type SiteOverviewRow } from "@/web/store/network/sites.ts";
import { until } from "../support/until.ts";
import { AgentDouble, makeKeys } from "./agent_double.ts";
import { HubWorld, type Place } from "./hub_world.ts";

interface Scene {
  world: HubWorld;
  place: Place;
  app: WebApp;
  owner: PageUser;
}

const PAGES = ["/admin/sites", "/admin/routers", "/admin"];

async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using world = await HubWorld.start();
  const place = await world.addPlace("ilaya");
  const app = await createWebApp(world.context, { only: PAGES });
  await work({ world, place, app, owner: await app.signIn(place.tenantId, "Owner") });
}

async function read({ app, owner }: Scene, path: string, language: "en" | "fil"): Promise<string> {
  const headers = { "accept-language": language, cookie: owner.cookie };
  const answer = await app.handler(new Request(`http://linya.test${path}`, { headers }));
  assert.equal(answer.status, 200, path);
  return (await answer.text()).replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}

const siteOf = async (world: HubWorld, { tenantId }: Place): Promise<SiteOverviewRow> =>
  (await world.inTenant(tenantId, (trx) => listSiteOverview(trx)))[0]!;

const routerOf = (world: HubWorld, { tenantId, routerId }: Place) =>
  world.inTenant(tenantId, (trx) => findRouter(trx, routerId));

Deno.test("a router that never answered was last heard of never, and one that did, then", async () => {
  await withScene(async (scene) => {
    const { world, place } = scene;
    const agent = await world.connect(place);
    const say = (status: "unreachable" | "online") =>
      agent.send({ t: "router.status", router_id: place.routerId, status, message: null, identity: null });
    const path = `/admin/routers/${place.routerId}`;
    say("unreachable");
    await until(async () => /Unreachable/.test(await read(scene, path, "en")));
    assert.match(await read(scene, path, "en"), /Last contact never/);
    assert.match(await read(scene, path, "fil"), /hindi pa kailanman/);
    say("online");
    await until(async () => !/Last contact never/.test(await read(scene, path, "en")));
    world.clock.advance({ minutes: 7 });
    say("unreachable");
    await until(async () => (await routerOf(world, place))?.status === "unreachable");
    assert.match(await read(scene, path, "en"), /Last contact 7 min/);
    await agent.close();
  });
});

Deno.test("what is refused of a router is told on its page, its site's and Today, in both languages", async () => {
  await withScene(async (scene) => {
    const { world, place } = scene;
    const agent = await world.connect(place);
    const where = { siteId: place.siteId, routerId: place.routerId };
    const refused = { about: "state.report", count: 412, detail: null, now: world.clock.now() };
    await world.inTenant(
      place.tenantId,
      (trx) => updateRouterRefused(trx, where, { ...refused, code: "unknown_names" }),
    );
    const router = `/admin/routers/${place.routerId}`;
    assert.match(await read(scene, router, "en"), /412 names were reported that Linya does not manage here/);
    assert.match(
      await read(scene, router, "fil"),
      /412 pangalan ang ni-report na hindi naman hawak ng Linya/,
    );
    assert.match(await read(scene, `/admin/sites/${place.siteId}`, "en"), /Core .*Refused/);
    assert.match(await read(scene, `/admin/sites/${place.siteId}`, "fil"), /Core .*Tinanggihan/);
    assert.match(await read(scene, "/admin", "en"), /What the agent says about Core is refused/);
    assert.match(await read(scene, "/admin", "fil"), /Tinatanggihan ang sinasabi ng agent tungkol sa Core/);
    // Another site's agent cannot write a note at this router.
    const other = { siteId: crypto.randomUUID(), routerId: place.routerId };
    await world.inTenant(
      place.tenantId,
      (trx) => updateRouterRefused(trx, other, { ...refused, code: "bad_parts" }),
    );
    assert.match(await read(scene, router, "en"), /412 names/);
    await agent.close();
  });
});

Deno.test("a full disk is told by the agent, shown until it is over, and the cause of the end stays", async () => {
  await withScene(async (scene) => {
    const { world, place } = scene;
    const site = `/admin/sites/${place.siteId}`;
    const full = { code: "disk_full", detail: "No space left on device (os error 28)" };
    const agent = await world.connect(place);
    agent.send({ t: "agent.trouble", trouble: full });
    await until(async () => (await siteOf(world, place)).trouble_code === "disk_full");
    assert.match(
      await read(scene, site, "en"),
      /The disk of the agent’s machine is full.*No space left on device/,
    );
    assert.match(await read(scene, site, "fil"), /Puno na ang disk ng computer ng agent/);
    assert.match(await read(scene, "/admin", "en"), /Main: The disk of the agent’s machine is full/);
    assert.match(await read(scene, "/admin", "fil"), /Main: Puno na ang disk/);

    agent.send({ t: "link.closing", reason: full });
    agent.socket.close(4500, "the agent could not store a message");
    await until(async () => (await siteOf(world, place)).ended_code === "disk_full");
    assert.match(await read(scene, site, "en"), /Disk full/, "while it is away it is no mere Offline");

    const back = await AgentDouble.open(world.port, place.agentId, place.keys);
    back.hello(place.keys.installId, { trouble: null, last_end: full });
    await back.next("welcome");
    await until(async () => (await siteOf(world, place)).trouble_code === null);
    const text = await read(scene, site, "en");
    assert.match(text, /Last interruption .*the disk of the agent’s machine was full/);
    assert.doesNotMatch(await read(scene, "/admin", "en"), /disk/);
    await back.close();
  });
});

Deno.test("why an agent is away is told: stopped by somebody, cut, or what it says itself when it is back", async () => {
  await withScene(async (scene) => {
    const { world, place } = scene;
    const site = `/admin/sites/${place.siteId}`;
    const agent = await world.connect(place);
    agent.send({ t: "link.closing", reason: { code: "stopped", detail: null } });
    await agent.close();
    await until(async () => (await siteOf(world, place)).ended_code === "stopped");
    assert.match(
      await read(scene, site, "en"),
      /The last that is known: the agent was stopped on its machine/,
    );
    assert.match(await read(scene, site, "fil"), /Ang huling alam: pinatigil ang agent sa computer nito/);
    assert.match(await read(scene, "/admin", "en"), /not connected \(the agent was stopped on its machine\)/);

    const second = await world.connect(place);
    second.socket.terminate();
    await until(async () => (await siteOf(world, place)).ended_code === "cut");
    const third = await AgentDouble.open(world.port, place.agentId, place.keys);
    third.hello(place.keys.installId, {
      last_end: { code: "clock_wrong", detail: "invalid peer certificate: NotValidYet" },
      clock_ms: world.clock.now().epochMilliseconds - 3 * 86_400_000,
    });
    await third.next("welcome");
    const text = await read(scene, site, "en");
    assert.match(text, /the clock of the agent’s machine was wrong.*NotValidYet/);
    assert.match(text, /Its clock 3 days behind/);
    assert.match(await read(scene, site, "fil"), /atrasado nang 3 araw/);
    await third.close();
  });
});

Deno.test("an agent that is too old is named with both versions, in both languages", async () => {
  await withScene(async (scene) => {
    const { world, place } = scene;
    const agent = await AgentDouble.open(world.port, place.agentId, place.keys);
    agent.hello(place.keys.installId, { version: "0.0.9" });
    await agent.closed();
    const site = `/admin/sites/${place.siteId}`;
    assert.match(await read(scene, site, "en"), /version is 0\.0\.9; 0\.1\.0 or later is needed/);
    assert.match(await read(scene, site, "fil"), /Version 0\.0\.9 ang agent; kailangan ng 0\.1\.0 pataas/);
  });
});

Deno.test("a caller with the agent's name and another key is told while the agent is away, and not while it is there", async () => {
  await withScene(async (scene) => {
    const { world, place } = scene;
    const strange = await makeKeys();
    const call = () => assert.rejects(AgentDouble.open(world.port, place.agentId, strange));
    const agent = await world.connect(place);
    await call();
    assert.equal((await siteOf(world, place)).refused_code, null);
    await agent.close();
    await until(async () => (await siteOf(world, place)).disconnected_at !== null);
    world.skippedMs += 61_000;
    await call();
    assert.equal((await siteOf(world, place)).refused_code, "key_unknown");
    const site = `/admin/sites/${place.siteId}`;
    assert.match(await read(scene, site, "en"), /Somebody calls with this agent’s name and another key/);
    assert.match(await read(scene, site, "fil"), /ibang key/);
    const back = await world.connect(place);
    assert.equal((await siteOf(world, place)).refused_code, null);
    await back.close();
  });
});
