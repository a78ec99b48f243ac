import { Buffer } from "node:buffer";
import fontkit from "@cantoo/fontkit";
import { PDFDocument } from "@cantoo/pdf-lib";
import subsetFont from "subset-font";
import { formatDateShort } from "@/shared/calendar/mod.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import type { StatementPaper } from "@/web/gateways/pdf/mod.ts";

/** Fonts as a program takes them that has not prepared any. */
export interface PlainFonts {
  regular: Uint8Array;
  bold: Uint8Array;
  /** They have the peso sign. */
  regularMore: Uint8Array;
  boldMore: Uint8Array;
}

/** The whole fonts, from the form of the web into that of a file. */
export async function loadPlainFonts(): Promise<PlainFonts> {
  const read = async (name: string) => {
    const folder = new URL("../node_modules/@fontsource/noto-sans/files/", import.meta.url);
    const woff = Buffer.from(await Deno.readFile(new URL(`noto-sans-${name}-normal.woff`, folder)));
    const options = { targetFormat: "truetype", keepAllGlyphs: true } as const;
    return new Uint8Array(await subsetFont(woff, "", options));
  };
  return {
    regular: await read("latin-400"),
    bold: await read("latin-700"),
    regularMore: await read("latin-ext-400"),
    boldMore: await read("latin-ext-700"),
  };
}

/** A statement as one would write it with pdf-lib: its fonts cut for each file, its lines drawn one by one. */
export async function printPlainly(
  paper: StatementPaper,
  { fonts, logo }: { fonts: PlainFonts; logo: Uint8Array },
): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.registerFontkit(fontkit);
  const embed = (bytes: Uint8Array) => document.embedFont(bytes, { subset: true });
  const regular = { text: await embed(fonts.regular), more: await embed(fonts.regularMore) };
  const bold = { text: await embed(fonts.bold), more: await embed(fonts.boldMore) };
  const picture = await document.embedPng(logo);
  const page = document.addPage([595.28, 841.89]);
  page.drawImage(picture, { x: 48, y: 760, width: 44, height: 44 });
  let y = 800;
  const say = (text: string, x: number, face = regular, size = 9.5) => {
    for (const part of text.split(/(₱)/)) {
      const font = part === "₱" ? face.more : face.text;
      page.drawText(part, { x, y, size, font });
      x += font.widthOfTextAtSize(part, size);
    }
  };
  const next = () => y -= 16;
  say(paper.company.name, 200, bold, 13);
  say("Statement of Account", 380, bold, 16);
  next();
  say(`${paper.bill?.number} ${paper.subscriber.accountNumber}`, 200);
  next();
  say(paper.subscriber.name, 48, bold);
  next();
  say(paper.subscriber.address, 48);
  next();
  say(formatPeso(paper.closingCentavos), 400, bold, 20);
  for (const row of paper.rows) {
    next();
    say(formatDateShort(row.on), 48);
    say(row.text.replaceAll("→", "-"), 120);
    say(formatPeso(row.amountCentavos), 400);
    say(formatPeso(row.balanceCentavos), 480);
  }
  for (const line of [...(paper.company.waysToPay ?? "").split("\n"), "NOT VALID FOR CLAIM OF INPUT TAX"]) {
    next();
    say(line, 48);
  }
  return await document.save();
}
