import { ProtocolError } from "./errors.ts";
import type { Sentence } from "./codec.ts";
import { PlainSentence } from "./plain_sentence.ts";

/** Attribute values by name, as text: RouterOS has no types on the wire, and guessing them corrupts names such as "0123". */
export type Row = Record<string, string>;

export type ReplyType = "!re" | "!done" | "!trap" | "!fatal" | "!empty";

/** One sentence from the router. `reason` is the bare text of `!fatal`, else null. */
export interface Reply {
  type: ReplyType;
  tag: string | null;
  attributes: Row;
  reason: string | null;
}

const REPLY_TYPES: ReadonlySet<string> = new Set<ReplyType>(["!re", "!done", "!trap", "!fatal", "!empty"]);

function isReplyType(word: string): word is ReplyType {
  return REPLY_TYPES.has(word);
}

/** Reads a sentence from the router; throws ProtocolError when its first word is no known reply. */
export function parseReply(sentence: Sentence | readonly string[]): Reply {
  if (sentence instanceof PlainSentence) return parsePlain(sentence);
  const words = "words" in sentence ? sentence.words : sentence;
  const reply = emptyReply(words[0] ?? "");
  for (let i = 1; i < words.length; i++) readWord(reply, words[i] ?? "");
  return finished(reply);
}

/** The same, from the text of the chunk. */
function parsePlain({ text, start, end }: PlainSentence): Reply {
  let at = start + 1 + text.charCodeAt(start);
  // Most are rows, whose type needs no string of its own.
  const isRow = at === start + 4 && text.startsWith("!re", start + 1);
  const reply = emptyReply(isRow ? "!re" : text.substring(start + 1, at));
  while (at < end) {
    const word = at + 1;
    at = word + text.charCodeAt(at);
    const equals = text.charCodeAt(word) === EQUALS ? text.indexOf("=", word + 1) : -1;
    if (equals < 0 || equals >= at) readWord(reply, text.substring(word, at));
    else {
      setAttribute(reply.attributes, nameAt(text, word + 1, equals), text.substring(equals + 1, at));
    }
  }
  return finished(reply);
}

/**
 * Names of attributes that were met, by a hash; the first with a hash stays. Rows repeat a dozen names, and a string that
 * V8 knows as the name of a property is stored under it in a fraction of the time.
 */
const namesMet: string[] = new Array(256).fill("");

function nameAt(text: string, start: number, end: number): string {
  const name = text.substring(start, end);
  const length = end - start;
  const middle = text.charCodeAt(start + (length >> 1));
  const hash = (length * 29 + text.charCodeAt(start) * 5 + middle * 17 + text.charCodeAt(end - 1) * 11) & 255;
  const met = namesMet[hash];
  if (met === name) return met;
  // The key of an object is a copy; the substring would keep the text of its chunk in memory.
  if (met === "") namesMet[hash] = Object.keys({ [name]: "" })[0] ?? "";
  return name;
}

const EQUALS = "=".charCodeAt(0);

function emptyReply(type: string): Reply {
  if (!isReplyType(type)) {
    throw new ProtocolError(
      `Cannot read from the router: "${printable(type)}" is not a reply of the RouterOS API`,
    );
  }
  return { type, tag: null, attributes: {}, reason: null };
}

function finished(reply: Reply): Reply {
  if (reply.type === "!fatal") reply.reason ??= reply.attributes["message"] ?? "";
  return reply;
}

function readWord(reply: Reply, word: string): void {
  if (word.startsWith("=")) {
    const { name, value } = splitAttribute(word);
    setAttribute(reply.attributes, name, value);
  } else if (word.startsWith(".tag=")) {
    reply.tag = word.slice(5);
  } else if (reply.type === "!fatal" && reply.reason === null) {
    reply.reason = word;
  }
}

/** `=key=value`: the key ends at the second "="; a word without one has an empty value, and values may hold "=". */
export function splitAttribute(word: string): { name: string; value: string } {
  const end = word.indexOf("=", 1);
  return end < 0
    ? { name: word.slice(1), value: "" }
    : { name: word.slice(1, end), value: word.slice(end + 1) };
}

function setAttribute(row: Row, name: string, value: string): void {
  // Plain assignment to this one name would be swallowed by the prototype.
  if (name === "__proto__") {
    Object.defineProperty(row, name, { value, enumerable: true, writable: true, configurable: true });
  } else row[name] = value;
}

function printable(word: string): string {
  // deno-lint-ignore no-control-regex
  return word.slice(0, 32).replace(/[\u0000-\u001f\u007f-\u009f]/g, ".");
}
