import { bytesOfText, textOfBytes } from "../text/mod.ts";
import { ProtocolError } from "./errors.ts";
import { endOfPlain, isPlain, PlainSentence } from "./plain_sentence.ts";

/** Refuses absurd input before it is buffered. Sizes are bytes. */
export interface DecoderLimits {
  maxWordBytes: number;
  maxSentenceBytes: number;
  maxSentenceWords: number;
}

export const DEFAULT_LIMITS: DecoderLimits = {
  maxWordBytes: 16 * 1024 * 1024,
  maxSentenceBytes: 32 * 1024 * 1024,
  maxSentenceWords: 16_384,
};

/** A received sentence. Its words stand for their bytes (`textOfBytes`): written back they are the same bytes. */
export interface Sentence {
  words: string[];
}

const windows1252Decoder = new TextDecoder("windows-1252");

const MAX_LENGTH = 0xffffffff;
/** Below this a chunk is decoded word by word; above, once as a whole. */
const SMALL_CHUNK_BYTES = 512;

/** The length prefix of a word of `length` bytes. */
export function encodeLength(length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 0 || length > MAX_LENGTH) {
    throw new ProtocolError(`Cannot encode a word length: ${length} is out of range`);
  }
  const prefix = new Uint8Array(prefixBytes(length));
  writeLength(prefix, 0, length);
  return prefix;
}

function prefixBytes(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x4000) return 2;
  if (length < 0x200000) return 3;
  return length < 0x10000000 ? 4 : 5;
}

const PREFIX_MARK = [0, 0, 0x80, 0xc0, 0xe0, 0xf0] as const;

function writeLength(target: Uint8Array, offset: number, length: number): number {
  const size = prefixBytes(length);
  let rest = length;
  for (let i = size - 1; i >= 0; i--) {
    target[offset + i] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
  // The five byte form keeps all 32 bits after its own mark byte, so the mark is the whole first byte.
  target[offset] = (target[offset] ?? 0) | (PREFIX_MARK[size] ?? 0);
  return offset + size;
}

/** One sentence in one buffer: written in one call it leaves in one segment, which Nagle's algorithm cannot hold back. */
export function encodeSentence(words: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  let room = 1;
  for (const word of words) room += 5 + word.length * (typeof word === "string" ? MAX_BYTES_PER_UNIT : 1);
  const out = room <= scratch.length ? scratch : new Uint8Array(room);
  let offset = 0;
  for (const word of words) {
    // A zero-length word is the end of a sentence on the wire.
    if (word.length === 0) throw new ProtocolError("Cannot encode a sentence: a word is empty");
    offset = typeof word === "string" ? writeText(out, offset, word) : writeBytes(out, offset, word);
  }
  out[offset] = 0;
  return out.slice(0, offset + 1);
}

/** Most sentences are built here and copied out, which spares an allocation of the largest possible size for each. */
const scratch = new Uint8Array(16 * 1024);

/** UTF-8 needs at most three bytes for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

function writeText(out: Uint8Array, start: number, text: string): number {
  const offset = writeLength(out, start, text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return writeBytes(out, start, bytesOfText(text));
    out[offset + i] = unit;
  }
  return offset + text.length;
}

function writeBytes(out: Uint8Array, start: number, bytes: Uint8Array): number {
  const offset = writeLength(out, start, bytes.length);
  out.set(bytes, offset);
  return offset + bytes.length;
}

/** Most words are short and ASCII; for them this is several times faster than a TextDecoder call. */
function shortAscii(bytes: Uint8Array): string | null {
  if (bytes.length > 48 || !isAscii(bytes, 0, bytes.length)) return null;
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isPlain(bytes[i] ?? 0)) return false;
  return true;
}

/**
 * Turns a byte stream, cut anywhere, into sentences. Linear in the input. What came whole before a bad byte is
 * delivered, whatever chunk the bad byte is in; after it the decoder stays failed.
 */
export class SentenceDecoder {
  readonly #limits: DecoderLimits;
  #words: string[] = [];
  #sentenceBytes = 0;
  /** Length still being read: value so far and bytes missing. */
  #length = 0;
  #lengthBytesMissing = 0;
  /** A word that began in an earlier chunk; grows by doubling up to the announced length. */
  #partial: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #partialLength = 0;
  #wordLength = -1;
  #chunkText: string | null = null;
  #failure: ProtocolError | null = null;

