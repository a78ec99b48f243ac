import assert from "node:assert/strict";
import { coded } from "@/shared/codes/mod.ts";
import pg from "pg";
import { AgentDouble } from "@/tests/network/agent_double.ts";
import { addConnection } from "@/tests/network/connections.ts";
import { MARIA } from "@/tests/network/hub_world.ts";
import { until } from "@/tests/support/until.ts";
import { LIVE_HEADER } from "@/web/app/frame/passive.ts";
import { recordAudit } from "@/web/services/audit.ts";
import { announceLive } from "@/web/store/live/live_topics.ts";
import { LiveWorld } from "./live_world.ts";

Deno.test("a change is announced when it is committed, once, and never when it is rolled back", async () => {
  await using live = await LiveWorld.start();
  const tenantId = await live.world.addTenant("ilaya");
  const owner = await live.app.signIn(tenantId, "Owner");
  const page = await live.listen(owner.cookie, "money,network");
  assert.equal(page.response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.equal(page.response.headers.get("content-encoding"), null);
  await until(() => page.count("beat") === 1);
  await assert.rejects(live.world.inTenant(tenantId, async (trx) => {
    announceLive(trx, ["money"]);
    await Promise.reject(new Error("no"));
  }));
  await live.world.inTenant(tenantId, (trx) => {
    announceLive(trx, ["money", "tonight"]);
    announceLive(trx, ["money"]);
    return Promise.resolve();
  });
  await until(() => page.news.length > 0);
  await live.announce(tenantId, ["network"]);
  await until(() => page.news.length === 2);
  assert.deepEqual(page.news, ['{"topics":["money"]}', '{"topics":["network"]}']);
  page.abort.abort();
  await until(() => live.hub.size === 0, { what: "the hub forgetting a browser that went away" });
});

Deno.test("whatever is audited is announced: nothing that a person does goes past the pages", async () => {
  await using live = await LiveWorld.start();
  const tenantId = await live.world.addTenant("ilaya");
  const owner = await live.app.signIn(tenantId, "Owner");
  const page = await live.listen(owner.cookie, "network,money,tonight");
  await until(() => page.count("beat") === 1);
  await live.world.addSite(tenantId, "Bukid");
  await until(() => page.news.length > 0);
  assert.equal(page.news[0], '{"topics":["network"]}');
  const subject = {
    subjectId: crypto.randomUUID(),
    summary: coded("audit_company_saved"),
    at: live.world.clock.now(),
  };
  const today = { businessOn: Temporal.PlainDate.from("2026-11-23") };
  for (const [kind, topics] of [["payment", "money,tonight"], ["subscription", "tonight"]] as const) {
    await live.world.inTenant(
      tenantId,
      (trx) => recordAudit(trx, MARIA, { ...subject, ...today, action: "t", subjectKind: kind }),
    );
    await until(() => page.news.includes(JSON.stringify({ topics: topics.split(",") })));
  }
  page.abort.abort();
});

Deno.test("two tenants hear nothing of each other, and nobody hears more than they may see", async () => {
  await using live = await LiveWorld.start();
  const [ilaya, ibaba] = [await live.world.addTenant("ilaya"), await live.world.addTenant("ibaba")];
  const every = "money,network,tonight";
  const owner = await live.listen((await live.app.signIn(ilaya, "Owner")).cookie, every);
  const technician = await live.listen((await live.app.signIn(ilaya, "Technician")).cookie, every);
  const neighbour = await live.listen((await live.app.signIn(ibaba, "Owner")).cookie, every);
  const stranger = await live.listen("", every);
  assert.equal(stranger.response.status, 303);
  await until(() => [owner, technician, neighbour].every((page) => page.count("beat") === 1));
  await live.announce(ilaya, ["money", "tonight"]);
  await live.announce(ilaya, ["network"]);
  await live.announce(ibaba, ["money"]);
  await until(() => owner.news.length === 2 && technician.news.length === 1 && neighbour.news.length === 1);
  assert.deepEqual(technician.news, ['{"topics":["network"]}']);
  assert.deepEqual(neighbour.news, ['{"topics":["money"]}']);
  for (const page of [owner, technician, neighbour]) page.abort.abort();
});

Deno.test("after the database dropped the listener every page is told to look again, and news come again", async () => {
  await using live = await LiveWorld.start();
  const tenantId = await live.world.addTenant("ilaya");
  const page = await live.listen((await live.app.signIn(tenantId, "Owner")).cookie, "money");
  await until(() => page.count("beat") === 1);
  await live.announce(tenantId, ["money"]);
  await until(() => page.news.length === 1);
  const before = page.count("resync");
  const admin = new pg.Client({ connectionString: live.world.database.superuserUrl });
  await admin.connect();
  const { rowCount } = await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'linya live' and datname = current_database()",
  );
  await admin.end();
  assert.equal(rowCount, 1, "one connection listens, however many pages");
  await until(() => page.count("resync") === before + 1, { timeoutMs: 15_000 });
  await live.announce(tenantId, ["money"]);
  await until(() => page.news.length === 2);
  page.abort.abort();
});

