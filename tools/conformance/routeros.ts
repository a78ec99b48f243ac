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

const hexText = z.string().regex(/^(?:[0-9a-f]{2})*$/i);
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

const conversation = z.object({
  client: z.array(z.array(z.string())).default([]),
  router: z.array(z.array(z.string())),
});

/** What a client must read out of a recorded exchange: every reply, to whom it belongs, and who has been answered. */
function runConversation(content: unknown): Comparison {
  const { client, router } = conversation.parse(content);
  // Entries such as "…x4" and "<EOF>" are notes of the person who recorded it.
  const spoken = router.filter(([first = ""]) => first.startsWith("!"));
  const stream = [...client, ...spoken].flatMap((words) => [...encodeSentence(words)]);
  const sentences = decode(Uint8Array.from(stream), 1);
  const replies = sentences.slice(client.length).map((sentence) => parseReply(sentence));
  return {
    expected: { sentences: [...client, ...spoken], replies: spoken.map(readByHand), unanswered: [] },
    got: { sentences: sentences.map(({ words }) => words), replies, unanswered: unanswered(client, replies) },
  };
}

/** The same reading as the product's, written out on its own. */
function readByHand(words: readonly string[]): Record<string, unknown> {
  const [type, ...rest] = words;
  const attributes = rest.filter((one) => one.startsWith("=")).map((one) => {
    const [name = "", ...value] = one.slice(1).split("=");
    return [name, value.join("=")];
  });
  const tag = rest.find((one) => one.startsWith(".tag="))?.slice(5) ?? null;
  const reason = type === "!fatal" ? rest.find((one) => !/^[=.]/.test(one)) ?? null : null;
  return { type, tag, attributes: Object.fromEntries(attributes), reason };
}

/** Tags whose command never got its `!done`; `!trap` and `!empty` end nothing, `!fatal` ends everything. */
function unanswered(
  client: readonly string[][],
  replies: readonly { type: string; tag: string | null }[],
): unknown[] {
  if (replies.some((reply) => reply.type === "!fatal")) return [];
  const asked = client.map((words) => words.find((one) => one.startsWith(".tag="))?.slice(5) ?? null);
  const answered = replies.filter((reply) => reply.type === "!done").map((reply) => reply.tag);
  return asked.filter((tag) => !answered.includes(tag));
}

const valueCasting = z.object({ word: z.string() });

/** Values stay text: a name such as "0123" or "yes" must come out as it went in. */
function runValueCasting(content: unknown): Comparison {
  const { word: sent } = valueCasting.parse(content);
  const [, name = "", value = ""] = /^=([^=]*)=?([\s\S]*)$/.exec(sent) ?? [];
  const { attributes } = parseReply(["!re", sent]);
  return { expected: { attributes: { [name]: value } }, got: { attributes } };
}
