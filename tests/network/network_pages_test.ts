import assert from "node:assert/strict";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { HubWorld, MARIA } from "@/tests/network/hub_world.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { ROLE_TEMPLATES } from "@/web/domain/access/mod.ts";
import { createSite } from "@/web/services/network/create_site.ts";
import { writeDesiredSecrets } from "@/web/store/network/desired_secrets.ts";
import { upsertObservedSecrets } from "@/web/store/network/observed.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { findRouter, updateRouter } from "@/web/store/network/routers.ts";
import { answer, NETWORK_PAGES, NOBODY, reviewOf, setStatus, withScene } from "./pages_scene.ts";

Deno.test("a site is added, enrols with one command that is shown once, and is renamed", async () => {
  await withScene(async ({ world, place, app, owner }) => {
    const added = await owner.post("/admin/sites", { name: "Bukid" });
    assert.equal(added.status, 303);
    const path = added.location.split("?")[0]!;
    assert.match((await owner.get(path)).text, /No agent.*Connect the agent.*Make the command/);

    const made = await owner.post(`${path}/code`, {});
    assert.equal(made.status, 303);
    const cookie = made.headers.get("set-cookie") ?? "";
    assert.match(
      cookie,
      new RegExp(
        `^linya_code=[0-9A-Z]{4}-[0-9A-Z]{16}; Path=${path}; Max-Age=3600; HttpOnly; SameSite=Strict$`,
      ),
    );
    const code = /linya_code=([^;]+)/.exec(cookie)![1]!;
    const waiting = await app.handler(
      new Request(`http://linya.test${path}`, { headers: { cookie: `${owner.cookie}; linya_code=${code}` } }),
    );
    const html = await waiting.text();
    assert.ok(html.includes(`deno task agent --server http://linya.test --code ${code}`));
    assert.ok(html.includes(`npx -y deno@2.9.6 task agent --server http://linya.test --code ${code}`));
    assert.match(html, /http-equiv="refresh" content="2"/);
    assert.ok(!(await owner.get(path)).html.includes(code), "another browser does not see it");

    assert.equal((await owner.post(`${path}/rename`, { name: "Bundok" })).status, 303);
    const refused = await owner.post(`${path}/rename`, { name: "Main" });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /There is a site named “Main” already/);
    // Somebody else's name from before: told, and what was typed stays.
    const late = await owner.post(`${path}/rename`, { name: "Ilog", was: "an older name" });
    assert.equal(late.status, 422);
    assert.match(late.text, /Somebody else saved this while you had it open/);
    assert.match(late.html, /value="Ilog"/);
    const twice = await owner.post("/admin/sites", { name: "Main" });
    assert.equal(twice.status, 422);
    assert.match(twice.html, /value="Main"/);
    assert.equal((await owner.post("/admin/sites", { name: " " })).status, 422);
    const has = await owner.post(`/admin/sites/${place.siteId}/code`, {});
    assert.equal(has.status, 422);
    assert.match(has.text, /has an agent/);
    assert.match((await owner.get("/admin/sites")).text, /Bundok.*No agent.*Main.*Online/);
    world.clock.advance({ minutes: 5 });
    assert.match((await owner.get("/admin/sites")).text, /Main Offline last seen 09:00/);
  });
});

Deno.test("an empty installation explains the three steps", async () => {
  await using world = await HubWorld.start();
  const tenantId = await world.addTenant("new");
  const app = await createWebApp(world.context, { only: NETWORK_PAGES });
  const owner = await app.signIn(tenantId, "Owner");
  assert.match(
    (await owner.get("/admin/sites")).text,
    /1\. Add a site\. 2\. Copy one command.*3\. Add the router/,
  );
  assert.match((await owner.get("/admin/import")).text, /There is no router to read/);
});

