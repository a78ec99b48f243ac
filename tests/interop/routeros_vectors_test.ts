import assert from "node:assert/strict";
import { z } from "zod";
import { RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";
import { FakeRouter } from "@/agent/routers/mikrotik/fake_router_test_support.ts";
import {
  challengeResponse,
  encodeLength,
  encodeSentence,
  parseReply,
  ProtocolError,
  SentenceDecoder,
} from "@/shared/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { readFixture } from "./support.ts";

const wordSchema = z.union([z.string(), z.object({ hex: z.string() })]);
const vectorsSchema = z.object({
  length_prefix: z.array(z.object({ length: z.number(), hex: z.string() })).min(1),
  length_prefix_reject: z.array(z.object({ hex: z.string() })).min(1),
  sentences: z.array(z.object({
    name: z.string(),
    words: z.array(wordSchema),
    hex: z.string(),
    expect: z.record(z.string(), z.string()).optional(),
  })).min(1),
  challenge_login: z.array(
    z.object({ password: z.string(), challenge_hex: z.string(), response: z.string() }),
  ).min(1),
  conversations: z.array(z.object({
    name: z.string(),
    client: z.array(z.array(z.string())).optional(),
    router: z.array(z.array(z.string())),
  })).min(1),
});

const text = await readFixture("vectors.json");
const vectors = text === null ? null : vectorsSchema.parse(JSON.parse(text));

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.test({
  name: "recorded length prefixes are written and read alike",
  ignore: vectors === null,
  fn: () => {
    for (const { length, hex } of vectors?.length_prefix ?? []) {
      assert.equal(toHex(encodeLength(length)), hex);
      if (length === 0) continue;
      // One byte below the length the decoder refuses it and names what it read.
      const decoder = new SentenceDecoder({ maxWordBytes: length - 1, maxSentenceBytes: 2 ** 33 });
      assert.throws(() => decoder.push(fromHex(hex)), new RegExp(`a word of ${length} bytes`));
    }
  },
});

Deno.test({
  name: "recorded reserved prefixes are refused",
  ignore: vectors === null,
  fn: () => {
    for (const { hex } of vectors?.length_prefix_reject ?? []) {
      assert.throws(() => new SentenceDecoder().push(fromHex(hex)), ProtocolError);
    }
  },
});

Deno.test({
  name: "recorded sentences are written and read alike",
  ignore: vectors === null,
  fn: () => {
    for (const { name, words, hex, expect } of vectors?.sentences ?? []) {
      const sent = words.map((word) => typeof word === "string" ? word : fromHex(word.hex));
      assert.equal(toHex(encodeSentence(sent)), hex, name);
      const decoded = new SentenceDecoder().push(fromHex(hex));
      assert.equal(decoded.length, words.length === 0 ? 0 : 1, name);
      words.forEach((word, i) => typeof word === "string" && assert.equal(decoded[0]?.words[i], word, name));
      if (expect !== undefined && decoded[0] !== undefined) {
        assert.deepEqual(parseReply(decoded[0]).attributes, expect, name);
      }
    }
  },
});

Deno.test({
  name:
    "recorded sentences in one stream, cut in two anywhere, are read alike, and the bad byte after them is told",
  ignore: vectors === null,
  fn: () => {
    const recorded = (vectors?.sentences ?? []).filter(({ hex }) => hex.length < 2_000);
    const good = recorded.flatMap(({ hex }) => [...fromHex(hex)]);
    for (const { hex } of vectors?.length_prefix_reject ?? []) {
      const bytes = Uint8Array.of(...good, ...fromHex(hex));
      const whole = readInTwo(bytes, bytes.length);
      assert.equal(whole.words.length, recorded.filter(({ words }) => words.length > 0).length);
      assert.ok(whole.failure instanceof ProtocolError);
      for (let cut = 1; cut < bytes.length; cut++) {
        const { words, failure } = readInTwo(bytes, cut);
        assert.deepEqual(words, whole.words, `cut at ${cut}`);
        assert.equal(failure?.message, whole.failure.message, `cut at ${cut}`);
      }
    }
  },
});

function readInTwo(bytes: Uint8Array, cut: number): { words: string[][]; failure: ProtocolError | null } {
  const decoder = new SentenceDecoder();
  const words = decoder.push(bytes.subarray(0, cut)).map((sentence) => sentence.words);
  if (decoder.failure !== null || cut === bytes.length) return { words, failure: decoder.failure };
  try {
    words.push(...decoder.push(bytes.subarray(cut)).map((sentence) => sentence.words));
  } catch (error) {
    assert.ok(error instanceof ProtocolError);
  }
  return { words, failure: decoder.failure };
}

Deno.test({
  name: "the recorded challenge gets the recorded answer",
  ignore: vectors === null,
  fn: () => {
    for (const { password, challenge_hex, response } of vectors?.challenge_login ?? []) {
      assert.equal(challengeResponse(password, challenge_hex), response);
    }
  },
});

/** Replays the router's side with the tag that our session chose for its command. */
async function replay(router: string[][], recordedTag: string | null): Promise<unknown> {
  const fake = new FakeRouter();
  const session = await RouterOsSession.connect({
    host: "fake",
    user: "u",
    password: "p",
    transport: fake.transport,
  });
  const call = session.call("/replayed/print").then((value) => value, (error: unknown) => error);
  await until(() => fake.count("/replayed/print") === 1);
  for (const words of router) {
    const tagged = words.filter((word) => !word.startsWith(".tag="));
    const isOurs = recordedTag === null || words.includes(`.tag=${recordedTag}`);
    fake.reply(...tagged, `.tag=${isOurs ? fake.tagOf("/replayed/print") : "other"}`);
  }
  const result = await call;
  assert.ok(session.isOpen);
  await session.close();
  return result;
}

Deno.test({
  name: "recorded conversations settle our calls",
  ignore: vectors === null,
  fn: async () => {
    for (const { name, client, router } of vectors?.conversations ?? []) {
      // One is not a command's reply: it is written down with gaps and ends the connection.
      if (router.flat().includes("<EOF>")) continue;
      const tag = client?.[0]?.find((word) => word.startsWith(".tag="))?.slice(5) ?? null;
      const result = await replay(router, tag);
      const hasTrap = router.some((words) => words[0] === "!trap");
      assert.equal(result instanceof Error, hasTrap, name);
    }
  },
});
