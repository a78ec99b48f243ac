/*
 * A router keeps bytes, and not all of them are UTF-8: WinBox on Windows wrote the code page of its PC. Text of such
 * bytes has to be told apart from the same words in UTF-8, has to go back to the router as it came, and has to pass
 * JSON, PostgreSQL and hashes on the way. So a byte that is no UTF-8 is a letter of its own, from the end of the private
 * use area, where neither people nor fonts have any.
 */

/** Byte 80 is U+EF80, byte FF is U+EFFF, and NUL, which PostgreSQL refuses, U+EF00. */
const ESCAPE = 0xef00;
/** The letter of a NUL byte. */
const NUL_LETTER = "\uef00";
const ESCAPED_BYTE = /[\uef80-\uefff]/;
const ESCAPED = /[\uef00\uef80-\uefff]/;
const ESCAPED_ALL = /[\uef00\uef80-\uefff]/g;
/** What a text that is UTF-8 may hold and is escaped all the same, so that no two words of a router become one text. */
const AMBIGUOUS = /[\0\uef00\uef80-\uefff]/;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const windows1252 = new TextDecoder("windows-1252");

/**
 * The text of a word of a router: UTF-8 as the text it is, each other byte as a private letter. No two words give the
 * same text, and the text can be stored anywhere.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesOfText, readableText, textOfBytes } from "@/shared/text/mod.ts";
 * const inCodePage = textOfBytes(Uint8Array.of(0x6e, 0x69, 0xf1, 0x6f));
 * assert.notEqual(inCodePage, "niño");
 * assert.equal(readableText(inCodePage), "niño");
 * assert.deepEqual([...bytesOfText(inCodePage)], [0x6e, 0x69, 0xf1, 0x6f]);
 * ```
 */
export function textOfBytes(bytes: Uint8Array): string {
  const whole = decode(bytes);
  if (whole !== null && !AMBIGUOUS.test(whole)) return whole;
  let text = "";
  for (let i = 0; i < bytes.length;) {
    const letter = letterAt(bytes, i);
    if (letter === null || AMBIGUOUS.test(letter.text)) {
      text += String.fromCharCode(ESCAPE + (bytes[i++] ?? 0));
    } else {
      text += letter.text;
      i += letter.size;
    }
  }
  return text;
}

/** The bytes that `textOfBytes` was given; of any other text its UTF-8. */
export function bytesOfText(text: string): Uint8Array {
  if (!ESCAPED.test(text)) return encoder.encode(text);
  const bytes: number[] = [];
  for (const letter of text) {
    if (ESCAPED.test(letter)) bytes.push(letter.charCodeAt(0) - ESCAPE);
    else bytes.push(...encoder.encode(letter));
  }
  return Uint8Array.from(bytes);
}

/** What a person reads: bytes of a code page as the letters that WinBox on Windows shows, "?" where it has none. */
export function readableText(text: string): string {
  return ESCAPED.test(text) ? text.replace(ESCAPED_ALL, readableLetter) : text;
}

/** Whether a text holds bytes of a code page: it is another one than the text in UTF-8 that reads the same. */
export function isCodePageText(text: string): boolean {
  return ESCAPED_BYTE.test(text);
}

/** Whether a text holds letters that stand for bytes: nobody types them. */
export function holdsEscapedBytes(text: string): boolean {
  return ESCAPED.test(text);
}

/** What another program sent as a text that no database holds: NUL and halves of letters become the letter of NUL. */
export function storableText(text: string): string {
  if (text.isWellFormed() && !text.includes("\0")) return text;
  return text.replace(/\0|[\ud800-\udfff]/gu, NUL_LETTER);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** The letter that begins at a byte; null where none does. A decoder's exception for each bad byte would take seconds. */
function letterAt(bytes: Uint8Array, at: number): { text: string; size: number } | null {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return { text: String.fromCharCode(lead), size: 1 };
  if (lead < 0xc2 || lead > 0xf4) return null;
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  let code = lead & (0x7f >> size);
  for (let i = 1; i < size; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return null;
    code = (code << 6) | (next & 0x3f);
  }
  const isWhole = code >= (FIRST_CODE[size] ?? 0) && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isWhole ? { text: String.fromCodePoint(code), size } : null;
}

/** The first code point of the letters of two, three and four bytes: a smaller one is written in fewer. */
const FIRST_CODE = [0, 0, 0x80, 0x800, 0x10000] as const;

/** The letters of the upper half of windows-1252; its decoder gives a control character where the page is empty. */
const LETTERS = Array.from(
  windows1252.decode(Uint8Array.from({ length: 0x80 }, (_, i) => i + 0x80)),
  (letter) => /\p{Cc}/u.test(letter) ? "?" : letter,
);

function readableLetter(letter: string): string {
  return LETTERS[letter.charCodeAt(0) - ESCAPE - 0x80] ?? "?";
}
