import assert from "node:assert/strict";
import { ENGLISH_WORDS, translator } from "@/web/messages/mod.ts";
import { AGENT_ENROLMENT, FIRST_SESSION, SCHEDULER } from "@/web/services/context.ts";
import { actorText } from "./actor_words.ts";

Deno.test("what Linya did by itself has a name in the reader's language, a person keeps their own", () => {
  const all = [SCHEDULER, FIRST_SESSION, AGENT_ENROLMENT].map(({ label }) => label);
  assert.deepEqual(all.map((label) => actorText(ENGLISH_WORDS, label)), all);
  assert.deepEqual(all.map((label) => actorText(translator("fil"), label)), [
    "Scheduler",
    "Unang session",
    "Pag-enrol ng agent",
  ]);
  assert.equal(actorText(translator("fil"), "Maria Santos"), "Maria Santos");
});