  constructor(limits: Partial<DecoderLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** True between sentences: an end of stream here cuts nothing in half. */
  get isIdle(): boolean {
    return this.#words.length === 0 && this.#wordLength < 0 && this.#lengthBytesMissing === 0;
  }

  /** What broke the stream; null while it can be read. Asked after every `push` that gave sentences. */
  get failure(): ProtocolError | null {
    return this.#failure;
  }

  /**
   * The sentences that end in this chunk.
   *
   * @throws {ProtocolError} when the stream is broken and no sentence came before the break in this chunk; else the
   * sentences are returned, {@linkcode failure} tells at once and the next call throws
   */
  push(chunk: Uint8Array): Sentence[] {
    if (this.#failure !== null) throw this.#failure;
    const sentences: Sentence[] = [];
    try {
      this.#read(chunk, sentences);
    } catch (error) {
      if (error !== this.#failure || sentences.length === 0) throw error;
    }
    return sentences;
  }

  #read(chunk: Uint8Array, sentences: Sentence[]): void {
    // windows-1252 gives one letter for each byte, so ASCII words can be cut out of this text at their byte offsets.
    this.#chunkText = chunk.length < SMALL_CHUNK_BYTES ? null : windows1252Decoder.decode(chunk);
    let offset = 0;
    while (offset < chunk.length) {
      const end = this.#chunkText === null || !this.isIdle ? -1 : endOfPlain(chunk, offset, this.#limits);
      if (end >= 0) {
        sentences.push(new PlainSentence(this.#chunkText ?? "", offset, end));
        offset = end + 1;
        continue;
      }
      offset = this.#wordLength < 0
        ? this.#readLengthByte(chunk, offset, sentences)
        : this.#readWord(chunk, offset);
    }
  }

  #readLengthByte(chunk: Uint8Array, offset: number, sentences: Sentence[]): number {
    const byte = chunk[offset] ?? 0;
    if (this.#lengthBytesMissing > 0) {
      this.#length = this.#length * 256 + byte;
      this.#lengthBytesMissing--;
    } else {
      this.#startLength(byte);
    }
    if (this.#lengthBytesMissing === 0) this.#lengthKnown(sentences);
    return offset + 1;
  }

  #startLength(byte: number): void {
    if (byte < 0x80) this.#setLength(byte, 0);
    else if (byte < 0xc0) this.#setLength(byte & 0x3f, 1);
    else if (byte < 0xe0) this.#setLength(byte & 0x1f, 2);
    else if (byte < 0xf0) this.#setLength(byte & 0x0f, 3);
    else if (byte === 0xf0) this.#setLength(0, 4);
    // F8 and up are reserved; for F1 to F7 the known clients disagree on the length, so guessing would lose sync.
    else {this.#fail(
        `Cannot read from the router: 0x${byte.toString(16).toUpperCase()} is not a word length`,
      );}
  }

  #setLength(value: number, missing: number): void {
    this.#length = value;
    this.#lengthBytesMissing = missing;
  }

  #lengthKnown(sentences: Sentence[]): void {
    const length = this.#length;
    if (length === 0) return this.#endSentence(sentences);
    const { maxWordBytes, maxSentenceBytes, maxSentenceWords } = this.#limits;
    if (length > maxWordBytes) {
      this.#fail(
        `Cannot read from the router: a word of ${length} bytes is over the limit of ${maxWordBytes}`,
      );
    }
    this.#sentenceBytes += length;
    if (this.#sentenceBytes > maxSentenceBytes || this.#words.length >= maxSentenceWords) {
      this.#fail("Cannot read from the router: a sentence is over the size limit");
    }
    this.#wordLength = length;
    this.#partialLength = 0;
  }

  #endSentence(sentences: Sentence[]): void {
    // An empty sentence carries nothing; real clients ignore it.
    if (this.#words.length > 0) sentences.push({ words: this.#words });
    this.#words = [];
    this.#sentenceBytes = 0;
  }

  #readWord(chunk: Uint8Array, offset: number): number {
    const missing = this.#wordLength - this.#partialLength;
    const end = Math.min(chunk.length, offset + missing);
    if (this.#partialLength === 0 && end - offset === missing) {
      if (this.#chunkText !== null && isAscii(chunk, offset, end)) {
        this.#addWord(this.#chunkText.substring(offset, end));
      } else this.#endWord(chunk.subarray(offset, end));
      return end;
    }
    this.#appendPartial(chunk.subarray(offset, end));
    if (this.#partialLength === this.#wordLength) this.#endWord(this.#partial.subarray(0, this.#wordLength));
    return end;
  }

  #appendPartial(bytes: Uint8Array): void {
    const needed = this.#partialLength + bytes.length;
    if (needed > this.#partial.length) {
      const grown = new Uint8Array(
        Math.min(this.#wordLength, Math.max(needed, this.#partial.length * 2, 256)),
      );
      grown.set(this.#partial.subarray(0, this.#partialLength));
      this.#partial = grown;
    }
    this.#partial.set(bytes, this.#partialLength);
    this.#partialLength = needed;
  }

  #endWord(bytes: Uint8Array): void {
    this.#addWord(shortAscii(bytes) ?? textOfBytes(bytes));
    // A huge word must not keep its buffer alive for the rest of the connection.
    if (this.#partial.length > 65_536) this.#partial = new Uint8Array(0);
  }

  #addWord(text: string): void {
    this.#words.push(text);
    this.#wordLength = -1;
    this.#partialLength = 0;
  }

  #fail(message: string): never {
    this.#failure = new ProtocolError(message);
    throw this.#failure;
  }
}
