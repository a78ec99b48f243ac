import assert from "node:assert/strict";
import { decode } from "jpeg-js";
import fc from "fast-check";
import { centavos, ZERO } from "@/shared/money/mod.ts";
import { assertSoundPdf, pageCount, pdfParts, pdfText } from "@/tests/support/pdf.ts";
import { jpegOf, NO_LOGO, paperWith, pngOf } from "./_papers.ts";
import { shrinkJpeg } from "./shrink_jpeg.ts";
import { StatementPress } from "./mod.ts";
import type { StatementPaper } from "./types.ts";

const press = new StatementPress();
const print = (paper: StatementPaper) => press.print(paper, NO_LOGO);

/** White space folded: what stands where is for the eye. */
async function textOf(paper: StatementPaper): Promise<string | null> {
  const bytes = await print(paper);
  await assertSoundPdf(bytes);
  return (await pdfText(bytes))?.replace(/\s+/g, " ") ?? null;
}

function named(name: string, address = ""): StatementPaper {
  return paperWith(1, { subscriber: { name, accountNumber: "A-1", address } });
}

function assertSays(text: string | null, words: readonly string[]) {
  for (const word of words) assert.ok(text === null || text.includes(word), `${word} is not in: ${text}`);
}

Deno.test("a statement says who owes what until when, and what becomes of it", async () => {
  const text = await textOf(paperWith(3));
  assertSays(text, [
    "Statement of Account",
    "SOA-000123",
    "Señor Juan Niño",
    "A-00042",
    "1–31 Mar 2026",
    "Sunday, 15 March 2026",
    "Saturday, 21 March 2026",
    "₱1,998.00",
    "Fiber 50 -> 100",
    "GCash 0917 555 0101",
    "office@ilaya.example",
    "THIS DOCUMENT IS NOT VALID FOR CLAIM OF INPUT TAX",
    "Page 1 of 1",
    "https://isp.example/b/",
  ]);
  assert.doesNotMatch(text ?? "", /invoice|official receipt/i);
});

Deno.test("in Filipino its dates and sentences are Filipino, and its name and the tax sentence stay", async () => {
  const text = await textOf(paperWith(3, { locale: "fil" }));
  assertSays(text, [
    "Linggo, 15 Marso 2026",
    "Sabado, 21 Marso 2026",
    "Statement of Account",
    "Babayaran",
    "INPUT TAX",
  ]);
  assert.doesNotMatch(text ?? "", /invoice|official receipt/i);
});

Deno.test("letters of any kind are printed, spelled in others, or marked as missing; none makes it fail", async () => {
  assertSays(await textOf(named("Señor Niño")), ["Señor Niño", "₱1,499.00"]);
  assertSays(await textOf(named("Łukasz ő ű Çelik Ünal")), ["Łukasz ő ű Çelik Ünal"]);
  assertSays(await textOf(named("Juan\nCruz\u0000\u0007")), ["Juan Cruz"]);
  assertSays(await textOf(named("Maria 😀 中")), ["Maria \ufffd \ufffd"]);
  assertSays(await textOf(named("Nguyễn Thị Bạch")), ["Nguyen Thi Bach"]);
  assertSays(await textOf(named("A", "Blk\u20104 \u201cSan Jose\u201d Lot\u00a05, \u200bIlaya")), [
    "Blk-4 “San Jose” Lot 5",
  ]);
  assertSays(await textOf(named("مرحبا \u202e abc \ud800")), ["abc"]);
});