Deno.test("a router is added and tested in place; the password is never shown", async () => {
  await withScene(async ({ world, place, owner }) => {
    const path = `/admin/sites/${place.siteId}/routers`;
    const form = {
      name: "Core-2",
      host: "10.0.0.9",
      port: "8728",
      username: "linya",
      password: "s3cret-word",
    };
    const cases: [Partial<typeof form>, RegExp][] = [
      [{ name: "Core" }, /has a router named/],
      [{ host: "300.1.1.1" }, /is not an IP address or host name/],
      [{ host: "10.0.0.1" }, /Core is at this address already/],
      [{ port: "99999" }, /from 1 to 65535/],
      [{ port: "api" }, /The port is a number/],
      [{ password: "" }, /Type the password/],
    ];
    for (const [change, message] of cases) {
      const refused = await owner.post(path, { ...form, ...change });
      assert.equal(refused.status, 422, String(message));
      assert.match(refused.text, message);
      assert.ok(!refused.html.includes("s3cret-word"));
      assert.match(refused.html, /value="linya"/);
    }
    const added = await owner.post(path, form);
    assert.equal(added.status, 303);
    const waiting = await owner.get(added.location);
    assert.match(waiting.text, /Testing Core-2/);
    assert.match(waiting.html, /http-equiv="refresh"/);
    const routerId = /routers\/([^?]+)/.exec(added.location)![1]!;
    const own = { ...place, routerId };
    await setStatus(world, own, "wrong_password");
    await answer(world, own, { status: "failed", message: "Cannot log in" });
    const wrong = await owner.get(added.location);
    assert.match(wrong.text, /Wrong password.*Type them again/);
    assert.doesNotMatch(wrong.html, /http-equiv="refresh"/);

    const fixed = await owner.post(`/admin/routers/${routerId}/edit`, { ...form, password: "another" });
    assert.equal(fixed.status, 303);
    await setStatus(world, own, "online");
    const identity = {
      identity: "Core-2",
      version: "7.18",
      board_name: null,
      serial_number: "S1",
      software_id: null,
      uptime_seconds: 1,
    };
    await answer(world, own, { status: "done", result: { identity, secret_count: 300, ppp_readable: true } });
    assert.match(
      (await owner.get(fixed.location)).text,
      /Online: Core-2, RouterOS 7\.18 300 PPP secrets can be read/,
    );
  });
});

Deno.test("each state of a router says what to do", async () => {
  await withScene(async ({ world, place, owner }) => {
    const path = `/admin/routers/${place.routerId}`;
    const cases = [
      [
        "wrong_router",
        formatCoded(coded("router_other", { found: "X", aside: "10.0.0.1:8728" })),
        /Another router answers at this address/,
      ],
      ["unreachable", null, /Unreachable.*Check address, port and cable/],
      ["unsupported", null, /RouterOS 6\.45 and later/],
      ["wrong_password", null, /Type them again/],
      [
        "online",
        formatCoded(coded("router_writes_refused", { aside: "not enough permissions (9)" })),
        /answers, but not everything works.*may not write to it.*not enough permissions \(9\)/,
      ],
    ] as const;
    for (const [status, message, expected] of cases) {
      await setStatus(world, place, status, message);
      assert.match((await owner.get(path)).text, expected);
    }
    world.clock.advance({ minutes: 10 });
    const away = await owner.get(path);
    assert.match(away.text, /Unknown.*agent is away, last seen 09:00.*Nobody is cut/);
    const tested = await owner.post(`${path}/test`, {});
    assert.match((await owner.get(tested.location)).text, /Waiting for the agent/);
    world.clock.advance({ minutes: 5 });
    assert.match((await owner.get(tested.location)).text, /The test was not answered/);
  });
});

Deno.test("drift is counted, filtered and told in words", async () => {
  await withScene(async ({ world, place, owner }) => {
    const row = {
      present: true,
      disabled: false,
      profile: "10M",
      online: true,
      address: null,
      caller_id: null,
      uptime_seconds: 5,
    };
    await world.inTenant(place.tenantId, async (trx) => {
      await writeDesiredSecrets(trx, {
        known: [],
        fresh: ["juan", "maria", "fine"].map((ppp_name) => ({
          router_id: place.routerId,
          ppp_name,
          ppp_service: "pppoe" as const,
          subscription_id: NOBODY,
          profile: "10M",
          is_disabled: false,
          generation: 1n,
          authorisation_id: null,
          removed_at: null,
        })),
      });
      const left = await upsertObservedSecrets(trx, place.routerId, {
        at: world.clock.now(),
        secrets: [
          { ...row, name: "juan", drift: "enabled_by_hand" },
          { ...row, name: "maria", drift: "missing", present: false, disabled: null, profile: null },
          { ...row, name: "fine", drift: null },
          { ...row, name: "a stranger", drift: "missing" },
        ],
      });
      assert.equal(left, 1);
    });
    const all = await owner.get(`/admin/routers/${place.routerId}`);
    assert.match(all.text, /All that differ 2.*juan.*Enabled by hand.*maria.*Missing on router.*Not there/);
    const one = await owner.get(`/admin/routers/${place.routerId}?drift=missing`);
    assert.doesNotMatch(one.text, /juan/);
  });
});

