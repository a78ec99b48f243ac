import assert from "node:assert/strict";
import type { RouterQuestion } from "@/shared/protocol/mod.ts";
import { revokeAgent } from "@/web/services/network/revoke_agent.ts";
import { findRouter, updateRouter } from "@/web/store/network/routers.ts";
import { questionOf } from "@/web/store/network/router_standing.ts";
import { assertOk } from "../support/expect.ts";
import { until } from "../support/until.ts";
import { MARIA } from "./hub_world.ts";
import { type Scene, withScene } from "./standing_scene.ts";

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
    assert.match((await owner.get(path)).text, /Who has paid is let on all the same/);
    await say({ status: "unreachable", question: MANY });
    assert.doesNotMatch((await owner.get(path)).text, /let on all the same/, "not by a router that is away");
    await say({ question: MANY });
    world.clock.advance({ minutes: 5 });
    assert.match((await owner.get(path)).text, /Was a backup restored.*not connected.*within a day/);
    assert.doesNotMatch((await owner.get(path)).text, /let on all the same/);
    assert.match((await owner.get("/admin")).text, /many accounts are not as Linya left them/);
  });
});

Deno.test("a question that this version does not know is told as such, on Today and on the router's page", async () => {
  await withScene(async ({ world, place, owner, path, say }) => {
    await say({ question: MANY });
    await world.inTenant(
      place.tenantId,
      (trx) =>
        updateRouter(trx, place.routerId, { question: JSON.stringify({ ...MANY, kind: "newer" }) }, {
          raisesSettings: false,
        }),
    );
    assert.match(
      (await owner.get("/admin")).text,
      /Core: its agent asks something that this version of Linya does not know\. Open the router/,
    );
    const page = await owner.get(path);
    assert.match(
      page.text,
      /asks something that this version of Linya does not know.*after Linya is updated/,
    );
    assert.doesNotMatch(page.html, /cut-again|\/answer"/);
  });
});
