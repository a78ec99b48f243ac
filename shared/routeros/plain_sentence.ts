import type { DecoderLimits, Sentence } from "./codec.ts";

/** The longest word whose length is one byte; that byte is the length itself. */
const MAX_PLAIN_BYTES = 0x7f;

/**
 * A sentence of short ASCII words that arrived in one piece, as most are: a place in the text of its chunk. Reading a row
 * from there spares a string for every word, which is a third of what a print of thousands of rows costs.
 */
export class PlainSentence implements Sentence {
  #words: string[] | null = null;

  /** `text` has one letter for each byte of the chunk; in it each word stands behind its length. */
  constructor(readonly text: string, readonly start: number, readonly end: number) {}

  get words(): string[] {
    this.#words ??= this.#cutWords();
    return this.#words;
  }

  #cutWords(): string[] {
    const words = [];
    for (let at = this.start; at < this.end;) {
      const end = at + 1 + this.text.charCodeAt(at);
      words.push(this.text.substring(at + 1, end));
      at = end;
    }
    return words;
  }
}

/** How much a sentence holds, near enough to limit what is kept of an answer. */
export function lettersOf(sentence: Sentence): number {
  if (sentence instanceof PlainSentence) return sentence.end - sentence.start;
  return sentence.words.reduce((sum, word) => sum + word.length, 0);
}

/**
 * Where the sentence that begins at `start` ends (at its zero byte), or -1 when it is empty, not plain, not whole in this
 * chunk, or over a limit.
 */
export function endOfPlain(chunk: Uint8Array, start: number, limits: DecoderLimits): number {
  const longest = Math.min(MAX_PLAIN_BYTES, limits.maxWordBytes);
  let words = 0;
  let at = start;
  for (;;) {
    const length = chunk[at] ?? MAX_PLAIN_BYTES + 1;
    if (length === 0) break;
    const end = at + 1 + length;
    if (length > longest || end > chunk.length) return -1;
    for (let i = at + 1; i < end; i++) if (!isPlain(chunk[i] ?? 0)) return -1;
    words++;
    at = end;
  }
  const isOver = words > limits.maxSentenceWords || at - start - words > limits.maxSentenceBytes;
  return words === 0 || isOver ? -1 : at;
}

/** ASCII but for NUL, which is escaped: one comparison, since each byte that is read passes here. */
export function isPlain(byte: number): boolean {
  return ((byte - 1) & 0xff) < 0x7f;
}
