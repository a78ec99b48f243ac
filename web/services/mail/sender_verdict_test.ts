import assert from "node:assert/strict";
import type { SmtpProblem } from "@/web/gateways/mail/types.ts";
import type { OutboxMessage } from "@/web/store/mail/outbox.ts";
import { expiryFrom } from "./decide_outcome.ts";
import { RefusalRun } from "./refusal_run.ts";
import { SenderDoubts } from "./sender_doubts.ts";
import { SenderVerdict } from "./sender_verdict.ts";

const now = Temporal.Instant.from("2026-02-03T04:05:06Z");
const moment = { now, random: () => 0.5 };

function messageTo(address: string, over: Partial<OutboxMessage> = {}) {
  const message = { id: address, attempts: 0, expires_at: null, reason: null, ...over } as OutboxMessage;
  return { message, address, at: now };
}

function answer(problem: SmtpProblem) {
  return { problem, words: "550 no", code: 550, status: null, command: "RCPT TO" };
}

/** A pass of a company that last sent so many hours ago; null: never. */
function startPass(
  { sentHoursAgo = null, problem = null }: { sentHoursAgo?: number | null; problem?: string | null } = {},
  memory = { refusals: new RefusalRun(), doubts: new SenderDoubts() },
) {
  const verdict = new SenderVerdict(memory);
  const lastSentAt = sentHoursAgo === null ? null : now.subtract({ hours: sentHoursAgo });
  verdict.start({
    problem,
    last_sent_at: lastSentAt,
    problem_words: null,
    problem_at: null,
    tries: 0,
    not_before_at: null,
  });
  return verdict;
}

const doubtOf = (address: string) => ({
  tried: messageTo(address),
  failure: answer("sender_refused"),
  revision: 1,
});

Deno.test("one doubt stops a company that sent nothing for a day, and no other", () => {
  for (const [sentHoursAgo, isStopped] of [[null, true], [25, true], [23, false]] as const) {
    const verdict = startPass({ sentHoursAgo });
    verdict.begin(messageTo("a@x.test").message);
    assert.ok(!verdict.doubted(doubtOf("a@x.test")));
    assert.equal(verdict.unsettled(now) !== null, isStopped, `${sentHoursAgo}`);
  }
});

Deno.test("a doubt of an earlier pass stops nothing by itself, and counts with those of this one", () => {
  const memory = { refusals: new RefusalRun(), doubts: new SenderDoubts() };
  const first = startPass({ sentHoursAgo: 23 }, memory);
  first.doubted(doubtOf("a@x.test"));
  const next = startPass({ sentHoursAgo: 50 }, memory);
  assert.equal(next.unsettled(now), null);
  assert.ok(!next.doubted(doubtOf("b@x.test")));
  assert.ok(next.doubted(doubtOf("c@x.test")));
});

Deno.test("while a company is stopped, one more answer of the kind is enough, until something is taken", () => {
  const verdict = startPass({ problem: "sender_refused" });
  assert.ok(verdict.doubted(doubtOf("a@x.test")));
  verdict.taken(verdict.begin(messageTo("b@x.test").message), now);
  assert.ok(!verdict.isProbing);
  assert.ok(!verdict.doubted(doubtOf("c@x.test")));
});

Deno.test("a message that was put behind the others has its end once others were taken after its first try", () => {
  const again = (sentHoursAgo: number, firstHoursAgo: number) => {
    const expires_at = expiryFrom(now.subtract({ hours: firstHoursAgo }));
    const { message } = messageTo("a@x.test", { reason: "sender_refused", attempts: 1, expires_at });
    return startPass({ sentHoursAgo }).decideAgain(message, answer("sender_refused"), moment)?.kind;
  };
  assert.equal(again(1, 2), "end");
  assert.equal(again(2, 1), "later", "nothing was taken since");
  const fresh = messageTo("a@x.test").message;
  assert.equal(startPass({ sentHoursAgo: 1 }).decideAgain(fresh, answer("sender_refused"), moment), null);
});

Deno.test("five in a row that end without an answer stop the company, and one that is taken begins the count anew", () => {
  const verdict = startPass();
  const trouble = () => verdict.failed(messageTo("a@x.test"), answer("server_busy"))?.problem ?? null;
  assert.deepEqual([trouble(), trouble(), trouble(), trouble()], [null, null, null, null]);
  verdict.taken(verdict.begin(messageTo("b@x.test").message), now);
  assert.deepEqual([trouble(), trouble(), trouble(), trouble(), trouble()], [
    null,
    null,
    null,
    null,
    "server_busy",
  ]);
});
