import type { Reply } from "./faults.ts";

/** What is wrong with the whole server; turned while it runs. */
export interface MailSwitches {
  /** STARTTLS is not offered, as when somebody in between strips it. */
  noTls: boolean;
  /** Which certificate it shows. */
  certificate: CertificateKind;
  /** Every login is answered 535. */
  loginRefused: boolean;
  /** Logins with a password are answered 550 5.7.30. */
  basicLoginEnded: boolean;
  /** From so many messages on, 550 5.4.5; counted from when it is set. */
  dailyLimit: number | null;
  /** Every sender is answered 553 5.7.1. */
  senderRefused: boolean;
  /** What every recipient is answered, and every message; null: nothing is wrong with them. */
  everyRecipient: Reply | null;
  everyMessage: Reply | null;
  /** Every connection is dropped after 15 ms. */
  dropping: boolean;
  /** The port is closed. */
  away: boolean;
  /** Connections are accepted and nothing is said. */
  silent: boolean;
}

/** Certificates that the server can show. */
export const CERTIFICATE_KINDS = ["own", "wrong name", "expired"] as const;
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

/** Nothing is wrong. */
export const ALL_WELL: MailSwitches = {
  noTls: false,
  certificate: "own",
  loginRefused: false,
  basicLoginEnded: false,
  dailyLimit: null,
  senderRefused: false,
  everyRecipient: null,
  everyMessage: null,
  dropping: false,
  away: false,
  silent: false,
};

/** Words of the switches on a command line, and of the lines that are typed while it runs. */
const WORDS = {
  "no-tls": "noTls",
  "login-refused": "loginRefused",
  "basic-login-ended": "basicLoginEnded",
  "sender-refused": "senderRefused",
  dropping: "dropping",
  away: "away",
  silent: "silent",
} as const;

/** The words of switches that are on or off. */
export const SWITCH_WORDS = Object.keys(WORDS) as (keyof typeof WORDS)[];

/** How the lines are written, for whoever typed another one. */
export const SWITCH_USAGE = `${
  SWITCH_WORDS.join(", ")
}: each followed by on or off; certificate own, certificate wrong name, certificate expired; daily-limit N or off`;

/** What a typed line changes, e.g. `away on`. Throws when it says nothing that is known. */
export function parseSwitch(line: string): Partial<MailSwitches> {
  const [word = "", ...rest] = line.trim().split(/\s+/);
  const value = rest.join(" ");
  if (Object.hasOwn(WORDS, word) && (value === "on" || value === "off")) {
    return { [WORDS[word as keyof typeof WORDS]]: value === "on" };
  }
  const kind = CERTIFICATE_KINDS.find((one) => one === value);
  if (word === "certificate" && kind !== undefined) return { certificate: kind };
  if (word === "daily-limit" && value === "off") return { dailyLimit: null };
  if (word === "daily-limit" && /^\d{1,9}$/.test(value)) return { dailyLimit: Number(value) };
  throw new TypeError(`Cannot read "${line.trim()}": it is none of ${SWITCH_USAGE}`);
}