Deno.test("revoking says its effect, replacing makes the next code, and routers then ask for the password", async () => {
  await withScene(async ({ place, owner }) => {
    const path = `/admin/agents/${place.agentId}/revoke`;
    assert.match(
      (await owner.get(`${path}?then=enrol`)).text,
      /1 router of this site stay.*nobody is cut.*Type them again/,
    );
    for (const confirm of ["", "Mai"]) {
      const refused = await owner.post(path, { then: "enrol", confirm });
      assert.equal(refused.status, 422);
      assert.match(refused.html, /id="f-confirm-error"/);
    }
    const replaced = await owner.post(path, { then: "enrol", confirm: " main " });
    assert.equal(replaced.status, 303);
    assert.match(replaced.headers.get("set-cookie") ?? "", /linya_code=/);
    assert.match((await owner.get(replaced.location)).text, /No agent/);
    const test = await owner.post(`/admin/routers/${place.routerId}/test`, {});
    assert.equal(test.status, 422);
    assert.match(test.text, /has no agent/);
    const start = await owner.post("/admin/import", { routerId: place.routerId });
    assert.equal(start.status, 422);
    const edit = { name: "Core", host: "10.0.0.1", port: "8728", username: "linya", password: "" };
    assert.equal((await owner.post(`/admin/routers/${place.routerId}/edit`, edit)).status, 422);
  });
});

Deno.test("sites and imports are narrowed, sorted, kept as a view and exported as they are listed", async () => {
  await withScene(async (scene) => {
    const { world, place, owner, app } = scene;
    assertOk(await createSite(world.context, place.tenantId, MARIA, { name: "Bundok" }));
    const linksOf = (html: string) =>
      [...html.matchAll(/class="row-link"[^>]*>([^<]+)</g)].map((match) => match[1]);
    const rowsOf = (csv: string) => csv.trim().split("\r\n").slice(1).map((line) => line.split(",")[0]);
    const cases: [string, string[]][] = [
      ["", ["Bundok", "Main"]],
      ["?sort=-name", ["Main", "Bundok"]],
      ["?sort=-routers", ["Main", "Bundok"]],
      ["?state=away", ["Bundok"]],
      ["?q=core", ["Main"]],
      ["?state=drift", []],
    ];
    for (const [query, names] of cases) {
      assert.deepEqual(linksOf((await owner.get(`/admin/sites${query}`)).html), names, query);
      const csv = (await owner.get(`/admin/sites.csv${query}`)).html;
      assert.deepEqual(rowsOf(csv), names.map((name) => `"${name}"`), query);
    }
    assert.match((await owner.get("/admin/sites?q=zz")).html, /href="\/admin\/sites"/);
    assert.equal((await owner.post("/admin/sites?state=away", { name: " " })).status, 422);
    const view = await owner.post("/admin/lists/sites/views", { name: "Gone", query: "state=away" });
    assert.equal(view.location, "/admin/sites?state=away");
    assert.match((await owner.get("/admin/sites")).html, /href="\/admin\/sites\?state=away"[^>]*>Gone/);
    await owner.post("/admin/lists/sites/look", {
      columns: ["agent"],
      density: "default",
      back: "/admin/sites",
    });
    assert.doesNotMatch((await owner.get("/admin/sites")).html, /<th[^>]*>(<a[^>]*>)?Drift/);

    await reviewOf(scene, 2);
    assert.match((await owner.get("/admin/import?status=review")).text, /Core Main To review 2 0 0/);
    assert.deepEqual(linksOf((await owner.get("/admin/import?status=done")).html), []);
    assert.match((await owner.get("/admin/import?status=done")).html, /href="\/admin\/import"/);
    const routed = await owner.get(`/admin/import?router=${place.routerId}&sort=-read`);
    assert.match(routed.text, /Router: Core/);
    assert.deepEqual(linksOf(routed.html), ["Core"]);
    assert.deepEqual(rowsOf((await owner.get("/admin/import.csv?status=review")).html), ['"Core"']);
    assert.deepEqual(rowsOf((await owner.get(`/admin/import.csv?router=${NOBODY}`)).html), []);

    const other = await world.addPlace("ibaba");
    const stranger = await app.signIn(other.tenantId, "Owner");
    assert.deepEqual(linksOf((await stranger.get("/admin/import")).html), []);
    const cashier = await app.signIn(place.tenantId, "Cashier");
    for (const path of ["/admin/sites.csv", "/admin/import.csv"]) {
      const page = await cashier.get(path.replace(".csv", ""));
      assert.equal((await cashier.get(path)).status, page.status, "a file asks for what its list asks for");
    }
  });
});

