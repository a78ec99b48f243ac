import assert from "node:assert/strict";
import { createIsp, type Isp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { playedMorning, showRouters } from "./tonight_isp.ts";

Deno.test("on the last day of grace the list says that grace ends today, before the hour of cuts and after it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  // Due on the 8th; the 13th is the last day of grace.
  await liveUntil(isp, "2026-02-13T08:00");
  const app = await createWebApp(isp.context);
  for (const [at, view] of [["2026-02-13T08:00", "soon"], ["2026-02-13T14:45", "cut"]] as const) {
    await liveUntil(isp, at);
    const owner = await app.signIn(isp.tenantId, "Owner");
    const { text } = await owner.get(`/admin/tonight?view=${view}`);
    assert.match(text, /due 8 Feb, grace ends today/i, at);
    assert.doesNotMatch(text, /grace ended/, at);
  }
  const evening = await app.signIn(isp.tenantId, "Owner");
  assert.match((await evening.get("/admin/tonight.csv")).text, /grace ends today/);
  await liveUntil(isp, "2026-02-14T08:00");
  const owner = await app.signIn(isp.tenantId, "Owner");
  assert.match((await owner.get("/admin/tonight")).text, /grace ended 13 Feb/);
});

/** What router 0 has made of its cuts: applied and read back. The other router stays away. */
async function readBack(isp: Isp): Promise<void> {
  const now = isp.clock.now();
  await isp.run(async (trx) => {
    const ofRouter = { tenant_id: isp.tenantId, router_id: isp.routerIds[0]! };
    const secrets = await trx.selectFrom("desired_secrets").select(["ppp_name", "is_disabled", "generation"])
      .where("tenant_id", "=", isp.tenantId).where("router_id", "=", ofRouter.router_id).execute();
    const newest = secrets.reduce((most, { generation }) => generation > most ? generation : most, 0n);
    await trx.updateTable("router_states").set({ stored_generation: newest, applied_generation: newest })
      .where("tenant_id", "=", isp.tenantId).where("router_id", "=", ofRouter.router_id).execute();
    await trx.insertInto("observed_secrets").values(secrets.map(({ ppp_name, is_disabled }) => ({
      ...ofRouter,
      ppp_name,
      is_present: true,
      is_disabled,
      profile: "50M",
      is_online: !is_disabled,
      address: null,
      caller_id: null,
      uptime_seconds: null,
      drift: null,
      observed_at: now,
    }))).execute();
  });
}

