import assert from "node:assert/strict";
import { parseCoded } from "@/shared/codes/mod.ts";
import { asideOf, codedParts, storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS, translator } from "@/web/messages/mod.ts";
import { agentWords } from "./agent_words.ts";

const FILIPINO_WORDS = translator("fil");

Deno.test("what an agent tells by a known code has words in both languages, its own sentence behind Details", () => {
  const message = "Cannot reach the router at 10.0.0.9:8728: connection refused";
  const kept = agentWords("router_unreachable", message)!;
  assert.match(storedText(ENGLISH_WORDS, kept), /^The agent does not reach the router\./);
  assert.match(storedText(FILIPINO_WORDS, kept), /^Hindi maabot ng agent ang router\./);
  for (const t of [ENGLISH_WORDS, FILIPINO_WORDS]) assert.doesNotMatch(storedText(t, kept), /10\.0|8728/);
  assert.equal(asideOf(parseCoded(kept)!), message);
});

Deno.test("an answer without end is not said to be of secrets or profiles", () => {
  const kept = agentWords(
    "router_endless_answer",
    "Cannot read from the router: /ppp/active/print gave over 32 MB",
  )!;
  assert.equal(storedText(ENGLISH_WORDS, kept), "The router's answer was longer than Linya reads.");
  assert.equal(
    storedText(FILIPINO_WORDS, kept),
    "Mas mahaba ang sagot ng router kaysa kayang basahin ng Linya.",
  );
  assert.match(storedText(ENGLISH_WORDS, agentWords("too_many", "51000 secrets")!), /secrets or profiles/);
});

Deno.test("what a router said stays in its words, quoted and marked as not the page's own", () => {
  const kept = agentWords(
    "router_bad_value",
    'Cannot run /ppp/secret/add: the router said "input does not match any value of profile"',
  )!;
  assert.equal(
    storedText(FILIPINO_WORDS, kept),
    "Tumanggi ang router: “input does not match any value of profile”.",
  );
  assert.deepEqual(codedParts(FILIPINO_WORDS, parseCoded(kept)!), [
    { text: "Tumanggi ang router: “", isQuoted: false },
    { text: "input does not match any value of profile", isQuoted: true },
    { text: "”.", isQuoted: false },
  ]);
});

Deno.test("a code of a newer agent leaves its sentence as it is; no sentence stays none", () => {
  assert.equal(agentWords("antenna_gone", "The antenna is gone."), "The antenna is gone.");
  assert.equal(agentWords("toString", "Odd."), "Odd.");
  assert.equal(agentWords("unreachable", null), null);
});

Deno.test("how a router refuses, and what answers in place of it, has words of its own in both languages", () => {
  const words: [string, RegExp, RegExp][] = [
    ["router_api_not_allowed", /policy api\b/, /policy na api\b/],
    ["router_sessions_full", /max-sessions/, /max-sessions/],
    ["router_may_not_read", /may not read/, /basahin/],
    ["router_may_not_write", /may not write/, /magsulat/],
    ["router_row_without_id", /without an id/, /walang id/],
    ["router_profile_missing", /Make the profile on the router/, /Gawin ang profile sa router/],
    ["router_uplink_down", /nobody new is cut there/, /wala munang bagong puputulin/],
    ["router_changed_at_once", /until you answer/, /hindi ka sumasagot/],
    ["router_identity_in_doubt", /another name/, /iba ang pangalan/],
    ["router_port_is_ssh", /SSH server/, /SSH server/],
    ["router_port_is_web", /web server/, /Web server/],
    ["router_port_is_tls", /TLS/, /TLS/],
    ["router_port_is_silent", /says nothing/, /walang sinasabi/],
  ];
  for (const [code, english, filipino] of words) {
    const kept = agentWords(code, "10.0.0.9 said so")!;
    assert.match(storedText(ENGLISH_WORDS, kept), english);
    assert.match(storedText(FILIPINO_WORDS, kept), filipino);
    assert.equal(asideOf(parseCoded(kept)!), "10.0.0.9 said so");
  }
  const said = agentWords(
    "router_login_said",
    'Cannot log in to the router: the router said "busy"; check it',
  )!;
  assert.equal(storedText(ENGLISH_WORDS, said), "The router refused: “busy”.");
});
