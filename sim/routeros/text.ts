import { bytesOfText, readableText, textOfBytes } from "@/shared/text/mod.ts";

/** The letters of windows-1252 beyond ASCII, with the text of the one byte that each has there. */
const CODE_PAGE: ReadonlyMap<string, string> = new Map(
  Array.from({ length: 0x80 }, (_, i) => textOfBytes(Uint8Array.of(0x80 + i)))
    .map((byte) => [readableText(byte), byte] as const),
);

/** A text as WinBox on Windows typed it, for a row that is to hold the bytes of that code page; what the page lacks is "?". */
export function codePageText(text: string): string {
  return Array.from(text, (letter) => {
    if (bytesOfText(letter).length === 1) return letter;
    return CODE_PAGE.get(letter) ?? "?";
  }).join("");
}