Deno.test("a router is away when the cut run comes: every page says how many are off and how many wait", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  await liveUntil(isp, "2026-02-14T09:05:00");
  await readBack(isp);
  await pay(isp, 0, 1499);
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const run = await isp.run((trx) =>
    trx.selectFrom("runs").select(["id", "changed"]).where("tenant_id", "=", isp.tenantId)
      .where("kind", "=", "cut").orderBy("business_on", "desc").executeTakeFirstOrThrow()
  );
  assert.equal(run.changed, 6);
  const said = /2 off, 3 waiting for the router, 1 restored since/;
  for (const path of ["/admin", "/admin/tonight", "/admin/runs", `/admin/runs/${run.id}`]) {
    const { text, html } = await owner.get(path);
    assert.match(text, said, path);
    assert.match(html, new RegExp(`/admin/runs/${run.id}`), path);
  }
  const file = await owner.get("/admin/runs.csv");
  assert.match(file.text, /"Off","Waiting for the router","Restored since"/);
  assert.match(file.text, /"6","6","2","3","1","0","0"/);
  // The rows of the run agree with its count.
  const rows = (await owner.get(`/admin/runs/${run.id}/rows.csv?outcome=cut`)).text;
  assert.equal(rows.match(/"Waiting","The router does not answer/g)?.length, 3, rows);
  assert.equal(rows.match(/"Done","Read back as disabled/g)?.length, 2, rows);
  assert.match(
    (await owner.get(`/admin/runs/${run.id}`)).text,
    /3 subscribers to cut are on a router that does not answer now: Router 2/,
  );
  // It follows the routers: what is said stands in regions that the network's news refresh.
  const { html } = await owner.get("/admin/tonight");
  const region = /<div id="tonight-top" class="live"[\s\S]*?<nav/.exec(html)?.[0] ?? "";
  assert.match(region, said);
  assert.match(region, /cut only between 09:00 and 12:00 on a day with cuts/);
});

Deno.test("rows whose router is Unknown: Tonight says that their cut waits, and its column never only Unknown", async () => {
  await using past = await playedMorning();
  const { isp } = past;
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const { text } = await owner.get("/admin/tonight");
  assert.match(text, /6 subscribers to cut are on a router that does not answer now/);
  assert.match(text, /nobody is off meanwhile.*only between 09:00 and 12:00 on a day with cuts/);
  assert.match(text, /All for the same reason: Due 8 Feb/);
  assert.equal(text.match(/Unknown the cut waits for Router [12]/g)?.length, 6);
  assert.match((await owner.get("/admin/tonight.csv")).text, /no: the cut waits for it/);
});

const QUESTION = JSON.stringify({ id: "0193a000-0000-4000-8000-000000000001", kind: "changed_at_once" });
const STOPPED = [
  {
    why: "a question about it is open",
    router: { question: QUESTION },
    banner: /3 subscribers to cut are on a router about which a question is open: Router 1/,
    row: /Waiting the cut waits until the question about Router 1 is answered/g,
    file: /yes: the cut waits for an answer about it/,
    readBack: /"Waiting","A question about the router is open/g,
  },
  {
    why: "it may be another router",
    router: { question: QUESTION, status: "wrong_router" as const },
    banner: /3 subscribers to cut are on a router about which a question is open: Router 1/,
    row: /Waiting the cut waits until the question about Router 1 is answered/g,
    file: /yes: the cut waits for an answer about it/,
    readBack: /"Waiting","A question about the router is open/g,
  },
  {
    why: "its uplink is down",
    router: { remarks: JSON.stringify([{ code: "router_uplink_down", message: "x" }]) },
    banner: /3 subscribers to cut are on a router whose way to the internet is down: Router 1/,
    row: /Waiting the cut waits: the way of Router 1 to the internet is down/g,
    file: /yes: the cut waits, its way to the internet is down/,
    readBack: /"Waiting","The router’s way to the internet is down/g,
  },
];

Deno.test.each(STOPPED)(
  "a router that answers makes no cuts as $why: Tonight and the run name it and say why",
  async (stopped) => {
    const { router, banner, row, file, readBack } = stopped;
    await using past = await playedMorning();
    const { isp } = past;
    await showRouters(isp, router);
    const app = await createWebApp(isp.context);
    const before = await (await app.signIn(isp.tenantId, "Owner")).get("/admin/tonight");
    assert.match(before.text, banner);
    assert.match(before.text, /Once it can be made, the row is read again/);
    assert.equal(before.text.match(row)?.length, 3, before.text);
    const owner = await app.signIn(isp.tenantId, "Owner");
    const list = (await owner.get("/admin/tonight.csv")).text;
    assert.match(list, file);
    assert.match(list, /"yes"/, "the other router makes its cuts");

    await liveUntil(isp, "2026-02-14T09:05:00");
    await showRouters(isp, router);
    const { id } = await isp.run((trx) =>
      trx.selectFrom("runs").select("id").where("tenant_id", "=", isp.tenantId).where("kind", "=", "cut")
        .orderBy("business_on", "desc").executeTakeFirstOrThrow()
    );
    const later = await app.signIn(isp.tenantId, "Owner");
    const page = await later.get(`/admin/runs/${id}`);
    assert.match(page.text, banner);
    assert.doesNotMatch(page.text, /Router 2[^.]*(?:question|internet)/);
    const rows = (await later.get(`/admin/runs/${id}/rows.csv?outcome=cut`)).text;
    assert.equal(rows.match(readBack)?.length, 3, rows);
  },
);

Deno.test("after the approval of a run that is over the page says what it did, with a link to it", async () => {
  await using past = await playedMorning({ brakePercent: 5 });
  const { isp } = past;
  await liveUntil(isp, "2026-02-14T09:05:00");
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const { id } = await isp.run((trx) =>
    trx.selectFrom("runs").select("id").where("tenant_id", "=", isp.tenantId).where("kind", "=", "cut")
      .where("status", "=", "awaiting_approval").executeTakeFirstOrThrow()
  );
  const answer = await owner.post(`/admin/tonight/approve?run=${id}`, { run: id });
  assert.match(answer.location, /done=approved/);
  const before = await owner.get(answer.location);
  assert.match(before.text, /Approved by .*The run goes on within a minute/);
  await liveUntil(isp, "2026-02-14T09:10:00");
  await readBack(isp);
  const after = await owner.get(answer.location);
  assert.doesNotMatch(after.text, /goes on/);
  assert.match(
    after.text,
    /The cut run of Sat, 14 Feb 2026 is over: 6 decided, 3 off, 3 waiting for the router/,
  );
  assert.match(after.html, new RegExp(`href="/admin/runs/${id}"[^>]*>[^<]*See what it did`));
  const again = await owner.get(`/admin/tonight/approve?run=${id}`);
  assert.match(again.text, /is over: 6 decided, 3 off/);
  assert.match(again.html, new RegExp(`/admin/runs/${id}`));
});
