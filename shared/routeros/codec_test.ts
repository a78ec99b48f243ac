import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesOfText, readableText } from "../text/mod.ts";
import { encodeLength, encodeSentence, type Sentence, SentenceDecoder } from "./codec.ts";
import { ProtocolError } from "./errors.ts";

const STREAM = [["!re", ".tag=1", "=name=niño", `=comment=${"x".repeat(300)}`], ["!re", "=a=b=c\nd"], [
  "!done",
]];

function streamOf(sentences: readonly (readonly string[])[]): Uint8Array {
  return Uint8Array.from(sentences.flatMap((words) => [...encodeSentence(words)]));
}

function wordsOf(sentences: readonly Sentence[]): string[][] {
  return sentences.map((sentence) => sentence.words);
}

function decodeInChunks(bytes: Uint8Array, sizes: readonly number[]): Sentence[] {
  const decoder = new SentenceDecoder();
  const sentences: Sentence[] = [];
  let offset = 0;
  for (let i = 0; offset < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    sentences.push(...decoder.push(bytes.subarray(offset, offset + size)));
    offset += size;
  }
  return sentences;
}

Deno.test("a stream cut in two at any byte gives the same sentences", () => {
  const bytes = streamOf(STREAM);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const decoder = new SentenceDecoder();
    const sentences = [...decoder.push(bytes.subarray(0, cut)), ...decoder.push(bytes.subarray(cut))];
    assert.deepEqual(wordsOf(sentences), STREAM, `cut at ${cut}`);
  }
});

Deno.test("a stream that arrives byte by byte gives the same sentences", () => {
  assert.deepEqual(wordsOf(decodeInChunks(streamOf(STREAM), [1])), STREAM);
});

Deno.test("many sentences in one chunk all come out, in order", () => {
  const many = Array.from({ length: 500 }, (_, i) => ["!re", `=n=${i}`]);
  assert.deepEqual(wordsOf(new SentenceDecoder().push(streamOf(many))), many);
});

Deno.test("a length prefix that holds a zero byte is not the end of a sentence", () => {
  const word = "y".repeat(256);
  assert.deepEqual([...encodeSentence([word]).subarray(0, 2)], [0x81, 0x00]);
  assert.deepEqual(wordsOf(decodeInChunks(streamOf([[word]]), [1])), [[word]]);
});

Deno.test("an empty sentence is ignored", () => {
  const bytes = Uint8Array.of(0, 0, ...encodeSentence(["!done"]), 0);
  assert.deepEqual(wordsOf(new SentenceDecoder().push(bytes)), [["!done"]]);
});

Deno.test("lengths count bytes, not letters", () => {
  assert.equal(encodeSentence(["łąć"])[0], 6);
});

Deno.test("a word in a code page is another one than in UTF-8, reads the same and leaves as it came", () => {
  const raw = Uint8Array.of(...new TextEncoder().encode("=name=Ni"), 0xf1, 0x6f);
  const [sentence] = new SentenceDecoder().push(encodeSentence(["!re", raw, "=name=Niño"]));
  assert.ok(sentence);
  assert.notEqual(sentence.words[1], "=name=Niño");
  assert.deepEqual(sentence.words.map(readableText), ["!re", "=name=Niño", "=name=Niño"]);
  assert.deepEqual(encodeSentence(sentence.words), encodeSentence(["!re", raw, "=name=Niño"]));
});

Deno.test("a byte order mark is part of the word", () => {
  const [sentence] = new SentenceDecoder().push(encodeSentence(["\ufeffx"]));
  assert.deepEqual(sentence?.words, ["\ufeffx"]);
});

Deno.test("a first byte from F1 to FF is refused, and the decoder stays failed", () => {
  for (let byte = 0xf1; byte <= 0xff; byte++) {
    const decoder = new SentenceDecoder();
    assert.throws(() => decoder.push(Uint8Array.of(byte)), ProtocolError);
    assert.throws(() => decoder.push(encodeSentence(["!done"])), ProtocolError);
  }
});

Deno.test("a word over the limit is refused before its bytes arrive", () => {
  const over = encodeLength(16 * 1024 * 1024 + 1);
  assert.throws(() => new SentenceDecoder().push(over), /over the limit/);
  assert.throws(
    () => new SentenceDecoder().push(Uint8Array.of(0xf0, 0xff, 0xff, 0xff, 0xff)),
    /4294967295 bytes/,
  );
});

Deno.test("a word of exactly 16 MiB passes", () => {
  const word = new Uint8Array(16 * 1024 * 1024).fill(0x61);
  const [sentence] = decodeInChunks(encodeSentence([word]), [1024 * 1024]);
  assert.equal(sentence?.words[0]?.length, word.length);
});

Deno.test("a sentence over its limits of words or bytes is refused", () => {
  const words = new SentenceDecoder({ maxSentenceWords: 2 });
  assert.throws(() => words.push(encodeSentence(["a", "b", "c"])), ProtocolError);
  const bytes = new SentenceDecoder({ maxSentenceBytes: 5 });
  assert.throws(() => bytes.push(encodeSentence(["abc", "def"])), ProtocolError);
});

