import assert from "node:assert/strict";
import { textOfBytes } from "@/shared/text/mod.ts";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { HubWorld, MARIA, type Place } from "@/tests/network/hub_world.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createWebApp, type PageUser, type WebApp } from "@/tests/support/web_app.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { ROLE_TEMPLATES } from "@/web/domain/access/mod.ts";
import { keepCommandPart, keepCommandResult } from "@/web/services/network/commands/keep_answer.ts";
import { createSite } from "@/web/services/network/create_site.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { runImport } from "@/web/services/imports/run_import.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { upsertPresence } from "@/web/store/network/agents.ts";
import { listRouterCommands } from "@/web/store/network/commands.ts";
import { findImportBatch } from "@/web/store/imports/import_batches.ts";
import { listImportRows } from "@/web/store/imports/import_rows.ts";
import { writeDesiredSecrets } from "@/web/store/network/desired_secrets.ts";
import { upsertObservedSecrets } from "@/web/store/network/observed.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { findRouter, updateRouter } from "@/web/store/network/routers.ts";

const PAGES = [
  "/admin/sites",
  "/admin/agents",
  "/admin/routers",
  "/admin/import",
  "/admin/subscribers",
  "/admin/lists",
];
const NOBODY = "00000000-0000-7000-8000-000000000000";

interface Scene {
  world: HubWorld;
  place: Place;
  app: WebApp;
  owner: PageUser;
}

/** A tenant with a site, an agent that is online and a router that was never tested. */
async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using world = await HubWorld.start();
  const place = await world.addPlace("ilaya");
  await connect(world, place);
  const app = await createWebApp(world.context, { only: PAGES });
  await work({ world, place, app, owner: await app.signIn(place.tenantId, "Owner") });
}

/** The agent's presence, as a node writes it. */
async function connect(world: HubWorld, { tenantId, agentId }: Place): Promise<void> {
  await world.inTenant(
    tenantId,
    (trx) =>
      upsertPresence(trx, {
        agent_id: agentId,
        node_id: "n1",
        epoch: 1n,
        hello: { version: "0.1.0", clockMs: null, lastEnd: null, trouble: null },
        now: world.clock.now(),
      }),
  );
}

/** The agent's answer to the open command of the router: a reading when it has parts, else a test. */
async function answer(
  world: HubWorld,
  { tenantId, agentId, siteId, routerId }: Place,
  reply: { status: "done" | "failed"; result?: unknown; message?: string; parts?: unknown[] },
): Promise<void> {
  const kind = reply.parts === undefined ? "router.test" : "router.read_secrets";
  const open = ["queued", "sent"];
  const command = (await world.inTenant(tenantId, (trx) => listRouterCommands(trx, routerId, 10)))
    .find((one) => one.kind === kind && open.includes(one.status));
  assert.ok(command, `no ${kind} is open`);
  const { id } = command;
  const agent = { tenantId, agentId, siteId };
  for (const [i, content] of (reply.parts ?? []).entries()) {
    await keepCommandPart(world.context, agent, {
      t: "command.part",
      seq: 1,
      ack: 0,
      id,
      part: i + 1,
      content,
    });
  }
  const { status, result, message } = reply;
  await keepCommandResult(world.context, agent, {
    id,
    status,
    result,
    ...(message === undefined ? {} : { error_message: message }),
  });
}

async function setStatus(
  world: HubWorld,
  place: Place,
  status: "online" | "wrong_password" | "wrong_router" | "unreachable" | "unsupported",
  message: string | null = null,
) {
  await world.inTenant(
    place.tenantId,
    (trx) =>
      updateRouter(trx, place.routerId, { status, status_message: message, status_at: world.clock.now() }, {
        raisesSettings: false,
      }),
  );
}

/** Secrets as the agent reads them; every fifth has no comment, every tenth is disabled. */
function secrets(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    name: `user${String(i).padStart(4, "0")}`,
    profile: i % 2 === 0 ? "10M" : "50M",
    disabled: i % 10 === 3,
    service: "pppoe",
    comment: i % 5 === 0 ? null : `Juan <b>${i}</b> / 0917 123 ${String(i).padStart(4, "0")}`,
    caller_id: null,
    remote_address: null,
  }));
}

