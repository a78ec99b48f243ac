import { ENGLISH, type MessageKey, type Translate } from "@/web/messages/mod.ts";
import type { Sentence } from "@/web/domain/settings/mod.ts";

/** Says a sentence of the domain in the reader's language. */
export function say(t: Translate, sentence: Sentence<MessageKey>): string {
  const values = Object.fromEntries(
    Object.entries(sentence.values ?? {}).map(([name, value]) => [name, wordOf(t, value)]),
  );
  return t(sentence.key, values);
}

function wordOf(t: Translate, value: string | number | readonly Sentence<MessageKey>[]): string | number {
  if (typeof value === "string" || typeof value === "number") return value;
  return value.map((piece) => say(t, piece)).join(", ");
}

/** Problems of the input in the reader's language: schemas name a message where they have words of their own. */
export function sayProblems(t: Translate, problems: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(problems).map(([field, text]) => [field, isKey(text) ? t(text) : text]),
  );
}

function isKey(text: string): text is MessageKey {
  return Object.hasOwn(ENGLISH, text);
}
