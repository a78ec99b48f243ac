import { ProtocolError } from "./errors.ts";
import type { Sentence } from "./codec.ts";

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
  const words = "words" in sentence ? sentence.words : sentence;
  const type = words[0] ?? "";
  if (!isReplyType(type)) {
    throw new ProtocolError(
      `Cannot read from the router: "${printable(type)}" is not a reply of the RouterOS API`,
    );
  }
  const reply: Reply = { type, tag: null, attributes: {}, reason: null };
  for (let i = 1; i < words.length; i++) readWord(reply, words[i] ?? "");
  if (type === "!fatal") reply.reason ??= reply.attributes["message"] ?? "";
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