Deno.test("a router that two people change keeps both changes, and the box it is bound to", async () => {
  await withScene(async ({ world, place, owner }) => {
    const path = `/admin/routers/${place.routerId}/edit`;
    const read = () => withTenant(world.context.db, place.tenantId, (trx) => findRouter(trx, place.routerId));
    await withTenant(
      world.context.db,
      place.tenantId,
      (trx) => updateRouter(trx, place.routerId, { serial_number: "HEX-1" }, { raisesSettings: false }),
    );
    const before = (await read())!;
    const opened = /name="opened" value="([^"]+)"/.exec((await owner.get(path)).html)?.[1] ?? "";
    const fields = {
      name: before.name,
      host: before.host,
      port: String(before.port),
      username: before.username,
    };
    const first = await owner.post(path, { ...fields, name: "Tore", opened });
    assert.equal(first.status, 303);
    assert.equal((await owner.post(path, { ...fields, username: "linya2", opened })).status, 303);
    const after = (await read())!;
    assert.equal(after.name, "Tore", "the other one's change stays");
    assert.equal(after.username, "linya2");
    assert.equal(after.serial_number, "HEX-1", "nobody has said that the box was replaced");
  });
});

const NETWORK = /^\/admin\/(sites|agents|routers|import)\b/;

Deno.test("nobody reaches a page without its permission, and another tenant's things do not exist", async () => {
  await withScene(async (scene) => {
    const { world, place, app } = scene;
    const batchId = await reviewOf(scene, 2);
    const other = await app.signIn(await world.addTenant("other"), "Owner");
    const cashier = await app.signIn(place.tenantId, "Cashier");
    const reader = await app.signIn(place.tenantId, "Read-only");
    const readable = new Set(ROLE_TEMPLATES.find(({ name }) => name === "Read-only")!.permissions);
    const idOf: Record<string, string> = {
      sites: place.siteId,
      agents: place.agentId,
      routers: place.routerId,
      import: batchId,
    };
    for (const entry of (await loadRouteTable()).filter(({ pattern }) => NETWORK.test(pattern))) {
      const kind = entry.pattern.split("/")[2]!;
      const path = entry.pattern.replace(":id", idOf[kind]!);
      const send = (user: PageUser, to: string) => entry.method === "GET" ? user.get(to) : user.post(to, {});
      assert.equal((await send(cashier, path)).status, 404, `${entry.method} ${path} for a cashier`);
      const isReadable = readable.has(entry.permission as never);
      const { status } = await send(reader, path);
      assert.equal(status === 404, !isReadable, `${entry.method} ${path} for a reader gave ${status}`);
      if (!entry.pattern.includes(":id") || entry.summary.startsWith("Leads to")) continue;
      const foreign = await send(other, path);
      assert.equal(foreign.status, 404, `${entry.method} ${path} of another tenant gave ${foreign.status}`);
      const nobody = await send(other, entry.pattern.replace(":id", NOBODY));
      assert.equal(nobody.text.replace(/Other/g, ""), foreign.text.replace(/Other/g, ""));
    }
    assert.equal((await other.get("/admin/routers/not-a-uuid")).status, 404);
  });
});

Deno.test("a page of somebody who may only read has no form that changes anything", async () => {
  await withScene(async (scene) => {
    const { world, place, app } = scene;
    assertOk(await createSite(world.context, place.tenantId, MARIA, { name: "Empty" }));
    const batchId = await reviewOf(scene, 2);
    const reader = await app.signIn(place.tenantId, "Read-only");
    for (
      const path of [
        "/admin/sites",
        `/admin/sites/${place.siteId}`,
        `/admin/routers/${place.routerId}`,
        "/admin/import",
        `/admin/import/${batchId}/rows`,
      ]
    ) {
      const { html } = await reader.get(path);
      const posts = [...html.matchAll(/method="post" action="([^"]+)"/g)].map((match) => match[1]);
      // What is the reader's own: leaving, the language, how a list looks.
      const own = /^\/admin\/(sign-out|preferences|lists\/[a-z_]+\/look)$/;
      assert.deepEqual(posts.filter((action) => !own.test(action ?? "")), [], path);
    }
  });
});
