import { z } from "zod";
import {
  challengeResponse,
  encodeLength,
  encodeSentence,
  parseReply,
  ProtocolError,
  type Sentence,
  SentenceDecoder,
} from "@/shared/routeros/mod.ts";
import { bytesOfText } from "@/shared/text/mod.ts";
import type { CasesByKind, Comparison, ConformanceCase, Suite } from "./types.ts";

const hexText = z.string().regex(/^(?:[0-9a-f]{2})*$/i).transform((hex) => hex.toLowerCase());
const vectorFile = z.record(z.string(), z.array(z.looseObject({})));

/** The wire vectors of the RouterOS API. */
export const routerosSuite: Suite = {
  name: "routeros",
  files: ["routeros/vectors.json"],
  split: ([file]) => splitVectors(vectorFile.parse(file)),
  kinds: {
    length_prefix: runLengthPrefix,
    length_prefix_reject: runLengthPrefixReject,
    sentences: runSentence,
    challenge_login: runChallengeLogin,
    conversations: runConversation,
    value_casting: runValueCasting,
  },
};

function splitVectors(file: z.output<typeof vectorFile>): CasesByKind {
  const byKind = new Map<string, ConformanceCase[]>();
  for (const [kind, vectors] of Object.entries(file)) {
    // An entry that is nothing but a note is no case.
    const cases = vectors.filter((vector) => Object.keys(vector).some((key) => key !== "note"));
    byKind.set(kind, cases.map((content, i) => ({ id: nameOf(content, i), content })));
  }
  return byKind;
}

function nameOf(vector: Record<string, unknown>, index: number): string {
  const name = vector.name ?? vector.length ?? vector.hex ?? vector.word;
  return typeof name === "string" || typeof name === "number" ? `"${name}"` : `#${index + 1}`;
}

const lengthPrefix = z.object({
  length: z.int(),
  hex: hexText,
  direction: z.enum(["both", "encode", "decode"]).default("both"),
});

function runLengthPrefix(content: unknown): Comparison {
  const { length, hex, direction } = lengthPrefix.parse(content);
  const expected: Record<string, unknown> = {};
  const got: Record<string, unknown> = {};
  if (direction !== "decode") {
    expected.encoded = hex;
    got.encoded = encodeLength(length).toHex();
  }
  if (direction !== "encode") {
    expected.decoded = length;
    got.decoded = decodesAs(Uint8Array.fromHex(hex), length) ? length : "another length";
  }
  return { expected, got };
}

/** The decoder never tells a length, so it is pinned from both sides: allowed at the limit, refused one below. */
function decodesAs(prefix: Uint8Array, length: number): boolean {
  if (length === 0) return isAccepted(prefix, 0) && endsSentence(prefix);
  return isAccepted(prefix, length) && !isAccepted(prefix, length - 1);
}

