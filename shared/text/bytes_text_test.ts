import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bytesOfText,
  holdsEscapedBytes,
  isCodePageText,
  readableText,
  storableText,
  textOfBytes,
} from "./mod.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
/** Bytes as they come: mostly text, in UTF-8 or a code page, with whatever else between. */
const anyBytes = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.string({ unit: "grapheme", maxLength: 6 }).map(utf8),
    fc.integer({ min: 0xef00, max: 0xefff }).map((code) => utf8(String.fromCharCode(code))),
    fc.constantFrom(Uint8Array.of(0), Uint8Array.of(0xf1), Uint8Array.of(0xc3), Uint8Array.of(0xef, 0xbe)),
  ),
  { maxLength: 8 },
).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

Deno.test("any bytes become text that can be stored anywhere, and are the same bytes again", () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const text = textOfBytes(bytes);
      assert.deepEqual([...bytesOfText(text)], [...bytes]);
      assert.ok(text.isWellFormed() && !text.includes("\0"));
      assert.equal(JSON.parse(JSON.stringify(text)), text);
      assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(text)), text);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("two different words never become one text", () => {
  fc.assert(
    fc.property(anyBytes, anyBytes, (a, b) => {
      assert.equal(textOfBytes(a) === textOfBytes(b), a.toHex() === b.toHex());
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("what is UTF-8 is the text it is", () => {
  for (const text of ["", "juan", "niño", "Ñ", "ﬁber", "🛰️", "\ufeffx", "a\u0301", "\uee80", "\uf000"]) {
    assert.equal(textOfBytes(utf8(text)), text);
    assert.equal(readableText(text), text);
    assert.equal(isCodePageText(text), false);
  }
});

Deno.test("a byte that is no UTF-8 is a private letter, wherever it stands", () => {
  for (
    const hex of ["f1", "6e69f16f", "c3", "e282ac80", "f09f9880ff", "efbbbf61f1", "c080", "eda080", "80c3b1"]
  ) {
    const text = textOfBytes(Uint8Array.fromHex(hex));
    assert.ok(isCodePageText(text), hex);
    assert.equal(bytesOfText(text).toHex(), hex);
  }
  assert.equal(textOfBytes(Uint8Array.of(0x6e, 0xf1, 0xc3, 0xb1)), "n\ueff1ñ");
});

Deno.test("letters that stand for bytes are bytes themselves where they come as UTF-8", () => {
  assert.equal(textOfBytes(utf8("\ueff1")), "\uefee\uefbf\uefb1");
  assert.equal(textOfBytes(utf8("a\0b")), "a\uef00b");
  assert.equal(bytesOfText(textOfBytes(utf8("a\0b"))).toHex(), "610062");
});

Deno.test("a text in a code page is read as WinBox shows it", () => {
  assert.equal(readableText(textOfBytes(Uint8Array.fromHex("4e69f16f2080c6"))), "Niño €Æ");
  assert.equal(readableText(textOfBytes(Uint8Array.fromHex("81c3418d00"))), "?ÃA??");
  fc.assert(fc.property(anyBytes, (bytes) => {
    assert.equal(holdsEscapedBytes(readableText(textOfBytes(bytes))), false);
  }));
});

Deno.test("what no database holds is told by the letter of a NUL", () => {
  assert.equal(storableText("niño"), "niño");
  assert.equal(storableText("a\0b\ud800c"), "a\uef00b\uef00c");
  assert.ok(holdsEscapedBytes(storableText("\udfff")) && !isCodePageText(storableText("\0")));
});

Deno.test("a long word of nothing but code page bytes is read in the time of its length", () => {
  const word = new Uint8Array(1_000_000).fill(0xf1);
  const start = performance.now();
  assert.equal(textOfBytes(word).length, word.length);
  assert.ok(performance.now() - start < 2_000, `${performance.now() - start} ms`);
});

Deno.test("mixed words keep as text what a decoder takes for text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 20 }), (text) => {
    const clean = text.replaceAll(/[\0\uef00\uef80-\uefff]/g, "x");
    assert.equal(textOfBytes(Uint8Array.of(...utf8(clean), 0xff)), `${clean}\uefff`);
  }));
});
