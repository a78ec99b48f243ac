import type { Tone } from "@/web/components/facts/tone.ts";

/**
 * The word and the colour of one state. The word is the fixed English one of CSV files, logs and tests; pages show
 * `words.<kind>_<state>` in the person's language.
 */
export interface StateWord {
  word: string;
  tone: Tone;
}

/** States of a bill, derived from the ledger; the same words in the screen, CSV and API. */
export const BILL_WORDS = {
  draft: { word: "Draft", tone: "mute" },
  due: { word: "Due", tone: "info" },
  partly_paid: { word: "Partly paid", tone: "warn" },
  paid: { word: "Paid", tone: "ok" },
  disputed: { word: "Disputed", tone: "hold" },
  grace: { word: "Grace", tone: "warn" },
  overdue: { word: "Overdue", tone: "bad" },
  void: { word: "Void", tone: "mute" },
} as const satisfies Record<string, StateWord>;

/** States of a subscription; `held` is a flag with a date and is shown in place of active. */
export const CONNECTION_WORDS = {
  pending: { word: "Pending install", tone: "info" },
  active: { word: "Active", tone: "ok" },
  held: { word: "Held", tone: "hold" },
  disconnected: { word: "Disconnected", tone: "bad" },
  cancelled: { word: "Cancelled", tone: "mute" },
} as const satisfies Record<string, StateWord>;

/** What the router or agent last said. Unknown is grey: a router that is down says nothing about a person. */
export const LINK_WORDS = {
  online: { word: "Online", tone: "ok" },
  offline: { word: "Offline", tone: "bad" },
  unknown: { word: "Unknown", tone: "mute" },
} as const satisfies Record<string, StateWord>;

/** Stages of an instruction to an agent. */
export const COMMAND_WORDS = {
  queued: { word: "Queued", tone: "info" },
  sent: { word: "Sent", tone: "info" },
  done: { word: "Done", tone: "ok" },
  failed: { word: "Failed", tone: "bad" },
  expired: { word: "Expired", tone: "mute" },
} as const satisfies Record<string, StateWord>;

/** Health of a radio or access point. */
export const DEVICE_WORDS = {
  up: { word: "Up", tone: "ok" },
  degraded: { word: "Degraded", tone: "warn" },
  down: { word: "Down", tone: "bad" },
  snoozed: { word: "Snoozed", tone: "hold" },
} as const satisfies Record<string, StateWord>;

export type BillState = keyof typeof BILL_WORDS;
export type ConnectionState = keyof typeof CONNECTION_WORDS;
export type LinkState = keyof typeof LINK_WORDS;
export type CommandState = keyof typeof COMMAND_WORDS;
export type DeviceState = keyof typeof DEVICE_WORDS;
