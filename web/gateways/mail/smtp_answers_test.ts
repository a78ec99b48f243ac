import assert from "node:assert/strict";
import { wantsNewConnection } from "./read_smtp_answer.ts";
import { readSmtpError } from "./read_smtp_error.ts";
import type { SmtpProblem } from "./types.ts";

type Row = readonly [command: "MAIL" | "RCPT" | "DATA", response: string, problem: SmtpProblem];

const GMAIL: readonly Row[] = [
  [
    "RCPT",
    "550-5.1.1 The email account that you tried to reach does not exist. Please try\n550-5.1.1 double-checking the recipient's email address for typos or\n550 5.1.1 unnecessary spaces. https://support.google.com/mail/?p=NoSuchUser a1-2b.3 - gsmtp",
    "recipient_refused",
  ],
  [
    "RCPT",
    "550 5.2.1 The email account that you tried to reach is inactive. https://support.google.com/mail/?p=DisabledUser",
    "recipient_refused",
  ],
  [
    "RCPT",
    "450-4.2.1 The user you are trying to contact is receiving mail too quickly.\n450 4.2.1 Please resend your message at a later time.",
    "recipient_later",
  ],
  [
    "RCPT",
    "452-4.2.2 The email account that you tried to reach is over quota. Please direct\n452 4.2.2 the recipient to https://support.google.com/mail/?p=OverQuotaTemp",
    "recipient_later",
  ],
  [
    "RCPT",
    "552-5.2.2 The email account that you tried to reach is over quota. Please direct\n552 5.2.2 the recipient to https://support.google.com/mail/?p=OverQuotaPerm",
    "mailbox_full",
  ],
  [
    "DATA",
    "550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\n550 5.4.5 sending limits go to https://support.google.com/a/answer/166852",
    "sending_limit",
  ],
  [
    "DATA",
    "421-4.7.28 Our system has detected an unusual rate of unsolicited mail originating\n421 4.7.28 from your IP address.",
    "server_busy",
  ],
  ["DATA", "550-5.7.26 This mail has been blocked because the sender is unauthenticated.", "sender_refused"],
  [
    "DATA",
    "550-5.7.1 [203.0.113.4] Our system has detected that this message is likely\n550 5.7.1 unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked.",
    "message_refused",
  ],
  [
    "MAIL",
    "530-5.7.0 Authentication Required. For more information, go to\n530 5.7.0 https://support.google.com/accounts/troubleshooter/2402620",
    "login_needed",
  ],
  ["MAIL", "421 4.7.0 Too many messages in this connection, closing connection", "too_fast"],
];

