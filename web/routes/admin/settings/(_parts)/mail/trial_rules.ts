import type { MailTest } from "@/web/services/mail/test_mail_server.ts";

/** Steps of a test in their order, by the names of the gateway. */
export const STEPS = ["name", "connect", "encryption", "login", "sender", "accepted"] as const;
export type Step = (typeof STEPS)[number];

/** Fields of the form that a failed step speaks of. */
export type TrialField =
  | "host"
  | "port"
  | "encryption"
  | "auth"
  | "password"
  | "clientSecret"
  | "fromAddress"
  | "dailyMax"
  | "testTo";

const FIELD_OF_PROBLEM: Readonly<Record<string, TrialField>> = {
  name_not_found: "host",
  address_not_allowed: "host",
  certificate: "host",
  connection_refused: "port",
  wrong_encryption: "encryption",
  no_starttls: "encryption",
  login_needed: "auth",
  basic_login_ended: "auth",
  sender_refused: "fromAddress",
  sending_limit: "dailyMax",
  recipient_refused: "testTo",
};

const FIELD_OF_STEP: Readonly<Record<Step, TrialField>> = {
  name: "host",
  connect: "port",
  encryption: "encryption",
  login: "password",
  sender: "fromAddress",
  accepted: "testTo",
};

/** The field that the failure is shown beside; null where nothing failed. */
export function fieldOf({ trial, auth }: MailTest): TrialField | null {
  if (trial === null || trial.stoppedAt === null) return null;
  const field = FIELD_OF_PROBLEM[trial.failure?.problem ?? ""] ?? FIELD_OF_STEP[trial.stoppedAt];
  return field === "password" && auth === "oauth2" ? "clientSecret" : field;
}

/** The encryption that the server seems to expect; null where nothing says so. */
export function wantedBy({ trial, encryption, port }: MailTest): "starttls" | "tls" | null {
  switch (trial?.failure?.problem) {
    case "wrong_encryption":
      return encryption === "tls" ? "starttls" : "tls";
    // On the port of TLS a server waits for the first byte of it, and says nothing.
    case "timed_out":
    case "connection_lost":
      return port === 465 && encryption !== "tls" ? "tls" : null;
    default:
      return null;
  }
}

/** The encryption that a button offers: never less of it than there was. */
export function switchOf(test: MailTest): "starttls" | "tls" | null {
  return test.trial?.stoppedAt === "accepted" ? null : wantedBy(test);
}