/** An import that waits for its review. */
async function reviewOf(
  { world, place }: Scene,
  count: number,
  others: readonly ReturnType<typeof secrets>[number][] = [],
): Promise<string> {
  const { tenantId, routerId } = place;
  const { batchId } = assertOk(await startImport(world.context, tenantId, MARIA, { routerId }));
  const list = [...secrets(count), ...others];
  await answer(world, place, {
    status: "done",
    result: { secret_count: list.length, profile_count: 2, parts: 1 },
    parts: [{
      secrets: list,
      profiles: [{ name: "10M", rate_limit: "10M/10M" }, { name: "50M", rate_limit: null }],
    }],
  });
  const batch = await world.inTenant(tenantId, (trx) => findImportBatch(trx, batchId));
  assert.equal(batch?.status, "review");
  return batchId;
}

const REVIEW = {
  firstBillOn: "2026-12-01",
  disabledPolicy: "disconnected",
  "profile.0": "10M",
  "choice.0": "new",
  "plan.0": "Fiber 10",
  "price.0": "999",
  "profile.1": "50M",
  "choice.1": "new",
  "plan.1": "Fiber 50",
  "price.1": "1,499.50",
};

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
  const app = await createWebApp(world.context, { only: PAGES });
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

Deno.test("an import goes from reading to its report, and is undone", async () => {
  await withScene(async (scene) => {
    const { world, place, owner } = scene;
    const { tenantId } = place;
    const started = await owner.post("/admin/import", { routerId: place.routerId });
    assert.equal(started.status, 303);
    assert.match((await owner.get(started.location)).text, /Reading the secrets of Core/);
    const batchId = await reviewOf(scene, 20);
    const path = `/admin/import/${batchId}`;
    const review = await owner.get(path);
    assert.match(review.text, /20 secrets in 2 profiles.*First bill.*covers 23–30 Nov 2026/);
    assert.doesNotMatch(review.html, /Juan <b>/);

    const bad = await owner.post(path, {
      ...REVIEW,
      firstBillOn: "2027-02-31",
      "price.0": "999,999,999,999",
      "plan.1": "",
    });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /There is no day 31: Feb 2027 has 28 days/);
    assert.match(bad.text, /Enter an amount of at most ₱99,999,999,999\.99/);
    assert.match(bad.text, /Type a name for the plan/);
    assert.match(bad.html, /value="999,999,999,999"/);
    assert.match(
      (await owner.post(path, { ...REVIEW, firstBillOn: "2028-01-01" })).text,
      /at most 92 days ahead/,
    );
    const twice = await owner.post(path, { ...REVIEW, "plan.1": "Fiber 10" });
    assert.match(twice.html, /id="f-plan-1-error"/);

    assert.equal((await owner.post(path, { ...REVIEW, "choice.1": "" })).status, 303);
    assert.match((await owner.get(path)).text, /Decide these first.*Choose a plan for profile 50M/);
    assert.equal((await owner.get(`${path}/confirm`)).location, path);
    assert.equal((await owner.post(`${path}/confirm`, {})).status, 422);

    assert.equal((await owner.post(path, REVIEW)).status, 303);
    const checked = await owner.get(path);
    assert.match(checked.text, /New subscribers 20, 2 as disconnected/);
    assert.match(checked.text, /Billed a month, before and after.*Fiber 10 \(new\) 0 → \d+ ₱0\.00 → ₱/);
    assert.match(checked.text, /All plans 0 → 18 ₱0\.00 → ₱/);
    assert.match((await owner.get(`${path}/confirm`)).text, /Nothing is changed on the router/);
    assert.equal((await owner.post(`${path}/confirm`, {})).status, 303);
    assert.match((await owner.get(path)).text, /Secrets done 0 of 20.*You can leave this page/);
    await runImport(world.context, tenantId, batchId);
    assert.match((await owner.get(path)).text, /20 subscribers created.*Nothing was changed on the router/);
    assert.match((await owner.get("/admin/import")).text, /Core Main Done 20 20 0/);

    assert.match((await owner.get(`${path}/undo`)).text, /Remove the 20 subscribers/);
    assert.equal((await owner.post(`${path}/undo`, {})).status, 303);
    const undone = await owner.get(path);
    assert.equal([...undone.text.matchAll(/undone/gi)].length, 1, undone.text);
    assert.match(undone.text, /Undone 20 subscribers removed/);
    assert.doesNotMatch(undone.text, /Created|, done/);
  });
});