const MICROSOFT_365: readonly Row[] = [
  [
    "DATA",
    "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded [Hostname=SG2PR01MB1.apcprd01.prod.exchangelabs.com]",
    "too_fast",
  ],
  [
    "MAIL",
    "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.",
    "too_fast",
  ],
  [
    "DATA",
    "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message",
    "sending_limit",
  ],
  [
    "DATA",
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
    "sending_limit",
  ],
  ["DATA", "451 4.7.500 Server busy. Please try again later from [203.0.113.4].", "server_busy"],
  ["DATA", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", "sender_refused"],
  [
    "DATA",
    "554 5.2.252 SendAsDenied; bills@isp.test not allowed to send as owner@isp.test",
    "sender_refused",
  ],
  ["DATA", "550 5.1.8 Access denied, bad outbound sender AS(42004)", "sender_blocked"],
  [
    "RCPT",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient juan@example.test not found by SMTP address lookup",
    "recipient_refused",
  ],
  ["RCPT", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "message_refused"],
  ["RCPT", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", "login_needed"],
  [
    "DATA",
    "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded",
    "mailbox_full",
  ],
  ["DATA", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", "message_refused"],
];

const POSTFIX: readonly Row[] = [
  [
    "RCPT",
    "550 5.1.1 <juan@example.test>: Recipient address rejected: User unknown in virtual mailbox table",
    "recipient_refused",
  ],
  [
    "RCPT",
    "550 5.1.1 <daily-quota@example.test>: Recipient address rejected: User unknown",
    "recipient_refused",
  ],
  ["RCPT", "550 5.1.1 <juan@blocked.test>: no such user", "recipient_refused"],
  [
    "RCPT",
    "550 5.1.1 <juan@example.test>: Recipient address rejected: undeliverable address: host mx.example.test[192.0.2.9] said: 550 5.7.1 Sender address rejected: not allowed (in reply to RCPT TO command)",
    "message_refused",
  ],
  [
    "RCPT",
    "550 5.1.1 <juan@example.test>: Recipient address rejected: undeliverable address: host mx.blocked.test[192.0.2.9] said: 550 5.1.1 no such user here (in reply to RCPT TO command)",
    "recipient_refused",
  ],
  [
    "RCPT",
    "450 4.1.1 <juan@example.test>: Recipient address rejected: unverified address: host mx.example.test said: 450 4.7.1 Sender rate limit exceeded per hour",
    "recipient_later",
  ],
  ["RCPT", "554 5.7.1 <juan@example.test>: Relay access denied", "login_needed"],
  ["RCPT", "450 4.7.1 Error: too many recipients from 203.0.113.4", "too_fast"],
  ["MAIL", "450 4.7.1 Error: too much mail from 203.0.113.4", "too_fast"],
  ["MAIL", "450 4.7.1 Error: too many messages from 203.0.113.4", "too_fast"],
  ["MAIL", "421 4.7.0 mx.example.test Error: too many concurrent connections from 203.0.113.4", "too_fast"],
  [
    "RCPT",
    "450 4.7.1 <juan@example.test>: Recipient address rejected: per day quota of bills@isp.test exceeded",
    "sending_limit",
  ],
  ["RCPT", "553 5.7.1 <bills@isp.test>: Sender address rejected: not owned by user isp", "sender_refused"],
  [
    "RCPT",
    "450 4.2.0 <juan@example.test>: Recipient address rejected: Greylisted, see http://postgrey.example/daily-limit.html",
    "recipient_later",
  ],
  [
    "RCPT",
    "554 5.7.1 Service unavailable; Client host [203.0.113.4] blocked using zen.spamhaus.org",
    "message_refused",
  ],
  ["RCPT", "554 5.7.1 Client host rejected: see zen.spamhaus.org, user unknown to us", "message_refused"],
  ["RCPT", "550 5.1.1 User unknown. See http://www.spamhaus.org/faq", "recipient_refused"],
  ["MAIL", "452 4.3.1 Insufficient system storage", "server_busy"],
  ["DATA", "452 4.3.1 Insufficient system storage", "server_busy"],
  ["DATA", "550 5.7.1 Command rejected", "message_refused"],
];

const EXIM: readonly Row[] = [
  ["RCPT", "550 Unrouteable address", "message_refused"],
  ["RCPT", "550 No Such User Here", "recipient_refused"],
  ["RCPT", "550 Sender verify failed", "sender_refused"],
  ["RCPT", "550 relay not permitted, authentication required", "login_needed"],
  [
    "RCPT",
    "550 isp.test has exceeded the max emails per hour (150/100 (150%)) allowed. Message discarded.",
    "sending_limit",
  ],
  [
    "DATA",
    "550 Domain isp.test has exceeded the max defers and failures per hour (5/5 (100%)) allowed. Message discarded.",
    "sending_limit",
  ],
  ["DATA", "550 Sender rate overlimit - 101.2 / 1h", "sending_limit"],
  ["RCPT", "451 Temporary local problem - please try later", "recipient_later"],
  ["DATA", "550 This message was classified as SPAM and may not be delivered", "message_refused"],
];

const ZOHO: readonly Row[] = [
  ["DATA", "550 5.4.6 Unusual sending activity detected. Please try after sometime", "sending_limit"],
  ["DATA", "554 5.1.8 Email Outgoing Blocked", "sender_blocked"],
  ["MAIL", "553 Relaying disallowed as bills@isp.test", "sender_refused"],
  ["RCPT", "550 5.1.1 Invalid email recipients", "recipient_refused"],
  ["RCPT", "552 5.2.2 Mailbox quota exceeded", "mailbox_full"],
];

const SES: readonly Row[] = [
  [
    "DATA",
    "554 Message rejected: Email address is not verified. The following identities failed the check in region AP-SOUTHEAST-1: juan@example.test",
    "sender_refused",
  ],
  ["DATA", "454 Throttling failure: Maximum sending rate exceeded.", "too_fast"],
  ["DATA", "454 Throttling failure: Daily message quota exceeded.", "sending_limit"],
  [
    "DATA",
    "554 Sending paused for this account. For more information, please check the inbox of the email address",
    "sender_blocked",
  ],
  [
    "DATA",
    "554 Transaction failed: Address contains illegal characters in user name: '<juan>'.",
    "message_refused",
  ],
];

const BREVO: readonly Row[] = [
  ["MAIL", "502 5.7.0 Please activate your SMTP account first", "sender_blocked"],
  ["MAIL", "530 5.7.1 Authentication required", "login_needed"],
  ["DATA", "550 5.7.1 Your SMTP account is not yet activated", "sender_blocked"],
  ["DATA", "550 5.7.0 daily email quota reached", "sending_limit"],
];

const YAHOO: readonly Row[] = [
  [
    "DATA",
    "554 delivery error: dd This user doesn't have a yahoo.com account (juan@yahoo.com) [0] - mta4.mail.bf1.yahoo.com",
    "recipient_refused",
  ],
  [
    "DATA",
    "554 delivery error: dd Sorry, your message to juan@yahoo.com cannot be delivered. This mailbox is disabled (554.30). - mta.mail.yahoo.com",
    "recipient_refused",
  ],
  ["DATA", "552 1 Requested mail action aborted, mailbox not found", "recipient_refused"],
  [
    "DATA",
    "421 4.7.0 [TSS04] Messages from 203.0.113.4 temporarily deferred due to unexpected volume or user complaints",
    "server_busy",
  ],
  [
    "DATA",
    "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes",
    "message_refused",
  ],
];

const QMAIL: readonly Row[] = [
  ["RCPT", "550 sorry, no mailbox here by that name (#5.1.1)", "recipient_refused"],
  ["RCPT", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "login_needed"],
  ["DATA", "552 sorry, the mailbox is over quota (#5.2.2)", "mailbox_full"],
  ["RCPT", "451 qq temporary problem (#4.3.0)", "recipient_later"],
];

/** One person's own limits and words, and the account's. */
const OTHERS: readonly Row[] = [
  ["RCPT", "550 5.7.1 juan@example.test recipient has exceeded daily message limit", "message_refused"],
  ["RCPT", "450 4.7.1 this recipient takes no more than 5 messages per second", "recipient_later"],
  ["RCPT", "550 5.7.1 you have exceeded the daily recipient limit", "sending_limit"],
  ["DATA", "550 5.2.1 The email account that you tried to reach is disabled", "recipient_refused"],
  ["DATA", "550 5.1.1 No such user", "recipient_refused"],
  ["DATA", "552 5.2.2 Mailbox full", "mailbox_full"],
  ["DATA", "452 4.2.2 Mailbox full", "recipient_later"],
  [
    "DATA",
    "550 5.7.1 The user's mailbox has been blocked; account restricted for this recipient",
    "message_refused",
  ],
  ["DATA", "550 5.7.1 Your account has been suspended", "sender_blocked"],
  ["DATA", "550 5.2.1 Your account is disabled", "sender_blocked"],
  ["RCPT", "550 5.7.1 Sender address does not exist", "sender_refused"],
  ["RCPT", "550 Your account does not exist any more, renew at host.test", "sender_refused"],
  ["RCPT", "550 5.7.1 bills@isp.test account not found, authenticate", "sender_refused"],
  ["RCPT", "550 5.1.1 juan@example.test: mail of bills@isp.test is for a user unknown", "recipient_refused"],
  ["DATA", "550 From address does not exist", "sender_refused"],
  ["RCPT", "550 no such user; see https://help.blocked.test/550", "recipient_refused"],
  ["RCPT", "550 IP address not found in DNS", "message_refused"],
  ["MAIL", "550 5.2.1 account disabled", "sender_blocked"],
  ["MAIL", "450 4.7.1 no more than 30 messages per minute", "too_fast"],
  ["DATA", "421 Too many messages (50) in this session, reconnect", "too_fast"],
  ["DATA", "421 4.3.2 Service closing transmission channel", "server_busy"],
  ["DATA", "421 4.7.0 hourly message limit exceeded", "server_busy"],
  ["DATA", "550 5.7.1 daily message limit exceeded, closing connection", "sending_limit"],
  ["DATA", "552 Message size exceeds the maximum of this session", "message_refused"],
];

const COMMANDS = { MAIL: "MAIL FROM", RCPT: "RCPT TO", DATA: "DATA" } as const;

const BY_SERVER = { GMAIL, MICROSOFT_365, POSTFIX, EXIM, ZOHO, SES, BREVO, YAHOO, QMAIL, OTHERS };

for (const [server, rows] of Object.entries(BY_SERVER)) {
  Deno.test.each(rows)(`an answer as ${server} gives it: %s %s`, (command, response, problem) => {
    const error = { message: "x", code: "EENVELOPE", response, command: COMMANDS[command] };
    const moment = {
      encryption: "starttls",
      port: 587,
      isHandedOver: command === "DATA",
      from: "bills@isp.test",
      to: "juan@example.test",
    } as const;
    assert.equal(readSmtpError(error, moment).problem, problem);
  });
}

Deno.test("a server that has enough of the connection gets the next message over a new one", () => {
  const wants = (response: string) =>
    wantsNewConnection({ code: Number(response.slice(0, 3)), words: response });
  for (
    const response of [
      "421 4.3.2 Service closing transmission channel",
      "452 4.5.3 too many messages in this session",
      "450 4.7.1 no more messages: limit of 20 per connection",
    ]
  ) {
    assert.ok(wants(response), response);
  }
  for (const response of ["451 4.7.1 Greylisted", "432 4.3.2 Concurrent connections limit exceeded"]) {
    assert.ok(!wants(response), response);
  }
});

Deno.test("an answer without end is read as quickly as a short one", () => {
  for (const part of ["x", "a.", "exceed ", "account ", "said: 550 "]) {
    const response = `550 ${part.repeat(60_000 / part.length)}`;
    const beganMs = performance.now();
    readSmtpError({ message: "x", response, command: "RCPT TO" }, {
      encryption: "none",
      port: 25,
      isHandedOver: false,
    });
    assert.ok(performance.now() - beganMs < 200, part);
  }
});
