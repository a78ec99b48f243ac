import assert from "node:assert/strict";
import { insertRun, updateRun } from "@/web/store/billing/runs.ts";
import { updateRouter } from "@/web/store/network/routers.ts";
import { LiveWorld } from "./live_world.ts";

const RUN = "00000000-0000-7000-8000-0000000000aa";

/** Topics of the page's stream, and its regions. */
function liveOf(html: string): { topics: string[]; regions: string[] } {
  const topics = /\/admin\/events\?topics=([^"\\&]*)/.exec(html)?.[1] ?? "";
  const regions = [...html.matchAll(/<div id="([\w-]+)" class="live" data-live/g)].map((match) =>
    match[1] ?? ""
  );
  return { topics: topics.split(",").filter((topic) => topic !== ""), regions };
}

Deno.test("pages of the network follow their own topics in regions with ids of their own; refused forms follow none", async () => {
  await using live = await LiveWorld.start({ withIslands: true });
  const place = await live.world.addPlace("ilaya");
  const owner = await live.app.signIn(place.tenantId, "Owner");
  const pages: [string, string[], string[]][] = [
    ["/admin/sites", ["network"], ["live-agents", "list-sites"]],
    [`/admin/sites/${place.siteId}`, ["network"], [
      "live-agents",
      "site-agent",
      "site",
      "site-routers",
      "site-link",
    ]],
    [`/admin/routers/${place.routerId}`, [`router:${place.routerId}`, "network"], [
      "live-agents",
      "router-state",
      "router-actions",
      "router",
    ]],
    ["/admin/import", ["network"], ["live-agents", "list-imports"]],
    ["/admin/runs", ["tonight", "network"], ["live-agents", "list-runs"]],
  ];
  for (const [path, topics, regions] of pages) {
    assert.deepEqual(liveOf((await owner.get(path)).html), { topics, regions }, path);
  }
  const refused = await owner.post("/admin/sites", { name: "" });
  assert.equal(refused.status, 422);
  assert.deepEqual(liveOf(refused.html).topics, []);
  const cashier = await live.app.signIn(place.tenantId, "Cashier");
  assert.deepEqual(liveOf((await cashier.get("/admin/runs")).html).topics, ["tonight"]);
});

Deno.test("a run under way shows how far it is, and without scripts its page loads itself again", async () => {
  await using live = await LiveWorld.start({ withIslands: true });
  const place = await live.world.addPlace("ilaya");
  const owner = await live.app.signIn(place.tenantId, "Owner");
  const at = live.world.clock.now();
  await live.world.inTenant(place.tenantId, async (trx) => {
    await insertRun(trx, {
      id: RUN,
      kind: "cut",
      business_on: Temporal.PlainDate.from("2026-11-23"),
      trigger: "manual",
      status: "running",
      requested_by: "Maria Santos",
      created_at: at,
      started_at: at,
    });
    await updateRun(trx, RUN, { total: 1_200, changed: 480, skipped: 20 });
  });
  const running = await owner.get(`/admin/runs/${RUN}`);
  assert.match(
    running.text,
    /Going through the list 500 of 1,200 You can leave this page; the run goes on\./,
  );
  assert.match(running.html, /<noscript><meta http-equiv="refresh" content="5"/);
  await live.world.inTenant(
    place.tenantId,
    (trx) => updateRun(trx, RUN, { status: "done", finished_at: at }),
  );
  const done = await owner.get(`/admin/runs/${RUN}`);
  assert.doesNotMatch(done.html, /Going through the list|http-equiv="refresh"/);
});

Deno.test("a router that does not answer is Unknown and grey, with the saved data marked", async () => {
  await using live = await LiveWorld.start({ withIslands: true });
  const place = await live.world.addPlace("ilaya");
  const owner = await live.app.signIn(place.tenantId, "Owner");
  const agent = await live.world.connect(place);
  await live.world.inTenant(
    place.tenantId,
    (trx) =>
      updateRouter(trx, place.routerId, { status: "unreachable", status_at: live.world.clock.now() }, {
        raisesSettings: false,
      }),
  );
  const { html, text } = await owner.get(`/admin/routers/${place.routerId}`);
  assert.match(html, /<span class="pill">Unknown<\/span>/);
  assert.match(text, /Unreachable Nothing answers at this address/);
  assert.doesNotMatch(html, /class="(pill|banner) bad"/);
  agent.socket.close();
});
