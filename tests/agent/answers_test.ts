import assert from "node:assert/strict";
import type { RouterAnswer } from "@/shared/protocol/mod.ts";
import type { RouterOsSim } from "@/sim/routeros/mod.ts";
import { until } from "../support/until.ts";
import { disabledNames, LINEAGE, namesOf, ROUTER, sendSettings, wanted, withParts } from "./agent_process.ts";
import type { WebDouble } from "./web_double.ts";

const LONG = { timeoutMs: 20_000 };

/** Changes a secret as a person in WinBox does. */
function byHand({ world }: RouterOsSim, name: string, disabled: boolean): void {
  for (const row of world.secrets.named(name)) {
    world.secrets.update(row[".id"] ?? "", { disabled: String(disabled) });
  }
}

const questionOf = (web: WebDouble) => web.of("router.status").at(-1)?.question ?? null;

/** Sends the command, once more when it is named again, and gives its result. */
async function answer(web: WebDouble, id: string, questionId: string, said: RouterAnswer) {
  const before = web.of("command.result").length;
  web.send({
    t: "command",
    id,
    kind: "router.answer",
    router_id: ROUTER,
    arguments: { question_id: questionId, answer: said },
    not_after_ms: Date.now() + 60_000,
  });
  await until(() => web.of("command.result").length > before, { ...LONG, what: "the answer's result" });
  const result = web.of("command.result").at(-1);
  return result?.status === "done" ? result.result : result?.error_code;
}

Deno.test("a question outlives the agent, and its answer is taken once, however often it comes", async () => {
  await withParts(async ({ web, sim, agent }) => {
    const managed = namesOf(sim).filter((name) => !disabledNames(sim).has(name)).slice(0, 12);
    const cut = new Set(managed.slice(0, 6));
    web.onHello = () =>
      void sendSettings(web, sim).then(() => web.sendState(ROUTER, LINEAGE, 2n, wanted(managed, cut)));
    const first = agent();
    await until(() => web.of("state.report").some((report) => report.applied_generation === 2n), LONG);
    const off = disabledNames(sim);
    for (const name of cut) byHand(sim, name, false);
    web.send({ t: "state.read", router_id: ROUTER });
    await until(() => questionOf(web)?.kind === "changed_at_once", LONG);
    const question = questionOf(web)!;
    assert.deepEqual([question.of, question.enabled, question.missing], [12, 6, 0]);
    assert.equal(web.of("router.status").at(-1)?.status, "online");

    await first.end("SIGKILL");
    web.received.length = 0;
    agent();
    await until(() => questionOf(web) !== null, { ...LONG, what: "the question of the next agent" });
    assert.equal(questionOf(web)?.id, question.id);
    for (const name of cut) assert.ok(!disabledNames(sim).has(name), "nobody is cut while it is asked");

    const [one, two] = [crypto.randomUUID(), crypto.randomUUID()];
    assert.equal(await answer(web, crypto.randomUUID(), question.id, "same_router"), "bad_answer");
    assert.deepEqual(await answer(web, one, question.id, "apply_books"), { outcome: "taken" });
    assert.deepEqual(
      await answer(web, one, question.id, "apply_books"),
      { outcome: "taken" },
      "by its journal",
    );
    assert.deepEqual(await answer(web, two, question.id, "leave"), { outcome: "gone" });
    await until(() => [...off].every((name) => disabledNames(sim).has(name)), { ...LONG, what: "the cut" });
    await until(() => web.of("router.status").at(-1)?.question === null, LONG);
    assert.deepEqual(web.of("router.changes"), []);
  });
});

Deno.test("a change is told over every connection until the web confirms it, and never after", async () => {
  await withParts(async ({ web, sim, agent }) => {
    const managed = namesOf(sim).filter((name) => !disabledNames(sim).has(name)).slice(0, 5);
    web.onHello = () =>
      void sendSettings(web, sim).then(() => web.sendState(ROUTER, LINEAGE, 2n, wanted(managed, new Set())));
    const first = agent();
    await until(() => web.of("state.report").length > 0, LONG);
    const [name = ""] = managed;
    byHand(sim, name, true);
    web.send({ t: "state.read", router_id: ROUTER });
    await until(() => !disabledNames(sim).has(name), { ...LONG, what: "the restore" });
    await until(() => web.of("router.changes").length > 0, LONG);
    const [change] = web.of("router.changes")[0]!.changes;
    assert.deepEqual([change?.name, change?.kind], [name, "disabled"]);

    await first.end("SIGKILL");
    web.received.length = 0;
    const second = agent();
    await until(() => web.of("router.changes").length > 0, { ...LONG, what: "the change once more" });
    assert.equal(web.of("router.changes")[0]?.changes[0]?.id, change?.id);
    web.send({ t: "router.changes_kept", router_id: ROUTER, ids: [change!.id] });
    // Messages are taken in their order: a result of what comes after says that it was taken.
    await answer(web, crypto.randomUUID(), crypto.randomUUID(), "leave");

    await second.end("SIGKILL");
    web.received.length = 0;
    agent();
    await until(() => web.of("state.report").length > 0, LONG);
    await answer(web, crypto.randomUUID(), crypto.randomUUID(), "leave");
    assert.deepEqual(web.of("router.changes"), []);
  });
});

Deno.test("a router whose identity a person has cleared is met for the first time: no question, no old marks", async () => {
  await withParts(async ({ web, sim, agent }) => {
    const managed = namesOf(sim).filter((name) => !disabledNames(sim).has(name)).slice(0, 8);
    const cut = new Set(managed.slice(0, 4));
    web.onHello = () =>
      void sendSettings(web, sim, "admin", sim.world.serialNumber)
        .then(() => web.sendState(ROUTER, LINEAGE, 2n, wanted(managed, cut)));
    agent();
    await until(() => web.of("state.report").some((report) => report.applied_generation === 2n), LONG);
    for (const name of cut) byHand(sim, name, false);
    web.send({ t: "state.read", router_id: ROUTER });
    await until(() => questionOf(web) !== null, LONG);
    await sendSettings(web, sim, "admin", null);
    await until(() => [...cut].every((name) => disabledNames(sim).has(name)), { ...LONG, what: "the cut" });
    await until(() => questionOf(web) === null, LONG);
    assert.deepEqual(web.of("router.changes"), []);
  });
});