Deno.test("names, phones and decisions are kept page by page, and skipped secrets come as CSV", async () => {
  await withScene(async (scene) => {
    const { world, place, owner } = scene;
    const batchId = await reviewOf(scene, 3);
    const path = `/admin/import/${batchId}`;
    const ppp = ["user0000", "user0001", "user0002"];
    const sent = {
      ppp,
      name: ["Ana", "Ben", "Cy"],
      phone: ["", "0917 000 1111", "call me"],
      take: ["user0000", "user0002"],
    };
    const refused = await owner.post(`${path}/rows`, sent);
    assert.equal(refused.status, 422);
    assert.match(refused.html, /id="f-phone-2-error"/);
    assert.match(refused.html, /value="call me"/);
    assert.equal((await owner.post(`${path}/rows`, { ...sent, name: ["Ana"] })).status, 422);
    assert.equal(
      (await owner.post(`${path}/rows`, { ...sent, phone: ["", "0917 000 1111", ""] })).status,
      303,
    );
    const rows = await world.inTenant(place.tenantId, (trx) => listImportRows(trx, batchId, { limit: 10 }));
    assert.deepEqual(rows.map((row) => [row.name, row.phone, row.decision]), [
      ["Ana", null, "import"],
      ["Ben", "0917 000 1111", "skip"],
      ["Cy", null, "import"],
    ]);
    await owner.post(path, REVIEW);
    const csv = await owner.get(`${path}/skipped.csv`);
    assert.match(csv.html, /"user0001","50M","Ben","0917 000 1111"/);
    assert.match((await owner.get(`${path}/rows?show=skipped`)).html, /user0001/);
  });
});

Deno.test("names in a code page are read and searched as people write them, and sent back as they are", async () => {
  await withScene(async (scene) => {
    const { world, place, owner } = scene;
    const [base] = secrets(1);
    const inCodePage = textOfBytes(Uint8Array.fromHex("6e69f16f"));
    const batchId = await reviewOf(scene, 1, [
      { ...base!, name: "niño" },
      { ...base!, name: inCodePage, profile: textOfBytes(Uint8Array.fromHex("d16d")) },
      { ...base!, name: "odd", profile: "10M\nfast" },
      { ...base!, name: "tunnel", service: "l2tp" },
    ]);
    const path = `/admin/import/${batchId}`;
    assert.match((await owner.get(path)).text, /Ñm/);
    const rows = await owner.get(`${path}/rows?q=nino`);
    assert.match(rows.text, /niño code page.*Reads like another PPP user/);
    assert.match(rows.html, /aria-label="Name of niño"/);
    assert.ok(rows.html.includes(`name="ppp" value="${inCodePage}"`), "the exact name is sent");
    assert.ok(!rows.text.includes(inCodePage));
    assert.match((await owner.get(`${path}/rows?q=odd`)).text, /profile holds a line break/);
    assert.match((await owner.get(`${path}/rows?q=tunnel`)).text, /agent of this site is too old/);
    const sent = { ppp: [inCodePage, "l2tp//tunnel"], name: ["Niño Cruz", "Office"], phone: ["", ""] };
    const saved = await owner.post(`${path}/rows`, { ...sent, take: sent.ppp });
    assert.equal(saved.status, 303);
    const csv = (await owner.get(`${path}/rows.csv`)).html;
    assert.match(csv, /"niño \(code page\)","Ñm",.*"Niño Cruz"/);
    const other = { "profile.1": textOfBytes(Uint8Array.fromHex("d16d")), "plan.1": "Fiber Ñ" };
    assert.equal((await owner.post(path, { ...REVIEW, ...other })).status, 303);
    assert.match((await owner.get(path)).text, /The agent is too old for other services 1 of them is for/);
    assert.match((await owner.get(`${path}/confirm`)).text, /update the agent first/);
    assert.equal((await owner.post(`${path}/confirm`, {})).status, 303);
    await runImport(world.context, place.tenantId, batchId);
    const found = await owner.get("/admin/subscribers?q=nino");
    assert.match(found.text, /Niño Cruz/);
    assert.ok(!found.text.includes(inCodePage));
  });
});