Deno.test("a name is drawn and never obeyed", async () => {
  const hostile =
    "x) Tj ET /JavaScript << /S /URI /URI (http://evil.example) >> \\) > endstream endobj %%EOF";
  const paper = named(hostile, hostile);
  const bytes = await print({ ...paper, company: { ...paper.company, name: hostile, waysToPay: hostile } });
  await assertSoundPdf(bytes);
  const { drawn, syntax } = pdfParts(bytes);
  assert.doesNotMatch(syntax, /JavaScript|evil|\/Launch|\/OpenAction|\/AA\b/);
  assert.doesNotMatch(drawn, /JavaScript|evil|\(/);
  const own = new TextEncoder().encode(paper.bill!.address).toHex();
  const addresses = [...syntax.matchAll(/\/URI <([0-9a-f]*)>/g)].map(([, hex]) => hex);
  assert.deepEqual([...new Set(addresses)], [own]);
});

Deno.test("a title is text, whatever the number of the bill", async () => {
  const paper = paperWith(1);
  const bytes = await print({ ...paper, bill: { ...paper.bill!, number: "S) /Root 1 0 R (Ñ" } });
  await assertSoundPdf(bytes);
  assert.match(pdfParts(bytes).syntax, /\/Title <FEFF[0-9a-f]+>/);
  assert.match(pdfParts(bytes).syntax, /\/Lang <FEFF0065006e002d00500048>/);
});

Deno.test("the same statement is the same bytes, from another press too; another is not", async () => {
  const bytes = await print(paperWith(10));
  assert.deepEqual(await new StatementPress().print(paperWith(10), NO_LOGO), bytes);
  assert.notDeepEqual(await print(paperWith(11)), bytes);
});

Deno.test("entries go over as many pages as they take, and each page says which of them it is", async () => {
  for (const [entries, pages] of [[1, 1], [10, 1], [60, 3], [600, 23]] as const) {
    const bytes = await print(paperWith(entries));
    await assertSoundPdf(bytes);
    assert.equal(pageCount(bytes), pages, `${entries} entries`);
    const text = await pdfText(bytes);
    if (text !== null) assert.ok(text.includes(`Page ${pages} of ${pages}`));
  }
});

Deno.test("a statement with a logo stays below 35 KB, also where the picture is as large as it may be", async () => {
  for (const [width, height] of [[600, 200], [2000, 2000]] as const) {
    const bytes = await pngOf(width, height);
    const logo = { key: `${width}`, read: () => Promise.resolve({ type: "png" as const, bytes }) };
    const printed = await press.print(paperWith(10), logo);
    await assertSoundPdf(printed);
    assert.match(pdfParts(printed).syntax, /\/Logo \d+ 0 R/);
    assert.ok(printed.length <= 35_000, `${printed.length} bytes`);
  }
});

Deno.test("a statement with a JPEG as large as an upload may be stays below 35 KB once it was stored, in its colours", async () => {
  for (
    const [width, height, noise] of [[1000, 400, 40], [2000, 2000, 0], [300, 100, 200], [
      100,
      100,
      255,
    ]] as const
  ) {
    const bytes = jpegOf({ width, height }, noise);
    assert.ok(bytes.length > 6_000, `${bytes.length} bytes`);
    const small = shrinkJpeg(bytes);
    assert.ok(small !== null);
    const { width: columns, height: rows, data } = decode(small, { useTArray: true });
    assert.ok(
      columns <= 400 && rows <= 128 && Math.abs(columns / rows - width / height) < 0.1 * width / height,
    );
    // The left half is red.
    const at = (Math.floor(rows / 2) * columns + Math.floor(columns / 4)) * 4;
    assert.ok(data[at]! > data[at + 2]! + 40, `${data.slice(at, at + 4)}`);
    const logo = {
      key: `jpeg ${width}`,
      read: () => Promise.resolve({ type: "jpeg" as const, bytes: small }),
    };
    const printed = await press.print(paperWith(10), logo);
    await assertSoundPdf(printed);
    assert.match(new TextDecoder("latin1").decode(printed), /\/DCTDecode/);
    assert.ok(printed.length <= 35_000, `${printed.length} bytes of ${width} x ${height}, ${small.length}`);
  }
});

Deno.test("a JPEG that is small, or cannot be read, stays as it is", () => {
  assert.equal(shrinkJpeg(jpegOf({ width: 60, height: 20 }, 10)), null);
  const broken = jpegOf({ width: 600, height: 300 }, 60).fill(0xff, 700);
  assert.equal(shrinkJpeg(broken), null);
});

Deno.test("a logo that cannot be read is left out", async () => {
  const read = () => Promise.resolve({ type: "png" as const, bytes: new Uint8Array(40) });
  const printed = await press.print(paperWith(1), { key: "broken", read });
  await assertSoundPdf(printed);
  assert.doesNotMatch(pdfParts(printed).syntax, /\/Logo/);
});

Deno.test("figures that do not add up are never printed", async () => {
  await assert.rejects(print(paperWith(3, { closingCentavos: centavos(1n) })), RangeError);
  const paper = paperWith(1);
  const rows = paper.rows.map((row) => ({
    ...row,
    lines: [{ text: "Fiber", amountCentavos: centavos(5n) }],
  }));
  await assert.rejects(print({ ...paper, rows }), RangeError);
});

Deno.test("a void bill says so and asks for nothing; one that credit paid says that", async () => {
  const paper = paperWith(1);
  const text = await textOf({ ...paper, bill: { ...paper.bill!, isVoid: true } });
  assertSays(text, ["VOID", "Nothing is to be paid for it"]);
  assert.doesNotMatch(text ?? "", /Please pay by|is cut on/);
  const paid = await textOf(paperWith(1, { openingCentavos: centavos(-200_000n) }));
  assertSays(paid, ["PAID", "Credit, kept for the next bill", "₱501.00"]);
  assertSays(await textOf(paperWith(0, { openingCentavos: ZERO, closingCentavos: ZERO })), [
    "Nothing to pay",
  ]);
});

Deno.test("what a company has registered, withheld tax and open bills stand where they apply", async () => {
  const text = await textOf(paperWith(3, {
    tax: { vatableCentavos: centavos(133_839n), vatCentavos: centavos(16_061n), vatBackCentavos: ZERO },
    withheld: { moneyCentavos: centavos(146_900n), certificateCentavos: centavos(3_000n) },
    open: [
      { number: "SOA-1", dueOn: Temporal.PlainDate.from("2026-02-15"), openCentavos: centavos(50_000n) },
      {
        number: "SOA-000123",
        dueOn: Temporal.PlainDate.from("2026-03-15"),
        openCentavos: centavos(149_800n),
      },
    ],
  }));
  assertSays(text, [
    "₱1,338.39",
    "₱160.61",
    "TIN: 123-456-789-00000",
    "Ilaya Net Services",
    "₱1,469.00 in money, ₱30.00 by certificate 2307",
    "SOA-1, due 15 Feb 2026",
    "₱500.00 of it was due before",
  ]);
  assert.doesNotMatch(await textOf(paperWith(3)) ?? "", /TIN|VATable/);
});

Deno.test("many statements are one file, and what is not in it is named at its end", async () => {
  const file = await press.open(NO_LOGO, { title: "Statement of Account", locale: "en" });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const entries of [1, 60, 2]) {
    file.add(paperWith(entries));
    parts.push(file.take());
  }
  assert.throws(() => file.add(paperWith(1, { closingCentavos: ZERO })), RangeError);
  file.close({ failed: ["SOA-000999"], isCutOff: false });
  const whole = new Uint8Array(await new Blob([...parts, file.take()]).arrayBuffer());
  await assertSoundPdf(whole);
  assert.equal(pageCount(whole), 6);
  assertSays(await pdfText(whole), ["SOA-000999", "Page 3 of 3"]);
});

Deno.test("whatever is written in it, a statement is made and its syntax is sound", async () => {
  const words = fc.string({ unit: "binary", maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(
      words,
      words,
      words,
      fc.array(words, { maxLength: 40 }),
      async (name, address, ways, texts) => {
        const paper = paperWith(texts.length, { locale: name.length % 2 === 0 ? "en" : "fil" });
        const rows = paper.rows.map((row, at) => ({ ...row, text: texts[at] ?? "" }));
        const bytes = await print({
          ...paper,
          rows,
          subscriber: { name, accountNumber: address.slice(0, 20), address },
          company: { ...paper.company, name: ways, waysToPay: ways.repeat(4) },
        });
        assert.ok(pageCount(bytes) >= 1);
        const { drawn } = pdfParts(bytes);
        const foreign = drawn.replace(/q 0 0 0 rg .* cm BI .* ID [0-9a-f]+> EI Q\n/g, "").replace(
          /<[0-9a-f]*>/g,
          "",
        ).split(/\s+/).filter((word) => !/^(-?[\d.]+|\/F\d|rg|re|f|BT|ET|Td|Tf|Tj|)$/.test(word));
        assert.deepEqual(foreign, []);
      },
    ),
    { numRuns: 60 },
  );
});