Deno.test("an empty word cannot be encoded, because it would end the sentence", () => {
  assert.throws(() => encodeSentence(["/login", ""]), ProtocolError);
});

Deno.test("a length out of range cannot be encoded", () => {
  for (const length of [-1, 1.5, 2 ** 32, NaN]) assert.throws(() => encodeLength(length), ProtocolError);
});

const word = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 400 }),
  fc.string({ minLength: 1, maxLength: 40 }),
).filter((text) => text.isWellFormed() && !/[\0\uef00\uef80-\uefff]/.test(text));
const sentence = fc.array(word, { minLength: 1, maxLength: 12 });

Deno.test("whatever is encoded decodes to itself, however the bytes are cut", () => {
  fc.assert(fc.property(
    fc.array(sentence, { maxLength: 8 }),
    fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 10 }),
    (sentences, sizes) => {
      assert.deepEqual(wordsOf(decodeInChunks(streamOf(sentences), sizes)), sentences);
    },
  ));
});

Deno.test("any bytes in a word come back as they were", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (raw) => {
    const [decoded] = new SentenceDecoder().push(encodeSentence([raw]));
    assert.ok(decoded);
    assert.deepEqual([...bytesOfText(decoded.words[0] ?? "")], [...raw]);
    assert.deepEqual(encodeSentence(decoded.words), encodeSentence([raw]));
  }));
});

Deno.test("words of any bytes are the same texts however the stream is cut", () => {
  const words = fc.array(fc.uint8Array({ minLength: 1, maxLength: 900 }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(
    fc.array(words, { minLength: 1, maxLength: 4 }),
    fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 }),
    (sentences, sizes) => {
      const bytes = Uint8Array.from(sentences.flatMap((words) => [...encodeSentence(words)]));
      const whole = wordsOf(decodeInChunks(bytes, [bytes.length]));
      assert.deepEqual(wordsOf(decodeInChunks(bytes, sizes)), whole);
      assert.deepEqual(
        whole.map((words) => encodeSentence(words)),
        sentences.map((raw) => encodeSentence(raw)),
      );
    },
  ));
});

Deno.test("random bytes give sentences or a ProtocolError, nothing else", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 64 }), (bytes, size) => {
    try {
      decodeInChunks(bytes, [size]);
    } catch (error) {
      assert.ok(error instanceof ProtocolError);
    }
  }));
});

/** What a stream gives when it comes in pieces of these sizes: every sentence, and how it broke. */
function readAll(bytes: Uint8Array, sizes: readonly number[]): { words: string[][]; failure: string | null } {
  const decoder = new SentenceDecoder({ maxWordBytes: 4_096, maxSentenceBytes: 8_192, maxSentenceWords: 50 });
  const words: string[][] = [];
  let offset = 0;
  for (let i = 0; offset < bytes.length && decoder.failure === null; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    try {
      words.push(...wordsOf(decoder.push(bytes.subarray(offset, offset + size))));
    } catch (error) {
      assert.ok(error instanceof ProtocolError);
      assert.equal(error, decoder.failure);
    }
    offset += size;
  }
  return { words, failure: decoder.failure?.message ?? null };
}

Deno.test("a good sentence before a bad byte in one chunk is delivered, then the error", () => {
  const decoder = new SentenceDecoder();
  const bytes = Uint8Array.of(...encodeSentence(["!done", ".tag=1"]), 0xf8, ...encodeSentence(["!done"]));
  assert.deepEqual(wordsOf(decoder.push(bytes)), [["!done", ".tag=1"]]);
  assert.match(decoder.failure?.message ?? "", /0xF8 is not a word length/);
  assert.throws(() => decoder.push(encodeSentence(["!done"])), ProtocolError);
});

Deno.test("a stream with a bad byte cut in two anywhere gives the same sentences and the same error", () => {
  const bytes = Uint8Array.of(...streamOf(STREAM), 3, 0x21, 0x72, 0x65, 0xff, 0x00);
  const whole = readAll(bytes, [bytes.length]);
  assert.deepEqual(whole.words, STREAM);
  assert.match(whole.failure ?? "", /0xFF/);
  for (let cut = 1; cut < bytes.length; cut++) {
    assert.deepEqual(readAll(bytes, [cut, bytes.length]), whole, `cut at ${cut}`);
  }
});

const piece = fc.oneof(
  { weight: 6, arbitrary: sentence.map((words) => encodeSentence(words)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(...[0xf1, 0xf8, 0xff].map((byte) => Uint8Array.of(byte))) },
  { weight: 1, arbitrary: fc.constant(encodeLength(5_000)) },
);

Deno.test("good and bad streams give the same, however their bytes are cut", () => {
  fc.assert(fc.property(
    fc.array(piece, { maxLength: 8 }),
    fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 10 }),
    (pieces, sizes) => {
      const bytes = Uint8Array.from(pieces.flatMap((part) => [...part]));
      const whole = readAll(bytes, [Math.max(1, bytes.length)]);
      assert.deepEqual(readAll(bytes, sizes), whole);
      assert.deepEqual(readAll(bytes, [1]), whole);
    },
  ));
});
