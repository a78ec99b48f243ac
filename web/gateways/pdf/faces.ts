import { create } from "@cantoo/fontkit";

/** A cut of a font, in the order in which a letter is looked for. */
export interface Cut {
  /** Its name among the resources of a page. */
  name: string;
  file: string;
  bytes: Uint8Array;
}

/** A letter as it is drawn. */
export interface Glyph {
  cut: Cut;
  /** Four digits, as Identity-H wants it. */
  hex: string;
  /** In thousandths of the size. */
  width: number;
}

/** Letters of one weight, put together from its cuts. */
export type Face = ReadonlyMap<string, Glyph>;

export interface Faces {
  cuts: readonly Cut[];
  regular: Face;
  bold: Face;
}

/** What stands for a letter that none of the cuts has. */
export const REPLACEMENT = "\uFFFD";

const REGULAR = ["regular_latin", "regular_peso", "regular_western", "regular_eastern"] as const;
/** Names from the rest of Europe are rare enough to do without a bold cut. */
const BOLD = ["bold_latin", "bold_peso", "regular_western", "regular_eastern"] as const;
const FILES = [...new Set([...REGULAR, ...BOLD])];

/** Reads the fonts that are checked in beside this file. */
export async function loadFaces(): Promise<Faces> {
  const cuts = await Promise.all(FILES.map(async (file, at): Promise<Cut> => ({
    name: `F${at}`,
    file,
    bytes: await Deno.readFile(new URL(`./fonts/${file}.ttf`, import.meta.url)),
  })));
  const letters = new Map(cuts.map((cut) => [cut.file, lettersOf(cut)]));
  const faceOf = (files: readonly string[]): Face =>
    new Map(files.toReversed().flatMap((file) => [...letters.get(file) ?? []]));
  return { cuts, regular: faceOf(REGULAR), bold: faceOf(BOLD) };
}

function lettersOf(cut: Cut): [string, Glyph][] {
  const font = create(cut.bytes as Parameters<typeof create>[0]) as unknown as FontOfCut;
  return font.characterSet.map((codePoint) => {
    const { id, advanceWidth } = font.glyphForCodePoint(codePoint);
    return [String.fromCodePoint(codePoint), {
      cut,
      hex: id.toString(16).padStart(4, "0"),
      width: advanceWidth * 1000 / font.unitsPerEm,
    }];
  });
}

/** Of the library's fonts, what is asked here. */
interface FontOfCut {
  characterSet: number[];
  unitsPerEm: number;
  glyphForCodePoint(codePoint: number): { id: number; advanceWidth: number };
}