Deno.test("a page that comes back with its last position hears what it missed", async () => {
  await using live = await LiveWorld.start();
  const tenantId = await live.world.addTenant("ilaya");
  const { cookie } = await live.app.signIn(tenantId, "Owner");
  const first = await live.listen(cookie, "money");
  await until(() => first.count("beat") === 1);
  first.abort.abort();
  const heard = await live.listen(cookie, "network");
  await live.announce(tenantId, ["money"]);
  await live.announce(tenantId, ["network"]);
  await until(() => heard.news.length === 1);
  const back = await live.listen(cookie, "money", { "last-event-id": first.lastId });
  await until(() => back.news.length === 1);
  assert.equal(back.count("resync"), 0);
  for (const page of [back, heard]) page.abort.abort();
});

Deno.test("signing out ends the session's streams at once, and an idle session ends with the next heartbeat", async () => {
  await using live = await LiveWorld.start({ heartbeatMs: 200 });
  const tenantId = await live.world.addTenant("ilaya");
  const [ana, ben] = [await live.app.signIn(tenantId, "Owner"), await live.app.signIn(tenantId, "Owner")];
  const [hers, his] = [await live.listen(ana.cookie, "money"), await live.listen(ben.cookie, "money")];
  await until(() => hers.count("beat") > 0 && his.count("beat") > 0);
  assert.equal((await ana.post("/admin/sign-out", {})).status, 303);
  await until(() => hers.isOver);
  assert.equal(his.isOver, false);
  // A page that reads itself again is nobody at work.
  for (let minutes = 0; minutes < 30; minutes += 10) {
    live.world.clock.advance({ minutes: 10 });
    const headers = { cookie: ben.cookie, [LIVE_HEADER]: "1" };
    const response = await fetch(`${live.url}/admin/sites`, { headers, redirect: "manual" });
    await response.body?.cancel();
    assert.equal(response.status, minutes < 20 ? 200 : 303);
  }
  await until(() => his.isOver);
});

Deno.test("a server with open streams stops at once", async () => {
  const live = await LiveWorld.start();
  const tenantId = await live.world.addTenant("ilaya");
  const { cookie } = await live.app.signIn(tenantId, "Owner");
  const pages = await Promise.all(Array.from({ length: 5 }, () => live.listen(cookie, "money")));
  await until(() => pages.every((page) => page.count("beat") === 1));
  const began = performance.now();
  await live[Symbol.asyncDispose]();
  await until(() => pages.every((page) => page.isOver));
  const tookMs = performance.now() - began;
  assert.ok(tookMs < 3_000, `it took ${Math.round(tookMs)} ms`);
});

Deno.test("an agent that is too old is sent away, and Sites says so until a newer one connects", async () => {
  await using live = await LiveWorld.start();
  const place = await live.world.addPlace("ilaya");
  const owner = await live.app.signIn(place.tenantId, "Owner");
  const page = await live.listen(owner.cookie, "network");
  await until(() => page.count("beat") === 1);
  const old = await AgentDouble.open(live.world.port, place.agentId, place.keys);
  old.hello(place.keys.installId, { version: "0.0.9" });
  await until(() => old.closeCode !== null && page.news.length > 0);
  assert.match((await owner.get("/admin/sites")).text, /Main Sent away/);
  const { text } = await owner.get(`/admin/sites/${place.siteId}`);
  assert.match(
    text,
    /version is 0\.0\.9; 0\.1\.0 or later is needed\. Update it: then it connects by itself\. Nobody is cut/,
  );
  const agent = await live.world.connect(place);
  await until(async () => (await owner.get("/admin/sites")).text.includes("Main Online"));
  agent.socket.close();
  page.abort.abort();
});

Deno.test("a change made by hand is announced to its router's page and its subscriber's, and told again to nobody", async () => {
  await using live = await LiveWorld.start();
  const { world } = live;
  const place = await world.addPlace("ilaya");
  const { tenantId, routerId } = place;
  const { subscriberId } = await addConnection(world, place, "ana");
  const owner = await live.app.signIn(tenantId, "Owner");
  const pages = await Promise.all(
    [`router:${routerId}`, `subscriber:${subscriberId}`].map((topic) => live.listen(owner.cookie, topic)),
  );
  const agent = await world.connect(place);
  await agent.next("router.settings");
  const change = {
    id: crypto.randomUUID(),
    name: "ana",
    kind: "disabled",
    before: null,
    after: null,
    said: null,
    found_ms: world.clock.now().epochMilliseconds,
  } as const;
  const tell = async () => {
    agent.send({ t: "router.changes", router_id: routerId, changes: [change] });
    await agent.next("router.changes_kept");
  };
  await until(() => pages.every((page) => page.count("beat") === 1));
  const before = pages.map((page) => page.news.length);
  await tell();
  await until(() => pages.every((page, i) => page.news.length > before[i]!), { what: "both pages are told" });
  const told = pages[1]!.news.length;
  await tell();
  await live.announce(tenantId, [`subscriber:${subscriberId}`]);
  await until(() => pages[1]!.news.length > told);
  assert.equal(pages[1]!.news.length, told + 1);
  for (const page of pages) page.abort.abort();
  await agent.close();
  await until(() => live.hub.size === 0);
});
