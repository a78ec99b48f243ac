import { Buffer } from "node:buffer";
import subsetFont from "subset-font";

/**
 * `deno task fonts`: the letters that statements are printed with, cut out of Noto Sans once and checked in, so that a
 * statement carries kilobytes of fonts and not the whole of them, and nothing is cut while one is made.
 */
const SOURCE = new URL("../../node_modules/@fontsource/noto-sans/", import.meta.url);
const TARGET = new URL("../../web/gateways/pdf/fonts/", import.meta.url);

/** What English and Filipino are written with, Spanish names and the marks around them: all that most statements need. */
const LATIN = range(0x20, 0x7e) + "\u00a0ÁÉÍÑÓÚÜáéíñóúü¿¡ºª°·×÷±½§©®–—‘’“”•…−\uFFFD";
const PESO = "₱";
/** Names from the rest of Europe; these letters travel only in the statements that need them. */
const WESTERN = [...range(0xa1, 0xff) + "ıŒœ‚„€"].filter((letter) => !LATIN.includes(letter)).join("");
const EASTERN = range(0x100, 0x17f) + "ȘșȚț";

const FONTS = [
  { name: "regular_latin", source: "latin-400", letters: LATIN },
  { name: "regular_peso", source: "latin-ext-400", letters: PESO },
  { name: "regular_western", source: "latin-400", letters: WESTERN },
  { name: "regular_eastern", source: "latin-ext-400", letters: EASTERN },
  { name: "bold_latin", source: "latin-700", letters: LATIN },
  { name: "bold_peso", source: "latin-ext-700", letters: PESO },
];

/** Of no use in a PDF: it places glyphs by number. */
const UNUSED_TABLES = ["GSUB", "GPOS", "GDEF", "STAT", "gasp"];

await Deno.mkdir(TARGET, { recursive: true });
for (const { name, source, letters } of FONTS) {
  const whole = await Deno.readFile(new URL(`files/noto-sans-${source}-normal.woff`, SOURCE));
  const cut = await subsetFont(Buffer.from(whole), letters, {
    targetFormat: "truetype",
    keepFeatures: [],
    noLayoutClosure: true,
    noHinting: true,
    dropTables: UNUSED_TABLES,
  });
  await Deno.writeFile(new URL(`${name}.ttf`, TARGET), cut);
  console.log(`${name}.ttf ${cut.length} bytes`);
}
await Deno.copyFile(new URL("LICENSE", SOURCE), new URL("OFL.txt", TARGET));

function range(from: number, through: number): string {
  return String.fromCodePoint(...Array.from({ length: through - from + 1 }, (_, at) => from + at));
}
