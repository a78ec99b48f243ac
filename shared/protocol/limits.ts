import * as z from "zod";
import { clip, storableText } from "../text/mod.ts";

/**
 * How much one end of the link takes from the other. An agent is a program on a machine that the operator's customers
 * may stand beside: what it says is bounded in number, length and size, whatever it holds itself to.
 */

/** Secrets that one router may hold: the most that an import reads, and that a report is about. */
export const MAX_ROUTER_SECRETS = 50_000;

/** PPP profiles that an import reads. */
export const MAX_ROUTER_PROFILES = 2_000;

/** Routers that one site may have. */
export const MAX_SITE_ROUTERS = 500;

/** Rows of one message. A frame holds fewer of any honest size. */
export const MAX_MESSAGE_ROWS = 5_000;

/** Changes made by hand that one message tells. */
export const MAX_MESSAGE_CHANGES = 500;

/** Accounts that a question about a router names. */
export const MAX_QUESTION_EXAMPLES = 20;

/** Parts that one report or one answer to a command may come in. */
export const MAX_PARTS = 500;

/** Bytes that the parts of one command's answer may have together, as JSON. */
export const MAX_ANSWER_BYTES = 32 * 1_048_576;

/** How deep a message may nest, and how long any text in it may be, before its schema is asked. */
export const MAX_DEPTH = 8;
export const MAX_TEXT_LENGTH = 8_192;

export const MAX_NAME_LENGTH = 128;
/** Names that an import reads may be longer than what Linya manages: the review says so, row by row. */
export const MAX_READ_NAME_LENGTH = 256;
export const MAX_CODE_LENGTH = 60;
/** A sentence for a person. */
export const MAX_SENTENCE_LENGTH = 1_000;
/** The rest of a longer comment is not read. */
export const MAX_COMMENT_LENGTH = 1_000;
export const MAX_VERSION_LENGTH = 40;

const MAX_DURATION_MS = 24 * 60 * 60_000;
const MAX_UPTIME_SECONDS = 10_000_000_000;

/** Text that the database can hold: of a length, whole characters, no NUL. */
export function boundedText(length: number): z.ZodString {
  return z.string().max(length).refine(isStorable, { error: "holds what is no text" });
}

/** Free text of which only the beginning counts. */
export function clippedText(length: number): z.ZodType<string, string> {
  return z.string().transform((text) => clipText(text, length));
}

/** The first `length` letters, as text that passes `boundedText`. */
export function clipText(text: string, length: number): string {
  return clip(text.replaceAll("\0", ""), length).toWellFormed();
}

/**
 * A name as it was read, with what no database holds as the letter of a NUL. One that is too long for this is cut, and
 * stays too long to be managed: a whole answer is not refused for one row of it.
 */
export function clipName(text: string): string {
  return storableText(text.slice(0, MAX_READ_NAME_LENGTH));
}

/** Why a secret's or a profile's name cannot be managed. */
export type NameProblem = "blank" | "too_long" | "unprintable";

/**
 * Why Linya cannot manage what has this name on a router; null when it can. What this lets pass is what the messages of
 * the state carry, the agent stores and the commands write. Letters are counted as JavaScript counts them.
 */
export function nameProblem(name: string): NameProblem | null {
  if (name.trim() === "") return "blank";
  if (name.length > MAX_NAME_LENGTH) return "too_long";
  return /[\p{Cc}\p{Cs}\uef00]/u.test(name) ? "unprintable" : null;
}

/**
 * Whether RouterOS takes a value for the id of a row, as in `*2`. It prints one where the row that is meant is gone: a
 * secret whose profile was removed has such a profile. As the name of a profile it is never written, because it would
 * set whatever row has that id.
 */
export function readsAsId(name: string): boolean {
  return /^\*[0-9a-f]+$/i.test(name);
}

/** A number of things. */
export function boundedCount(most: number): z.ZodNumber {
  return z.number().int().min(0).max(most);
}

export const durationMs: z.ZodNumber = z.number().min(0).max(MAX_DURATION_MS);
export const uptimeSeconds: z.ZodNumber = z.number().min(0).max(MAX_UPTIME_SECONDS);

/**
 * Why a parsed frame is out of shape, or null. Asked before its schema, which would look at everything and list every
 * single problem of a frame that is made of nothing but problems.
 */
export function shapeProblem(json: unknown): string | null {
  const waiting: { value: unknown; depth: number }[] = [{ value: json, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value === "string" && value.length > MAX_TEXT_LENGTH) {
      return `a text of more than ${MAX_TEXT_LENGTH} letters`;
    }
    if (typeof value !== "object" || value === null) continue;
    if (depth === MAX_DEPTH) return `more than ${MAX_DEPTH} levels`;
    const children = Array.isArray(value) ? value : Object.values(value);
    if (children.length > MAX_MESSAGE_ROWS) return `more than ${MAX_MESSAGE_ROWS} rows`;
    for (const child of children) waiting.push({ value: child, depth: depth + 1 });
  }
  return null;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}
