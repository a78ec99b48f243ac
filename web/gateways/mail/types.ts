/** How a mail server is spoken to. */
export interface SmtpServer {
  host: string;
  port: number;
  encryption: Encryption;
  login: SmtpLogin | null;
  reach: MailReach;
  /** Which ports may be dialled. @default what the reach allows */
  ports?: readonly number[];
}

/**
 * Where servers may stand: `public` in an installation for many ISPs, none of which may send it into a private network;
 * `loopback` in the demo, whose mail never leaves the machine.
 */
export type MailReach = "anywhere" | "public" | "loopback";

/** `starttls` begins in clear and must switch; `tls` is encrypted from the first byte. */
export const ENCRYPTIONS = ["starttls", "tls", "none"] as const;
export type Encryption = (typeof ENCRYPTIONS)[number];

/** Secrets in clear; they live no longer than the connection is made. */
export type SmtpLogin = { kind: "password"; username: string; password: string } | OAuthLogin;

/** A login by tokens that somebody else gives. */
export interface OAuthLogin {
  kind: "oauth2";
  username: string;
  clientId: string;
  clientSecret: string;
  refreshToken: string;
  tokenUrl: string;
  /** Keeps what was given. @default each connection asks */
  tokens?: KeptTokens;
}

/** A token that logs in instead of a password. */
export interface AccessToken {
  token: string;
  expiresInMs: number;
}

/** The same as it is given. */
export interface GivenToken extends AccessToken {
  /** To ask with from now on; null: the same. */
  refreshToken: string | null;
}

/** Tokens of one login. */
export interface KeptTokens {
  /** One that is kept and holds for a while yet, else what `ask` is given; whoever comes meanwhile waits for the same. */
  take(ask: () => Promise<GivenToken>): Promise<AccessToken>;
}

/** A message that is ready to go. */
export interface OutgoingMail {
  from: { name: string; address: string };
  replyTo: string | null;
  to: { name: string; address: string };
  subject: string;
  html: string;
  text: string;
  /** With its angle brackets; the same for every try. */
  messageId: string;
  date: Temporal.Instant;
  /** Further headers, e.g. List-Unsubscribe. */
  headers: Readonly<Record<string, string>>;
  attachments: readonly MailAttachment[];
}

export interface MailAttachment {
  fileName: string;
  contentType: string;
  content: Uint8Array;
  /** Shown in the text by `cid:`; left out: it is attached. */
  contentId?: string;
}

/**
 * What went wrong, told apart by what is to be done. Of the first group this message alone is affected; of the second the
 * sender waits; of the third every message of the tenant is, until somebody corrects the settings.
 */
export const SMTP_PROBLEMS = [
  /** 5xx to the recipient or the content of this message. */
  "recipient_refused",
  "mailbox_full",
  "message_refused",
  /** 4xx: greylisting and the like; this message is tried again. */
  "recipient_later",
  "server_busy",
  /** The connection ended, nothing of the message was taken. */
  "connection_lost",
  /** The whole message was handed over, and no answer came. */
  "answer_lost",
  "timed_out",
  /** Limits of seconds, and of what is taken at once: as many, but slower or over fewer connections. */
  "too_fast",
  "sending_limit",
  /** Nobody could say where the server is; there may be one. */
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
  /** The account that sends is suspended. */
  "sender_blocked",
] as const;
export type SmtpProblem = (typeof SMTP_PROBLEMS)[number];

/** A failure with the server's own words, cleaned and cut. */
export interface SmtpFailure {
  problem: SmtpProblem;
  /** First line of the server's answer, or of the error; without control characters. */
  words: string;
  /** `550`; null where no server answered. */
  code: number | null;
  /** `5.1.1`, RFC 3463; null where none was given. */
  status: string | null;
  /** Which command the server answered: `RCPT TO`; left out where none did. */
  command?: string;
}

/** What became of a message. */
export type SendResult = { ok: true; words: string } | { ok: false; failure: SmtpFailure };

/** Steps of a test, in their order. */
export const SMTP_STEPS = ["name", "connect", "encryption", "login", "sender", "accepted"] as const;
export type SmtpStep = (typeof SMTP_STEPS)[number];

/** How far a test came: every step before `stoppedAt` went well. */
export interface SmtpTrial {
  /** Null: accepted. */
  stoppedAt: SmtpStep | null;
  failure: SmtpFailure | null;
  /** What the server said to the message. */
  words: string | null;
}
