import assert from "node:assert/strict";
import fc from "fast-check";
import { type AddressProblem, parseContactAddress, parseMailAddress } from "./address.ts";

const TAKEN: Record<string, string> = {
  "ana@isp.example": "ana@isp.example",
  "  Ana.Reyes+bills@Mail.ISP.example ": "Ana.Reyes+bills@Mail.ISP.example",
  "o'neil@isp.example": "o'neil@isp.example",
  "a_b-c%d@sub.isp.com.ph": "a_b-c%d@sub.isp.com.ph",
  "ana@peñafrancia.example": "ana@xn--peafrancia-u9a.example",
  "ana@xn--peafrancia-u9a.example": "ana@xn--peafrancia-u9a.example",
};

Deno.test("parseMailAddress takes one plain address, and a domain of any letters as ASCII", () => {
  for (const [typed, address] of Object.entries(TAKEN)) {
    assert.deepEqual(parseMailAddress(typed), { ok: true, value: address }, typed);
  }
});

const REFUSED: Record<AddressProblem, string[]> = {
  address_control_characters: [
    "ana@isp.example\r\nBcc: x@y.example",
    "ana@isp.example\n",
    "ana\0@isp.example",
    "ana@isp.example\u2028",
    "\tana@isp.example",
  ],
  address_several: [
    "ana@isp.example, ben@isp.example",
    "ana@isp.example;ben@isp.example",
    "a@b.example c@d.example",
    "a@b@c.example",
  ],
  address_with_name: [
    "Ana Reyes <ana@isp.example>",
    "<ana@isp.example>",
    "ana@isp.example (home)",
    "Ana ana@isp.example",
  ],
  address_quoted: ['"ana reyes"@isp.example', '"Ana" <ana@isp.example>'],
  address_incomplete: ["ana", "@isp.example", "ana@", "ana.isp.example"],
  address_before_at: [
    "niña@isp.example",
    ".ana@isp.example",
    "ana.@isp.example",
    "a..b@isp.example",
    "ana\\@isp.example",
  ],
  address_domain: [
    "ana@isp",
    "ana@isp..example",
    "ana@-isp.example",
    "ana@[127.0.0.1]",
    "ana@127.0.0.1",
    "ana@isp.example/x",
    "ana@isp.example:25",
    "ana@ñ.example:25",
    "ana@isp_x.example",
    "ana@isp.example.",
  ],
  address_too_long: [`${"a".repeat(65)}@isp.example`, `ana@${"a.".repeat(122)}example`],
};

for (const [problem, texts] of Object.entries(REFUSED)) {
  Deno.test(`parseMailAddress refuses with ${problem}`, () => {
    for (const text of texts) {
      const parsed = parseMailAddress(text);
      assert.equal(parsed.ok ? parsed.value : parsed.code, problem, JSON.stringify(text));
    }
  });
}

Deno.test("parseMailAddress gives back nothing that could begin another header or another address, and again the same", () => {
  fc.assert(fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: "binary" })), (text) => {
    const parsed = parseMailAddress(text);
    if (!parsed.ok) return;
    assert.match(parsed.value, /^[!-~]+@[A-Za-z0-9.-]+$/);
    assert.doesNotMatch(parsed.value, /[",;<>\s]/);
    assert.deepEqual(parseMailAddress(parsed.value), parsed);
  }));
});

Deno.test("parseContactAddress leaves an odd address that is saved already, and checks one that is typed", () => {
  const odd = "ana@isp, ben@isp";
  assert.deepEqual(parseContactAddress(odd, odd), { ok: true, value: odd });
  assert.deepEqual(parseContactAddress(`${odd} `, odd), { ok: true, value: odd });
  assert.equal(parseContactAddress(odd, null).ok, false);
  assert.equal(parseContactAddress(`${odd}, c@d`, odd).ok, false);
  assert.deepEqual(parseContactAddress("  ", odd), { ok: true, value: null });
});
