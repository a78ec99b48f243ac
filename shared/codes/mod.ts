/**
 * The one catalogue of what Linya says: refusals with their HTTP status and field, and remarks. The words stand in
 * `web/messages/{en,fil}/codes_<word>.json`, one message for each code.
 */
import { access } from "./access.ts";
import { approvals } from "./approvals.ts";
import { billing } from "./billing.ts";
import { bounces } from "./bounces.ts";
import { cuts } from "./cuts.ts";
import { deliveries } from "./deliveries.ts";
import { demo } from "./demo.ts";
import { fields } from "./fields.ts";
import { imports } from "./imports.ts";
import type { Coded, RefusalEntry, ValueKinds, ValueOf } from "./kinds.ts";
import { live } from "./live.ts";
import { mail_server } from "./mail_server.ts";
import { mailTexts } from "./mail_texts.ts";
import { log } from "./log.ts";
import { network } from "./network.ts";
import { payers } from "./payers.ts";
import { payments } from "./payments.ts";
import { privacy } from "./privacy.ts";
import { settings } from "./settings.ts";
import { subscribers } from "./subscribers.ts";

export type { Coded, CodedValue, ValueKind, ValueKinds } from "./kinds.ts";
export { says } from "./in_zod.ts";
export { codedOf, formatCoded, parseCoded, periodValue } from "./stored.ts";

/** The catalogue by feature word. No code stands in two of them. */
export const CODES_BY_WORD = {
  access,
  approvals,
  billing,
  bounces,
  cuts,
  deliveries,
  demo,
  fields,
  imports,
  live,
  mail_server,
  mail_texts: mailTexts,
  log,
  network,
  payers,
  payments,
  privacy,
  settings,
  subscribers,
} as const;

/** All entries. */
export const CODES = {
  ...access,
  ...approvals,
  ...billing,
  ...bounces,
  ...cuts,
  ...deliveries,
  ...demo,
  ...fields,
  ...imports,
  ...live,
  ...mail_server,
  ...mailTexts,
  ...log,
  ...network,
  ...payers,
  ...payments,
  ...privacy,
  ...settings,
  ...subscribers,
} as const;

export type Code = keyof typeof CODES;
/** Codes of refusals: those with an HTTP status. */
export type RefusalCode = {
  [C in Code]: (typeof CODES)[C] extends RefusalEntry<infer _> ? C : never;
}[Code];

/** The values that a code takes. */
export type ValuesOf<C extends Code> = (typeof CODES)[C] extends { values: infer V extends ValueKinds }
  ? { readonly [Name in keyof V]: ValueOf<V[Name]> }
  : never;
/** The values as the last parameter; none where the code takes none. */
export type ValueArguments<C extends Code> = keyof ValuesOf<C> extends never ? [] : [values: ValuesOf<C>];

/** A code with its values; the compiler asks for just those that the catalogue names. */
export function coded<C extends Code>(code: C, ...[values]: ValueArguments<C>): Coded {
  return { code, values: (values ?? {}) as Coded["values"] };
}

/** Whether a text is a code of this version. */
export function isCode(text: string): text is Code {
  return Object.hasOwn(CODES, text);
}

/** HTTP status and field of a refusal; null for what is none. */
export function findRefusal(code: string): RefusalEntry | null {
  if (!isCode(code)) return null;
  const entry: { status?: number; values: ValueKinds } = CODES[code];
  return entry.status === undefined ? null : entry as RefusalEntry;
}

const WORD_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(CODES_BY_WORD).flatMap(([word, codes]) => Object.keys(codes).map((code) => [code, word])),
);

/** The feature word of a code: the part of its message. */
export function wordOf(code: Code): keyof typeof CODES_BY_WORD {
  return WORD_OF.get(code) as keyof typeof CODES_BY_WORD;
}
