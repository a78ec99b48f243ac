import assert from "node:assert/strict";
import { SMTP_PROBLEMS, type SmtpProblem } from "@/web/gateways/mail/types.ts";
import {
  decideLater,
  decideOutcome,
  decideOwn,
  expiryFrom,
  mayBeOfMessage,
  refusalKind,
  stopMinutes,
} from "./decide_outcome.ts";

const now = Temporal.Instant.from("2026-02-03T04:05:06Z");
const FRESH = { attempts: 0, expires_at: null, is_perhaps_double: false };
const moment = (random: number) => ({ now, random: () => random });

Deno.test("each problem ends the message, tries it again or stops the tenant", () => {
  const kinds = Map.groupBy(SMTP_PROBLEMS, (problem) => {
    const decision = decideOutcome(FRESH, { problem }, moment(0.5));
    return decision.kind === "end" ? decision.state : decision.kind;
  });
  assert.deepEqual(Object.fromEntries(kinds), {
    refused: ["recipient_refused", "mailbox_full"],
    failed: ["message_refused"],
    later: ["recipient_later", "server_busy", "connection_lost", "answer_lost", "timed_out"],
    slow: ["too_fast"],
    stop: [
      "sending_limit",
      "name_unanswered",
      "name_not_found",
      "connection_refused",
      "address_not_allowed",
      "wrong_encryption",
      "no_starttls",
      "certificate",
      "login_refused",
      "basic_login_ended",
      "login_needed",
      "sender_refused",
      "sender_blocked",
    ],
  });
});

Deno.test("an answer that is lost is perhaps a second copy; lost again it is the end", () => {
  const first = decideOutcome(FRESH, { problem: "answer_lost" }, moment(0));
  assert.equal(first.kind === "later" && first.isPerhapsDouble, true);
  const second = decideOutcome({ ...FRESH, is_perhaps_double: true }, { problem: "answer_lost" }, moment(0));
  assert.deepEqual(second, { kind: "end", state: "failed", reason: "answer_lost" });
});

Deno.test("an answer that was its own message's ends it, or delays it where it passes", () => {
  const own = (problem: SmtpProblem, code: number) => {
    const decision = decideOwn(FRESH, { problem, code }, moment(0));
    return decision.kind === "end" ? `${decision.state} ${decision.reason}` : decision.reason;
  };
  assert.equal(own("sender_refused", 550), "failed message_refused");
  assert.equal(own("login_needed", 554), "failed message_refused");
  assert.equal(own("sender_blocked", 550), "failed message_refused");
  assert.equal(own("sender_refused", 450), "sender_refused");
  assert.equal(own("sending_limit", 550), "sending_limit");
});

Deno.test("only an answer to the recipient or to the content may be about the message", () => {
  assert.deepEqual(
    ["RCPT TO", "DATA", "MAIL FROM", "AUTH PLAIN"].map((command) => mayBeOfMessage({ command })),
    [
      true,
      true,
      false,
      false,
    ],
  );
  assert.ok(!mayBeOfMessage({}));
});

Deno.test("tries come at random, further apart, at most six hours, and end five days after the first", () => {
  const waitMinutes = (attempts: number, random: number) => {
    const decision = decideLater(
      { attempts, expires_at: expiryFrom(now) },
      { reason: "server_busy" },
      moment(random),
    );
    return decision.kind === "later" ? now.until(decision.at).total("minutes") : null;
  };
  assert.deepEqual([0, 1, 4, 8, 30].map((attempts) => Math.round(waitMinutes(attempts, 0.999) ?? 0)), [
    5,
    9,
    65,
    360,
    360,
  ]);
  assert.equal(waitMinutes(8, 0), 0.75);
  const left = (minutes: number) =>
    decideLater({ attempts: 20, expires_at: now.add({ minutes }) }, { reason: "server_busy" }, moment(0.999));
  assert.deepEqual(left(0), { kind: "end", state: "failed", reason: "server_busy" });
  const last = left(10);
  assert.equal(
    last.kind === "later" && now.until(last.at).total("minutes"),
    10,
    "the last try is before the end",
  );
});

Deno.test("a tenant waits longer each time: briefly for a server that is down, by hours for a limit, rarely for a login", () => {
  const waits = (problem: string) => [0, 1, 2, 3, 4, 5, 50].map((tries) => stopMinutes(problem, tries));
  assert.deepEqual(waits("connection_refused"), [1, 2, 5, 15, 30, 60, 60]);
  assert.deepEqual(waits("login_refused"), [5, 15, 60, 180, 360, 360, 360]);
  assert.deepEqual(waits("sending_limit"), [60, 120, 240, 480, 960, 1440, 1440]);
});

Deno.test.each(
  [["5.1.1", "hard"], ["5.4.1", "soft"], ["5.7.1", "soft"], [null, "soft"], ["5.2.1", "hard"], [
    "5.2.2",
    "soft",
  ], [
    "4.2.2",
    "soft",
  ]] as const,
)("an address with status %s gets nothing more when it is %s", (status, kind) => {
  assert.equal(refusalKind(status), kind);
});
