import assert from "node:assert/strict";
import type { OutboxMessage } from "@/web/store/mail/outbox.ts";
import { type Doubt, SenderDoubts } from "./sender_doubts.ts";

function doubtOf(address: string, revision = 1): Doubt {
  return {
    tried: {
      message: { id: address } as OutboxMessage,
      address,
      at: Temporal.Instant.fromEpochMilliseconds(0),
    },
    failure: { problem: "sender_refused", words: "550 no", code: 550, status: null, command: "RCPT TO" },
    revision,
  };
}

Deno.test("an answer was about its own message once one is taken that was begun after it", () => {
  const doubts = new SenderDoubts();
  const first = doubts.begin("first");
  const meanwhile = doubts.begin("meanwhile");
  const bad = doubtOf("bad@x.test");
  assert.ok(!doubts.add(bad));
  assert.deepEqual(doubts.settledBy(first), [], "it had been begun before");
  assert.deepEqual(doubts.settledBy(meanwhile), []);
  assert.deepEqual(doubts.settledBy(doubts.begin("next")).map(({ tried }) => tried.address), ["bad@x.test"]);
  assert.equal(doubts.last, null);
});

Deno.test("three recipients with none taken between are the sender's, and one recipient never is", () => {
  const doubts = new SenderDoubts();
  const add = (address: string) => {
    doubts.begin("");
    return doubts.add(doubtOf(address));
  };
  assert.deepEqual(["a@x.test", "A@x.test", "a@X.test", "b@x.test", "c@x.test"].map(add), [
    false,
    false,
    false,
    false,
    true,
  ]);
});

Deno.test("a doubt ends with another try at its message, and with other settings", () => {
  const doubts = new SenderDoubts();
  doubts.add(doubtOf("a@x.test"));
  doubts.begin("a@x.test");
  assert.equal(doubts.last, null);
  assert.deepEqual(["b@x.test", "c@x.test"].map((address) => doubts.add(doubtOf(address))), [false, false]);
  assert.ok(!doubts.add(doubtOf("d@x.test", 2)), "the first with these");
});
