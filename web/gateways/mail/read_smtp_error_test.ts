import assert from "node:assert/strict";
import { cleanWords, readSmtpError } from "./read_smtp_error.ts";
import type { SmtpProblem } from "./types.ts";

/** Answers as servers give them: to which command, and what is to be done. */
const ANSWERS: readonly [command: string, response: string, problem: SmtpProblem][] = [
  ["RCPT TO", "550 5.1.1 <x@example.test>: Recipient address rejected: User unknown", "recipient_refused"],
  ["RCPT TO", "550 no such user", "recipient_refused"],
  ["RCPT TO", "550 5.4.1 Recipient address rejected: Access denied", "message_refused"],
  ["RCPT TO", "552 5.2.2 Mailbox full, user quota exceeded", "mailbox_full"],
  ["RCPT TO", "452 4.2.2 The recipient's mailbox is over quota", "recipient_later"],
  ["RCPT TO", "450 4.2.1 The user is receiving mail at a rate that is too high", "recipient_later"],
  ["RCPT TO", "451 4.7.1 Greylisting in action, try again later", "recipient_later"],
  ["RCPT TO", "450 4.7.1 <x>: Client host rejected: cannot find your reverse hostname", "recipient_later"],
  ["RCPT TO", "550 5.7.1 Message blocked by policy", "message_refused"],
  ["RCPT TO", "554 5.7.1 <x@example.test>: Relay access denied", "login_needed"],
  ["RCPT TO", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", "login_needed"],
  ["RCPT TO", "553 5.7.1 <a@b>: Sender address rejected: not owned by user isp", "sender_refused"],
  ["RCPT TO", "421 4.3.2 Service shutting down", "server_busy"],
  ["RCPT TO", "452 4.5.3 too many messages in this session", "too_fast"],
  ["DATA", "550 5.4.5 Daily user sending limit exceeded", "sending_limit"],
  ["DATA", "550 5.4.6 Unusual sending activity detected", "sending_limit"],
  ["DATA", "454 4.7.0 Throttling failure: Maximum sending rate exceeded", "too_fast"],
  ["DATA", "454 Throttling failure: Daily message quota exceeded", "sending_limit"],
  ["MAIL FROM", "550 5.7.0 Requested action not taken: too many emails per second", "too_fast"],
  ["DATA", "554 5.7.0 The limit on the number of allowed outgoing messages was exceeded", "sending_limit"],
  ["RCPT TO", "550 isp.test has exceeded the max emails per hour (300)", "sending_limit"],
  ["RCPT TO", "451 4.7.1 Greylisted, wait; message rate limit exceeded for this host", "recipient_later"],
  ["RCPT TO", "550 No such user - user message limit exceeded", "recipient_refused"],
  ["RCPT TO", "550 Blocked - see https://www.spamhaus.org/query/ip/192.0.2.1", "message_refused"],
  ["RCPT TO", "550 5.1.1 <x@example.test> banned sending IP", "message_refused"],
  ["RCPT TO", "550 account suspended", "message_refused"],
  ["RCPT TO", "503 5.5.1 bad sequence of commands", "message_refused"],
  ["RCPT TO", "552 over what it may keep", "mailbox_full"],
  ["RCPT TO", "550 <banned@example.test>: recipient does not exist", "recipient_refused"],
  ["RCPT TO", "550 5.2.1 The account that you tried to reach is disabled", "recipient_refused"],
  ["RCPT TO", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "recipient_refused"],
  ["RCPT TO", "554 transaction failed", "message_refused"],
  ["DATA", "550 5.7.1 Your account has been suspended", "sender_blocked"],
  ["DATA", "554 sending paused for this account", "sender_blocked"],
  ["DATA", "550 5.7.26 This mail is blocked because the sender is unauthenticated", "sender_refused"],
  ["DATA", "554 5.2.0 STOREDRV; SubmissionQuotaExceededException", "sending_limit"],
  ["RCPT TO", "550 5.1.90 You've reached your daily limit for message recipients", "sending_limit"],
  ["DATA", "421 4.3.0 Temporary System Problem. Try again later", "server_busy"],
  ["DATA", "421 4.7.0 Try again later, closing connection", "server_busy"],
  ["DATA", "451 4.3.0 queue file write error", "server_busy"],
  ["DATA", "554 5.7.1 This message looks like spam", "message_refused"],
  ["DATA", "552 5.3.4 Message size exceeds fixed limit", "message_refused"],
  ["DATA", "554 5.2.252 SendAsDenied; not allowed to send as somebody else", "sender_refused"],
  ["DATA", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", "sender_refused"],
  ["DATA", "554 Message rejected: Email address is not verified.", "sender_refused"],
  ["MAIL FROM", "553 5.1.8 sender domain does not exist", "sender_refused"],
  ["MAIL FROM", "550 5.7.1 sender not allowed", "sender_refused"],
  ["MAIL FROM", "530 5.7.0 Authentication Required", "login_needed"],
  ["MAIL FROM", "550 5.7.3 client was not authenticated", "login_needed"],
  ["MAIL FROM", "530 5.7.0 Must issue a STARTTLS command first", "wrong_encryption"],
  ["MAIL FROM", "552 5.3.4 Message too big", "message_refused"],
  ["MAIL FROM", "451 4.3.0 try later", "server_busy"],
  ["AUTH PLAIN", "535 5.7.8 Username and Password not accepted", "login_refused"],
  ["AUTH LOGIN", "534 5.7.9 Application-specific password required", "login_refused"],
  [
    "AUTH LOGIN",
    "550 5.7.30 Basic authentication is not supported for Client Submission.",
    "basic_login_ended",
  ],
  [
    "AUTH LOGIN",
    "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
    "basic_login_ended",
  ],
  ["AUTH PLAIN", "454 4.7.0 Temporary authentication failure", "server_busy"],
  ["STARTTLS", "502 5.5.1 not implemented", "no_starttls"],
  ["CONN", "554 5.7.1 Service unavailable; client host blocked", "connection_refused"],
  ["CONN", "421 4.7.0 too many connections", "server_busy"],
];

Deno.test.each(ANSWERS)(
  "an answer is told apart by what is to be done: %s %s",
  (command, response, problem) => {
    const moment = { encryption: "starttls", port: 587, isHandedOver: command === "DATA" } as const;
    const failure = readSmtpError({ message: `x: ${response}`, response, command }, moment);
    assert.equal(failure.problem, problem);
    assert.equal(failure.code, Number(response.slice(0, 3)));
    assert.equal(failure.words, response);
  },
);

/** What happens without an answer. */
const ERRORS: readonly [code: string, originalCode: string, message: string, problem: SmtpProblem][] = [
  ["EDNS", "ENOTFOUND", "queryA ENOTFOUND mail.invalid", "name_not_found"],
  ["EDNS", "EAI_AGAIN", "getaddrinfo EAI_AGAIN mail.ilaya.test", "name_unanswered"],
  ["ESOCKET", "ECONNREFUSED", "connect ECONNREFUSED 192.0.2.1:587", "connection_refused"],
  ["ETIMEDOUT", "", "Connection timeout", "timed_out"],
  ["ECONNECTION", "", "Connection closed unexpectedly", "connection_lost"],
  [
    "ESOCKET",
    "",
    "received corrupt message of type InvalidContentType (wrong version number)",
    "wrong_encryption",
  ],
  ["ESOCKET", "", "self-signed certificate", "certificate"],
  ["ESOCKET", "", "Hostname/IP does not match certificate's altnames: Host: mail.", "certificate"],
  ["ESOCKET", "", "invalid peer certificate: UnknownIssuer", "certificate"],
  ["EAUTH", "", 'Missing credentials for "PLAIN"', "login_refused"],
  ["EAUTH", "", "Cannot get a token: login.test answered 400: invalid_grant", "login_refused"],
];

Deno.test.each(ERRORS)(
  "what no server said is told apart: %s %s %s",
  (code, originalCode, message, problem) => {
    const moment = { encryption: "starttls", port: 587, isHandedOver: false } as const;
    const failure = readSmtpError({ code, originalCode, message }, moment);
    assert.equal(failure.problem, problem);
    assert.equal(failure.code, null);
  },
);

Deno.test("whatever ends a connection after the whole message was handed over, nobody knows what became of it", () => {
  const moment = { encryption: "none", port: 25, isHandedOver: true } as const;
  for (const [code, originalCode, message] of ERRORS) {
    assert.equal(readSmtpError({ code, originalCode, message }, moment).problem, "answer_lost");
  }
});

Deno.test("no greeting on 465 without encryption from the first byte is the wrong encryption", () => {
  const error = { code: "ETIMEDOUT", message: "Greeting never received" };
  const moment = { port: 465, isHandedOver: false };
  assert.equal(readSmtpError(error, { ...moment, encryption: "starttls" }).problem, "wrong_encryption");
  assert.equal(readSmtpError(error, { ...moment, encryption: "tls" }).problem, "timed_out");
});

Deno.test("the words of a server are one line without control characters, and not long", () => {
  assert.equal(cleanWords("550 no\r\nX-Forged: 1\0\u202e end"), "550 no X-Forged: 1 end");
  assert.equal(cleanWords("x".repeat(9_000)).length, 500);
});