Deno.test("an import whose subscribers were billed is not undone, and the page says why", async () => {
  await withScene(async (scene) => {
    const { world, place, app } = scene;
    const batchId = await reviewOf(scene, 4);
    const clerk = await app.signIn(place.tenantId, "Owner");
    const path = `/admin/import/${batchId}`;
    await clerk.post(path, REVIEW);
    await clerk.post(`${path}/confirm`, {});
    await runImport(world.context, place.tenantId, batchId);
    world.clock.advance({ hours: 24 * 9 });
    const businessOn = Temporal.PlainDate.from("2026-12-01");
    assertOk(await issueBills(world.context, place.tenantId, MARIA, { businessOn, trigger: "scheduled" }));
    // The clock's nine days ended the session.
    const owner = await app.signIn(place.tenantId, "Owner");
    assert.match((await owner.get(`${path}/undo`)).text, /cannot be undone any more.*have a bill/);
    assert.equal((await owner.post(`${path}/undo`, {})).status, 422);
    assert.match(
      (await owner.get(`/admin/routers/${place.routerId}/archive`)).text,
      /serves 4 subscriptions/,
    );
  });
});

Deno.test("the review of 1,000 secrets stays fast and far below the body limit", async () => {
  await withScene(async (scene) => {
    const { owner } = scene;
    const path = `/admin/import/${await reviewOf(scene, 1000)}`;
    await owner.post(path, REVIEW);
    for (const address of [path, `${path}/rows`, `${path}/rows?show=issues`]) {
      await owner.get(address);
      const before = performance.now();
      const { status, html } = await owner.get(address);
      const took = performance.now() - before;
      assert.equal(status, 200);
      assert.ok(took < 300, `${address} took ${took.toFixed(0)} ms`);
      assert.ok(html.length < 400_000, `${address} has ${html.length} bytes`);
    }
    const next = /href="([^"]*rows\?[^"]*after=[^"]+)"/.exec((await owner.get(`${path}/rows`)).html)![1]!;
    assert.match((await owner.get(next.replaceAll("&amp;", "&"))).html, /user0050[\s\S]*user0099/);
  });
});

Deno.test("the secrets of an import are a list like every other, and their form keeps its place in it", async () => {
  await withScene(async (scene) => {
    const { world, place, owner } = scene;
    const batchId = await reviewOf(scene, 120);
    const path = `/admin/import/${batchId}/rows`;
    const pppOf = (html: string) =>
      [...html.matchAll(/name="ppp" value="([^"]+)"/g)].map((match) => match[1]!);
    const first = await owner.get(`${path}?sort=-user`);
    assert.equal(pppOf(first.html).length, 50);
    assert.equal(pppOf(first.html)[0], "user0119");
    assert.match(first.text, /50 of 120/);
    for (const form of first.html.split("<form").slice(1)) {
      assert.ok(form.includes("</form>"), "no form stands in another");
    }
    const next = /href="([^"]*rows\?[^"]*after=[^"]+)"/.exec(first.html)![1]!.replaceAll("&amp;", "&");
    const second = await owner.get(next);
    const ppp = pppOf(second.html);
    assert.equal(ppp[0], "user0069");
    const hidden = (name: string) =>
      new RegExp(`id="rows"[\\s\\S]*?name="${name}" value="([^"]*)"`).exec(second.html)?.[1] ?? "";
    const saved = await owner.post(path, {
      ppp,
      name: ppp.map((name) => `Name of ${name}`),
      phone: ppp.map(() => ""),
      take: ppp.slice(1),
      sort: hidden("sort"),
      after: hidden("after"),
    });
    assert.equal(saved.status, 303, saved.text);
    const again = await owner.get(saved.location);
    assert.deepEqual(pppOf(again.html), ppp, "the same page, in the same order");
    assert.match(again.html, /value="Name of user0069"/);
    const rows = await world.inTenant(place.tenantId, (trx) => listImportRows(trx, batchId, { limit: 200 }));
    assert.equal(rows.filter((row) => row.decision === "skip").length, 1);

    await owner.post("/admin/lists/import_rows/look", {
      columns: ["profile"],
      density: "compact",
      back: path,
    });
    const arranged = (await owner.get(path)).html;
    assert.match(arranged, /table-compact/);
    assert.doesNotMatch(arranged, /<th[^>]*>Remark/);
    assert.match(arranged, /name="phone"/, "what the form needs cannot be hidden");

    const csv = (await owner.get(`${path}.csv?q=name+of&sort=-user`)).html.trim().split("\r\n");
    assert.equal(csv.length, 51);
    assert.match(csv[1]!, /^"user0069","50M","No","Name of user0069","",.*"To skip",""$|^"user0069"/);
    const none = await owner.get(`${path}?q=nobody`);
    assert.match(none.text, /nobody/);
    assert.match(none.html, new RegExp(`href="${path}"`), "the search can be taken away");
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
