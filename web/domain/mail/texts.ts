import type { Occasion } from "./types.ts";

/** What stands in a text for what differs from mail to mail. */
export const MAIL_VARIABLES = [
  "name",
  "company",
  "account",
  "amount",
  "period",
  "due_date",
  "number",
  "link",
  "when",
  "date",
  "receipt",
  "left",
  "plan",
  "until",
] as const;
export type MailVariable = (typeof MAIL_VARIABLES)[number];

const ALWAYS = ["name", "company", "account"] as const;

/** What each occasion has; in the order in which it is explained. */
export const VARIABLES_OF: Readonly<Record<Occasion, readonly MailVariable[]>> = {
  bill_issued: [...ALWAYS, "amount", "period", "due_date", "number", "link"],
  payment_received: [...ALWAYS, "amount", "date", "receipt", "left"],
  reminder: [...ALWAYS, "amount", "period", "due_date", "number", "link", "when"],
  cut_notice: [...ALWAYS, "plan", "when"],
  cut: [...ALWAYS, "plan"],
  restored: [...ALWAYS, "plan"],
  hold_granted: [...ALWAYS, "plan", "until"],
  credit_given: [...ALWAYS, "amount", "number", "left"],
};

/** What is wrong with a text. */
export type TextProblem =
  | { code: "mail_text_unknown_variable"; values: { name: string } }
  | { code: "mail_text_brace"; values: Record<never, never> };

const IN_BRACES = /\{([^{}]*)\}/g;

/**
 * Looks whether a text of an occasion can be filled in.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(textProblem("Hi {name}", "cut"), null);
 * assert.equal(textProblem("Pay {amout}", "reminder")?.code, "mail_text_unknown_variable");
 * assert.equal(textProblem("Pay {amount", "reminder")?.code, "mail_text_brace");
 * ```
 */
export function textProblem(text: string, occasion: Occasion): TextProblem | null {
  const known: readonly string[] = VARIABLES_OF[occasion];
  for (const [, name = ""] of text.matchAll(IN_BRACES)) {
    if (!known.includes(name)) return { code: "mail_text_unknown_variable", values: { name: `{${name}}` } };
  }
  return /[{}]/.test(text.replace(IN_BRACES, "")) ? { code: "mail_text_brace", values: {} } : null;
}

/** Puts the values in. A value is never looked at for variables; one that is not known stays as it was typed. */
export function fillText(text: string, values: Readonly<Partial<Record<MailVariable, string>>>): string {
  return text.replace(IN_BRACES, (whole, name: string) => values[name as MailVariable] ?? whole);
}
