import assert from "node:assert/strict";
import { ENGLISH, ENGLISH_WORDS, translator } from "@/web/messages/mod.ts";
import { SCHEDULER } from "@/web/services/context.ts";
import { UNDOABLE } from "@/web/services/undo/undoable.ts";
import { actionText, actorChoice, subjectKindText, type WhoLine, whoText } from "./audit_words.ts";

const NOBODY: WhoLine = {
  actor: "Maria Santos",
  actor_kind: "staff",
  actor_gone: null,
  agent_name: null,
  run_kind: null,
  run_on: null,
  subscriber_name: null,
};
const ON = Temporal.PlainDate.from("2026-11-29");

Deno.test("whoText names people, keys, runs and agents, also those that are gone, and never shows nothing or an id", () => {
  const cases: [Partial<WhoLine>, string][] = [
    [{}, "Maria Santos"],
    [{ actor_gone: "disabled" }, "Maria Santos (disabled)"],
    [{ actor_gone: "left" }, "Maria Santos (left)"],
    [
      { actor: "accounting export", actor_kind: "api_key", actor_gone: "revoked" },
      "API key: accounting export (revoked)",
    ],
    [{ actor: SCHEDULER.label, actor_kind: "system" }, "Linya"],
    [{ actor: SCHEDULER.label, actor_kind: null }, "Linya"],
    [
      { actor: SCHEDULER.label, actor_kind: "system", run_kind: "cut", run_on: ON },
      "Linya, cut run 2026-11-29",
    ],
    [{ actor: "First session", actor_kind: "system" }, "Linya, First session"],
    [{ actor: "", actor_kind: "system" }, "Linya"],
    [
      { actor: "Agent enrolment", actor_kind: "agent", agent_name: "Poblacion", actor_gone: "revoked" },
      "Agent: Poblacion (revoked)",
    ],
    [{ agent_name: "Poblacion" }, "Maria Santos, through the agent of Poblacion"],
    [
      { actor: "Subscriber", actor_kind: "subscriber", subscriber_name: "Juan Cruz" },
      "Juan Cruz (subscriber)",
    ],
    [{ actor: "Support", actor_kind: "operator" }, "Support (operator)"],
    [{ actor: "0190a000-0000-7000-8000-000000000001" }, "Somebody whose name was not kept"],
    [{ actor: "  ", actor_kind: "api_key" }, "API key: Somebody whose name was not kept"],
  ];
  for (const [line, words] of cases) {
    assert.equal(whoText(ENGLISH_WORDS, { ...NOBODY, ...line }), words);
    for (const locale of ["en", "fil"] as const) {
      assert.match(whoText(translator(locale), { ...NOBODY, ...line }), /\p{L}{3}/u);
    }
  }
  assert.equal(actorChoice(ENGLISH_WORDS, "Scheduler"), "Linya");
});

Deno.test("what the services write into the audit log has words, of which the filters are made", async () => {
  const unsaid = [...await actionsWritten(), ...Object.keys(UNDOABLE)]
    .filter((action) => !Object.hasOwn(ENGLISH, `audit_actions.${action.replace(".", "_")}`));
  assert.deepEqual(unsaid, [], "add them to web/messages/{en,fil}/audit_actions.json");
  assert.equal(actionText(ENGLISH_WORDS, "payment.recorded"), "Payment posted");
  assert.equal(actionText(ENGLISH_WORDS, "of_later.made_up"), "of later made up");
  assert.equal(subjectKindText(ENGLISH_WORDS, "subscription"), "Connection");
  assert.equal(subjectKindText(ENGLISH_WORDS, "of_later"), "of later");
});

/** Actions that stand in the services as they are; others are put together from words. */
async function actionsWritten(): Promise<string[]> {
  const found = new Set<string>();
  const services = new URL("../../services/", import.meta.url);
  const folders = [services];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) folders.push(new URL(`${name}/`, folder));
      else if (!name.endsWith("_test.ts")) {
        const text = await Deno.readTextFile(new URL(name, folder));
        for (const [, action] of text.matchAll(/action: "([a-z_]+\.[a-z_]+)"/g)) found.add(action!);
      }
    }
  }
  assert.ok(found.size > 60, `${found.size} actions were found`);
  return [...found];
}
