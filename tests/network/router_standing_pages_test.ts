import assert from "node:assert/strict";
import type { AgentMessage, HandChange, RouterQuestion, Unnumbered } from "@/shared/protocol/mod.ts";
import { createWebApp, type PageUser, type WebApp } from "@/tests/support/web_app.ts";
import { revokeAgent } from "@/web/services/network/revoke_agent.ts";
import { upsertObservedSecrets } from "@/web/store/network/observed.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { questionOf } from "@/web/store/network/router_standing.ts";
import { assertOk } from "../support/expect.ts";
import { until } from "../support/until.ts";
import { AgentDouble } from "./agent_double.ts";
import { addConnection } from "./connections.ts";
import { HubWorld, MARIA, type Place } from "./hub_world.ts";

type Status = Extract<Unnumbered<AgentMessage>, { t: "router.status" }>;

interface Scene {
  world: HubWorld;
  place: Place;
  agent: AgentDouble;
  app: WebApp;
  owner: PageUser;
  path: string;
  /** The agent says how the router stands; returns when it is kept. */
  say(over: Partial<Status>): Promise<void>;
}

async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using world = await HubWorld.start();
  const place = await world.addPlace("ilaya");
  const app = await createWebApp(world.context, {
    only: ["/admin/sites", "/admin/routers", "/admin/subscribers", "/admin"],
  });
  const agent = await AgentDouble.open(world.port, place.agentId, place.keys);
  agent.hello(place.keys.installId, { commands: ["router.answer"] });
  await agent.next("welcome");
  const { tenantId, routerId } = place;
  let said = 0;
  await work({
    world,
    place,
    agent,
    app,
    owner: await app.signIn(tenantId, "Owner"),
    path: `/admin/routers/${routerId}`,
    async say(over) {
      const identity = {
        identity: `Core ${++said}`,
        version: "7.18",
        board_name: null,
        serial_number: "S1",
        software_id: null,
        uptime_seconds: 1,
      };
      agent.send({
        t: "router.status",
        router_id: routerId,
        status: "online",
        message: null,
        identity,
        ...over,
      });
      await until(async () =>
        (await world.inTenant(tenantId, (trx) => findRouter(trx, routerId)))?.identity === identity.identity
      );
    },
  });
  await agent.close();
}

const MANY: RouterQuestion = {
  id: "0193a000-0000-4000-8000-000000000001",
  kind: "changed_at_once",
  asked_ms: Date.UTC(2026, 10, 23, 0, 55),
  known: null,
  found: null,
  of: 40,
  enabled: 12,
  missing: 3,
  examples: ["ana", "l2tp//<img src=x>"],
};
const RENAMED: RouterQuestion = {
  ...MANY,
  id: "0193a000-0000-4000-8000-000000000002",
  kind: "identity_changed",
  known: "Core",
  found: "<script>alert(1)</script>",
  enabled: 0,
  missing: 0,
  examples: [],
};

const asked = async ({ world, place }: Scene) =>
  questionOf((await world.inTenant(place.tenantId, (trx) => findRouter(trx, place.routerId)))!)?.id ?? null;

async function tell({ agent, place }: Scene, changes: Omit<HandChange, "id" | "found_ms">[]): Promise<void> {
  agent.send({
    t: "router.changes",
    router_id: place.routerId,
    changes: changes.map((change, i) => ({
      ...change,
      id: crypto.randomUUID(),
      found_ms: Date.UTC(2026, 10, 23, 0, 50, i),
    })),
  });
  await agent.next("router.changes_kept");
}

Deno.test("every remark of a router that is read is a banner with what to do, and its pill says so in words", async () => {
  await withScene(async (scene) => {
    const { world, owner, path, place, say } = scene;
    const remark = (code: string, message = "said by the agent 10.9.8.7") => ({ code, message });
    await say({
      remarks: [
        remark("router_may_not_write"),
        remark("router_row_without_id"),
        remark("router_profile_missing"),
        remark("router_uplink_down"),
        remark("router_newer_trouble", "The <b>newer</b> agent says this"),
      ],
    });
    const { html, text } = await owner.get(path);
    assert.equal(html.match(/class="banner warn"/g)?.length, 5);
    assert.match(text, /may not write to this router.*policies write and test.*Some rows.*have no id/);
    assert.match(text, /A profile is missing on this router.*Make the profile on the router/);
    assert.match(text, /to the internet is down.*nobody new is cut there meanwhile/);
    assert.match(text, /not everything works/);
    assert.doesNotMatch(html, /<b>newer/);
    assert.match(text, /Online, with a problem/);
    for (const list of ["/admin/sites", `/admin/sites/${place.siteId}`]) {
      assert.match((await owner.get(list)).text, /Core.*Online, with a problem/, list);
    }
    const today = await owner.get("/admin");
    assert.match(today.text, /Core: Linya may not write to this router\. Open the router/);
    world.clock.advance({ minutes: 5 });
    assert.doesNotMatch(
      (await owner.get("/admin")).text,
      /may not write/,
      "the agent is away: that is the cause",
    );
    assert.doesNotMatch((await owner.get(path)).text, /may not write to this router/);
  });
});

