import { type Cut, type Face, type Glyph, REPLACEMENT } from "./faces.ts";

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

/** Letters of one cut that stand next to each other. */
export interface Run {
  cut: Cut;
  hex: string;
}

/** A line of text in one face, as letters that it has. */
export interface Line {
  runs: readonly Run[];
  /** In thousandths of the size. */
  width: number;
}

/** Lines that are kept; statements of a company say most things alike. */
const LINES_MAX = 4000;
const kept = new WeakMap<Face, Map<string, Line>>();

/** Sets a line of text. */
export function lineOf(face: Face, text: string): Line {
  let lines = kept.get(face);
  if (lines === undefined) kept.set(face, lines = new Map());
  const known = lines.get(text);
  if (known !== undefined) return known;
  if (lines.size >= LINES_MAX) lines.clear();
  const line = setLine(face, text);
  lines.set(text, line);
  return line;
}

function setLine(face: Face, text: string): Line {
  const runs: Run[] = [];
  let width = 0;
  for (const glyph of glyphsOf(face, text)) {
    width += glyph.width;
    const last = runs.at(-1);
    if (last?.cut === glyph.cut) last.hex += glyph.hex;
    else runs.push({ cut: glyph.cut, hex: glyph.hex });
  }
  return { runs, width };
}

function glyphsOf(face: Face, text: string): Glyph[] {
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
  return lineOf(face, text).width * size / 1000;
}

/** Lines that fit a width; a word that is longer than a line is broken where the line ends. */
export function wrap(face: Face, size: number, text: string, width: number): string[] {
  const whole = plain(text).trim();
  if (whole === "") return [];
  if (!whole.includes("  ") && widthOf(face, size, whole) <= width) return [whole];
  const space = widthOf(face, size, " ");
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of whole.split(" ").filter((each) => each !== "")) {
    const wide = widthOf(face, size, word);
    if (line !== "" && used + space + wide <= width) {
      line += ` ${word}`;
      used += space + wide;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = wide <= width ? [word] : broken(face, size, word, width);
    line = pieces.pop() ?? "";
    used = widthOf(face, size, line);
    lines.push(...pieces);
  }
  return line === "" ? lines : [...lines, line];
}

function broken(face: Face, size: number, word: string, width: number): string[] {
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
