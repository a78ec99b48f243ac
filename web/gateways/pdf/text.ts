import { type Face, type Glyph, REPLACEMENT } from "./faces.ts";

/** Letters that no cut has, said with those that it has. */
const SPELLED: Readonly<Record<string, string>> = {
  "→": "->",
  "←": "<-",
  "↔": "<->",
  "⇒": "=>",
  "\u2010": "-",
  "\u2011": "-",
  "\u2012": "–",
  "\u2015": "—",
  "\u2212": "−",
  "\u2032": "'",
  "\u2033": '"',
  "ﬁ": "fi",
  "ﬂ": "fl",
  "№": "No.",
  "™": "(TM)",
};

/** Controls, breaks and spaces of every width. */
const SPACES = /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]/gu;
/** They join or turn other letters and have no look of their own. */
const INVISIBLE = /[\p{Cf}\uFE00-\uFE0F]|[\u{E0100}-\u{E01EF}]/gu;

/** A line of text in one face, as letters that it has. */
export function glyphsOf(face: Face, text: string): Glyph[] {
  const glyphs: Glyph[] = [];
  for (const letter of plain(text)) {
    const known = face.get(letter);
    if (known !== undefined) glyphs.push(known);
    else glyphs.push(...otherwise(face, letter));
  }
  return glyphs;
}

/** Width of a line, in points. */
export function widthOf(face: Face, size: number, text: string): number {
  let width = 0;
  for (const glyph of glyphsOf(face, text)) width += glyph.width;
  return width * size / 1000;
}

/** Lines that fit a width; a word that is longer than a line is broken where the line ends. */
export function wrap(face: Face, size: number, text: string, width: number): string[] {
  const words = plain(text).split(" ").filter((word) => word !== "");
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(face, size, longer) <= width) line = longer;
    else {
      if (line !== "") lines.push(line);
      const pieces = broken(face, size, word, width);
      line = pieces.pop() ?? "";
      lines.push(...pieces);
    }
  }
  return line === "" ? lines : [...lines, line];
}

function broken(face: Face, size: number, word: string, width: number): string[] {
  if (widthOf(face, size, word) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  let used = 0;
  for (const letter of word) {
    const wide = widthOf(face, size, letter);
    if (piece !== "" && used + wide > width) {
      pieces.push(piece);
      [piece, used] = ["", 0];
    }
    piece += letter;
    used += wide;
  }
  return [...pieces, piece];
}

function plain(text: string): string {
  if (/^[\x20-\x7e₱]*$/.test(text)) return text;
  return text.toWellFormed().normalize("NFC").replace(SPACES, " ").replace(INVISIBLE, "");
}

/** Another spelling, then the letter below its accents, then a mark that something stands there. */
function otherwise(face: Face, letter: string): Glyph[] {
  const spelled = SPELLED[letter] ?? letter.normalize("NFKD").replace(/\p{M}/gu, "");
  if (spelled === "") return [];
  const glyphs = [...spelled].flatMap((each) => face.get(each) ?? []);
  if (glyphs.length === [...spelled].length) return glyphs;
  const replacement = face.get(REPLACEMENT);
  return replacement === undefined ? [] : [replacement];
}
