/*
 * A router keeps bytes. Texts that are UTF-8 are held as text; a byte that is not is held as the lone surrogate
 * U+DC00 + byte, so that it leaves as it came and "niño" in a code page is another name than "niño" in UTF-8.
 */

const ESCAPE = 0xdc00;
const ESCAPED = /[\udc80-\udcff]/u;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The bytes of a word as the simulator holds them. */
export function textOf(bytes: Uint8Array): string {
  const whole = decode(bytes);
  if (whole !== null) return whole;
  let text = "";
  for (let i = 0; i < bytes.length;) {
    const letter = bytes.subarray(i, i + letterLength(bytes[i] ?? 0));
    const decoded = decode(letter);
    text += decoded ?? String.fromCharCode(ESCAPE + (bytes[i] ?? 0));
    i += decoded === null ? 1 : letter.length;
  }
  return text;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function letterLength(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** The bytes that `textOf` was given. */
export function bytesOf(text: string): Uint8Array {
  if (!ESCAPED.test(text)) return encoder.encode(text);
  return Uint8Array.from([...text].flatMap((letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return isEscape(code) ? [code - ESCAPE] : [...encoder.encode(letter)];
  }));
}

function isEscape(code: number): boolean {
  return code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff;
}

/** A word for `encodeSentence`, which writes plain texts faster than we could. */
export function wireWord(text: string): string | Uint8Array {
  return ESCAPED.test(text) ? bytesOf(text) : text;
}

/** Latin letters keep their one byte; what windows-1252 lacks becomes "?", as WinBox did. */
export function toWindows1252(text: string): Uint8Array {
  return Uint8Array.from([...text], (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    if (isEscape(code)) return code - ESCAPE;
    return code <= 0xff ? code : 0x3f;
  });
}

/** A text as WinBox on Windows typed it, for a row that is to hold the bytes of that code page. */
export function codePageText(text: string): string {
  return textOf(toWindows1252(text));
}