function isAccepted(prefix: Uint8Array, maxWordBytes: number): boolean {
  try {
    new SentenceDecoder({ maxWordBytes, maxSentenceBytes: 2 ** 33 }).push(prefix);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

function endsSentence(prefix: Uint8Array): boolean {
  const decoder = new SentenceDecoder();
  decoder.push(encodeLength(1));
  return decoder.push(Uint8Array.of(0x61, ...prefix)).length === 1 && decoder.isIdle;
}

const lengthPrefixReject = z.object({ hex: hexText });

function runLengthPrefixReject(content: unknown): Comparison {
  const { hex } = lengthPrefixReject.parse(content);
  const isRefused = !isAccepted(Uint8Array.fromHex(hex), 2 ** 33);
  return { expected: { outcome: "reject" }, got: { outcome: isRefused ? "reject" : "accept" } };
}

const word = z.union([z.string(), z.object({ hex: hexText })]);
const sentenceVector = z.object({
  words: z.array(word),
  hex: hexText,
  expect: z.record(z.string(), z.string()).optional(),
});

function runSentence(content: unknown): Comparison {
  const { words, hex, expect } = sentenceVector.parse(content);
  const bytes = Uint8Array.fromHex(hex);
  const asBytes = words.map((one) => typeof one === "string" ? one : Uint8Array.fromHex(one.hex));
  const wanted = asBytes.length === 0 ? [] : [asBytes.map(wordHex)];
  const [atOnce] = decode(bytes, bytes.length);
  return {
    expected: { encoded: hex, decoded: wanted, byte_by_byte: wanted, attributes: expect ?? null },
    got: {
      encoded: encodeSentence(asBytes).toHex(),
      decoded: decode(bytes, bytes.length).map(sentenceHex),
      byte_by_byte: decode(bytes, 1).map(sentenceHex),
      attributes: expect === undefined || atOnce === undefined ? null : parseReply(atOnce).attributes,
    },
  };
}

function decode(bytes: Uint8Array, chunkBytes: number): Sentence[] {
  const decoder = new SentenceDecoder();
  const sentences: Sentence[] = [];
  for (let i = 0; i < bytes.length; i += chunkBytes) {
    sentences.push(...decoder.push(bytes.slice(i, i + chunkBytes)));
  }
  if (!decoder.isIdle) throw new Error("Cannot decode sentence: bytes are left over");
  return sentences;
}

function sentenceHex(sentence: Sentence): string[] {
  return sentence.words.map((word) => bytesOfText(word).toHex());
}

function wordHex(one: string | Uint8Array): string {
  return (typeof one === "string" ? new TextEncoder().encode(one) : one).toHex();
}

const challengeLogin = z.object({ password: z.string(), challenge_hex: hexText, response: z.string() });

function runChallengeLogin(content: unknown): Comparison {
  const { password, challenge_hex, response } = challengeLogin.parse(content);
  return { expected: { response }, got: { response: challengeResponse(password, challenge_hex) } };
}

const spokenWords = z.array(z.array(word));
const conversation = z.object({ client: spokenWords.default([]), router: spokenWords });

/** What a client must read out of a recorded exchange: every reply, to whom it belongs, and who has been answered. */
function runConversation(content: unknown): Comparison {
  const recorded = conversation.parse(content);
  // Entries such as "…x4" and "<EOF>" are notes of the person who recorded it.
  const spoken = recorded.router.map(bytesOf).filter(([first = new Uint8Array()]) => first[0] === BANG);
  const client = recorded.client.map(bytesOf);
  const stream = [...client, ...spoken].flatMap((words) => [...encodeSentence(words)]);
  const sentences = decode(Uint8Array.from(stream), 1);
  const asked = sentences.slice(0, client.length).map(({ words }) => words);
  const replies = sentences.slice(client.length).map((sentence) => parseReply(sentence));
  const isCut = recorded.router.length === 0 || recorded.router.flat().includes("<EOF>");
  return {
    expected: {
      sentences: [...client, ...spoken].map((words) => words.map(wordHex)),
      replies: sentences.slice(client.length).map(({ words }) => readByHand(words)),
      unanswered: [],
    },
    got: {
      sentences: sentences.map(sentenceHex),
      replies,
      // Where the connection ended, its end is the answer of all that waited.
      unanswered: isCut ? [] : unanswered(asked, replies),
    },
  };
}

const BANG = 0x21;

function bytesOf(words: readonly z.output<typeof word>[]): Uint8Array[] {
  return words.map((one) =>
    typeof one === "string" ? new TextEncoder().encode(one) : Uint8Array.fromHex(one.hex)
  );
}

/** The same reading as the product's, written out on its own. */
function readByHand(words: readonly string[]): Record<string, unknown> {
  const [type, ...rest] = words;
  const attributes = Object.fromEntries(
    rest.filter((one) => one.startsWith("=")).map((one) => {
      const end = one.indexOf("=", 1);
      return end < 0 ? [one.slice(1), ""] : [one.slice(1, end), one.slice(end + 1)];
    }),
  );
  const tag = rest.findLast((one) => one.startsWith(".tag="))?.slice(5) ?? null;
  const bare = rest.find((one) => !one.startsWith("=") && !one.startsWith(".tag="));
  const reason = type === "!fatal" ? bare ?? attributes["message"] ?? "" : null;
  return { type, tag, attributes, reason };
}

/** Tags whose command never got its `!done`; `!trap` and `!empty` end nothing, `!fatal` ends everything. */
function unanswered(
  client: readonly (readonly string[])[],
  replies: readonly { type: string; tag: string | null }[],
): unknown[] {
  if (replies.some((reply) => reply.type === "!fatal")) return [];
  const done = replies.filter((reply) => reply.type === "!done").map((reply) => reply.tag);
  return client.filter((words) => !isEndless(words, client)).map(tagOf).filter((tag) => !done.includes(tag));
}

/** A listen that nobody cancels goes on for ever. */
function isEndless(words: readonly string[], client: readonly (readonly string[])[]): boolean {
  const isCancelled = client.some((one) =>
    one[0] === "/cancel" &&
    (!one.some((part) => part.startsWith("=tag=")) || one.includes(`=tag=${tagOf(words)}`))
  );
  return /\/listen$/.test(words[0] ?? "") && !isCancelled;
}

function tagOf(words: readonly string[]): string | null {
  return words.find((one) => one.startsWith(".tag="))?.slice(5) ?? null;
}

const valueCasting = z.object({ word: z.string() });

/** Values stay text: a name such as "0123" or "yes" must come out as it went in. */
function runValueCasting(content: unknown): Comparison {
  const { word: sent } = valueCasting.parse(content);
  const [, name = "", value = ""] = /^=([^=]*)=?([\s\S]*)$/.exec(sent) ?? [];
  const { attributes } = parseReply(["!re", sent]);
  return { expected: { attributes: { [name]: value } }, got: { attributes } };
}