Deno.test("an agent of the release before says one thing in its message, and nothing else is made up", async () => {
  await withScene(async ({ owner, path, say }) => {
    await say({ code: "router_may_not_write", message: "said" });
    const { html, text } = await owner.get(path);
    assert.equal(html.match(/class="banner warn"/g)?.length, 1);
    assert.match(text, /Online, with a problem.*may not write to it/);
    await say({});
    assert.doesNotMatch((await owner.get(path)).html, /class="banner/);
  });
});

Deno.test("a renamed router is asked about, answered once, and asked until the agent says that it asks no more", async () => {
  await withScene(async (scene) => {
    const { world, agent, owner, path, place, say } = scene;
    await say({
      status: "wrong_router",
      question: RENAMED,
      remarks: [{ code: "router_identity_in_doubt", message: "x" }],
    });
    const page = await owner.get(path);
    assert.match(page.text, /Is this the same router\?.*has the id of Core and calls itself .*alert\(1\)/);
    assert.doesNotMatch(page.html, /<script>alert/);
    assert.doesNotMatch(page.text, /Another router answers/, "said once");
    assert.match(page.text, /Yes, it is the same router, renamed.*No, correct the address/);
    const today = (await owner.get("/admin")).text;
    assert.match(today, /Core: it has another name now/);
    assert.doesNotMatch(today, /another router answers at its address/);

    const form = { question: RENAMED.id, answer: "same_router" };
    const answered = await owner.post(`${path}/answer`, form);
    assert.equal(answered.status, 303, answered.text);
    const command = await agent.next("command", (m) => m.kind === "router.answer");
    assert.deepEqual(command.arguments, { question_id: RENAMED.id, answer: "same_router" });
    assert.equal((await owner.post(`${path}/answer`, form)).location, answered.location, "twice is once");

    const waiting = await owner.get(answered.location);
    assert.match(waiting.text, /Ana Reyes answered “Yes, it is the same router, renamed”.*on its way/);
    assert.doesNotMatch(waiting.html, /action="[^"]*\/answer"/);
    assert.doesNotMatch((await owner.get("/admin")).text, /it has another name now/, "it waits for nobody");

    agent.send({ t: "command.result", id: command.id, status: "done", result: { outcome: "taken" } });
    await until(async () => /says itself when it is done/.test((await owner.get(path)).text));
    assert.equal(await asked(scene), RENAMED.id);
    await say({ question: null });
    assert.match((await owner.get(answered.location)).text, /The agent took your answer/);
    assert.doesNotMatch((await owner.get(path)).text, /same router\?/);
    const entries = await world.inTenant(
      place.tenantId,
      (trx) =>
        trx.selectFrom("audit_entries").select(["actor", "details"]).where("action", "=", "router.answered")
          .execute(),
    );
    assert.equal(entries.length, 1);
    assert.equal(entries[0]?.actor, "Ana Reyes");
  });
});

Deno.test("to cut again is asked with its number, takes the right to cut, and another answer after it is refused", async () => {
  await withScene(async (scene) => {
    const { agent, app, owner, path, place, say } = scene;
    await say({ question: MANY });
    const page = await owner.get(path);
    assert.match(
      page.text,
      /looks after 40 accounts there\. 12 are on although Linya had cut them\. 3 are gone\./,
    );
    assert.match(page.text, /For example: ana.*Leave them on.*Cut them again \(12\)/);
    assert.doesNotMatch(page.html, /<img src=x/);

    const technician = await app.signIn(place.tenantId, "Technician");
    const billing = await app.signIn(place.tenantId, "Billing");
    const reader = await app.signIn(place.tenantId, "Read-only");
    assert.match((await technician.get(path)).text, /Leave them on.*Who may also run cuts/);
    assert.doesNotMatch((await technician.get(path)).html, /cut-again/);
    assert.doesNotMatch((await billing.get(path)).html, /cut-again|\/answer"/);
    assert.match((await reader.get(path)).text, /Who may change routers can answer this/);
    for (const user of [technician, billing, reader]) {
      assert.equal((await user.get(`${path}/cut-again`)).status, 404);
      assert.equal((await user.post(`${path}/cut-again`, { question: MANY.id })).status, 404);
    }
    for (const user of [billing, reader]) {
      assert.equal((await user.post(`${path}/answer`, { question: MANY.id, answer: "leave" })).status, 404);
    }
    const sneaky = await technician.post(`${path}/answer`, { question: MANY.id, answer: "apply_books" });
    assert.equal(sneaky.status, 422, "not by the other form either");
    assert.equal(
      (await owner.post(`${path}/answer`, { question: MANY.id, answer: "same_router" })).status,
      422,
    );

    const ask = await owner.get(`${path}/cut-again`);
    assert.match(
      ask.text,
      /Cut 12 connections again\?.*12 connections that are on now go off.*3 accounts that are gone/,
    );
    assert.equal((await owner.post(`${path}/cut-again`, { question: MANY.id })).status, 303);
    const command = await agent.next("command", (m) => m.kind === "router.answer");
    assert.deepEqual(command.arguments, { question_id: MANY.id, answer: "apply_books" });
    assert.match(
      (await owner.get(path)).text,
      /Ana Reyes answered “Cut them again \(12\)”.*Answer: cut again, by the books/,
    );
    const other = await owner.post(`${path}/answer`, { question: MANY.id, answer: "leave" });
    assert.match(other.text, /Ana Reyes has answered this already/);
    assert.equal(other.status, 422);
  });
});

Deno.test("an answer that came too late, or failed, says so plainly", async () => {
  await withScene(async (scene) => {
    const { agent, owner, path, say } = scene;
    await say({ question: MANY });
    const leave = { question: MANY.id, answer: "leave" };
    await owner.post(`${path}/answer`, leave);
    const first = await agent.next("command", (m) => m.kind === "router.answer");
    const failed = { status: "failed", error_code: "unsupported", error_message: "no such command" } as const;
    agent.send({ t: "command.result", id: first.id, ...failed });
    await until(async () => /Answer again/.test((await owner.get(path)).text));
    assert.match((await owner.get(path)).text, /Answer again.*too old/);

    const second = await owner.post(`${path}/answer`, leave);
    assert.equal(second.status, 303);
    const { id } = await agent.next("command", (m) => m.kind === "router.answer");
    agent.send({ t: "command.result", id, status: "done", result: { outcome: "gone" } });
    await until(async () => await asked(scene) === null);
    assert.match(
      (await owner.get(second.location)).text,
      /The agent asks this no more.*Nothing was done for it/,
    );
    assert.match((await owner.get(path)).text, /Answer: leave them as they are.*had stopped asking/);
    const old = await owner.post(`${path}/answer`, leave);
    assert.equal(old.status, 422);
    assert.match(old.text, /asks this no more/);
    assert.match((await owner.get(`${path}/cut-again`)).text, /asks this no more/);
    assert.match((await owner.post(`${path}/cut-again`, { question: MANY.id })).text, /asks this no more/);
  });
});

Deno.test("answers of two people in the same moment are one, and a revoked agent asks nothing any more", async () => {
  await withScene(async (scene) => {
    const { world, owner, path, place, say } = scene;
    await say({ question: MANY, remarks: [{ code: "router_may_not_write", message: "x" }] });
    const answers = await Promise.all(
      [1, 2, 3, 4].map((i) =>
        i % 2 === 0
          ? owner.post(`${path}/answer`, { question: MANY.id, answer: "leave" })
          : owner.post(`${path}/cut-again`, { question: MANY.id })
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 303, 422, 422]);
    const commands = await world.inTenant(
      place.tenantId,
      (trx) => trx.selectFrom("commands").select("id").where("kind", "=", "router.answer").execute(),
    );
    assert.equal(commands.length, 1);

    assertOk(await revokeAgent(world.context, place.tenantId, MARIA, { agentId: place.agentId }));
    assert.equal(await asked(scene), null);
    const { html } = await owner.get(path);
    assert.doesNotMatch(html, /Was a backup restored|may not write/);
  });
});

Deno.test("an agent that is too old for an answer is answered for, and the page says to update it", async () => {
  await withScene(async ({ world, place, owner, path, say }) => {
    await say({ question: MANY });
    const older = await world.connect(place);
    await owner.post(`${path}/answer`, { question: MANY.id, answer: "leave" });
    await until(async () => /Answer again/.test((await owner.get(path)).text));
    assert.match((await owner.get(path)).text, /agent.*too old.*Update it/);
    await older.close();
  });
});

Deno.test("while the agent is away a question stays, and the page says when an answer reaches it", async () => {
  await withScene(async ({ world, owner, path, say }) => {
    await say({ question: MANY });
    world.clock.advance({ minutes: 5 });
    assert.match((await owner.get(path)).text, /Was a backup restored.*not connected.*within a day/);
    assert.match((await owner.get("/admin")).text, /many accounts changed at once/);
  });
});

Deno.test("what was changed by hand is told with its subscriber, what it was, and what Linya does about it", async () => {
  await withScene(async (scene) => {
    const { world, owner, path, place } = scene;
    const { subscriberId } = await addConnection(world, place, "ana");
    await addConnection(world, place, "ben", "l2tp");
    assert.match((await owner.get(path)).text, /Nothing was changed by hand/);
    await tell(scene, [
      {
        name: "ana",
        kind: "disabled",
        before: null,
        after: null,
        said: "user <script>x</script> changed ana",
      },
      { name: "ana", kind: "profile", before: "50M", after: "<i>10M", said: null },
      { name: "ben", service: "l2tp", kind: "enabled", before: null, after: null, said: null },
      { name: "ana", kind: "deleted", before: null, after: null, said: null },
      { name: "ana", kind: "renamed", before: "ana", after: "ana2", said: null },
      { name: "ana", kind: "service", before: "pppoe", after: "any", said: null },
    ]);
    const page = await owner.get(path);
    assert.match(page.text, /Changed by hand All 6/);
    assert.match(page.html, new RegExp(`href="/admin/subscribers/${subscriberId}"`));
    assert.doesNotMatch(page.html, /<script>x|<i>10M/);
    const all = await owner.get(`${path}/changes`);
    const rows = [
      /Other service Linya leaves it as it is pppoe → any/,
      /Renamed Linya leaves it as it is ana → ana2/,
      /Deleted Linya leaves it as it is —/,
      /ben l2tp.*Enabled Linya leaves it on —/,
      /Other profile Linya sets the profile of the books again 50M → <i>10M/,
      /Disabled Linya turns it on again The router’s log: user .*changed ana/,
    ];
    for (const row of rows) assert.match(all.text, row);
    assert.match((await owner.get(`${path}/changes?kind=enabled`)).text, /ben l2tp/);
    assert.doesNotMatch((await owner.get(`${path}/changes?kind=enabled`)).text, /leaves it as it is/);
    const csv = (await owner.get(`${path}/changes.csv`)).html.trim().split("\r\n");
    assert.equal(csv.length, 7);
    assert.match(csv[0]!, /"?PPP secret"?,"?What"?,"?Service"?,"?Subscriber/);
    assert.match((await owner.get("/admin")).text, /6 accounts were changed by hand on Core/);
    assert.match(
      (await owner.get(`/admin/subscribers/${subscriberId}`)).text,
      /ana got another profile on the router by hand: 50M →/,
    );
    world.clock.advance({ hours: 25 });
    assert.doesNotMatch((await owner.get("/admin")).text, /changed by hand on Core/);
  });
});

Deno.test("accounts that wait for a missing profile are one line with their number, not a row each", async () => {
  await withScene(async (scene) => {
    const { world, owner, path, place } = scene;
    for (let i = 0; i < 5; i++) await addConnection(world, place, `user${i}`);
    const secrets = Array.from({ length: 5 }, (_, i) => ({
      name: `user${i}`,
      present: true,
      disabled: false,
      profile: "old",
      online: true,
      address: null,
      caller_id: null,
      uptime_seconds: 1,
      drift: i === 0 ? "profile" as const : "profile_missing" as const,
    }));
    await world.inTenant(place.tenantId, async (trx) => {
      await trx.updateTable("desired_secrets").set({ profile: "50M" }).execute();
      await upsertObservedSecrets(trx, place.routerId, { at: world.clock.now(), secrets });
    });
    const { text } = await owner.get(path);
    assert.match(text, /Profiles that the router does not have 50M: 4 accounts should have it/);
    assert.match(text, /All that differ 1 .*user0/);
    assert.doesNotMatch(text, /user1/);
    assert.match((await owner.get(`${path}?drift=profile_missing`)).text, /user1.*user4/);
    assert.match((await owner.get("/admin/sites")).text, /1 secret differs/);
  });
});
