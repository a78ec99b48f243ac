import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { linesOnTheWire } from "./message_content.ts";

const wireOf = (text: string) => Buffer.from(linesOnTheWire(Buffer.from(text, "latin1"))).toString("latin1");

Deno.test.each([
  ["A: b\r\n\r\nbody\r\n", "A: b\r\n\r\nbody"],
  ["body", "body"],
  [".a\r\n.\r\n..b\r\n", "..a\r\n..\r\n...b"],
  ["a\r.\rb\n.\nc\n", "a\r\n..\r\nb\r\n..\r\nc"],
  ["a.b\r\nc.\r\n", "a.b\r\nc."],
  ["\xe9\xff\r\n", "\xe9\xff"],
  ["", ""],
])("linesOnTheWire(%j) is %j", (text, wire) => {
  assert.equal(wireOf(text), wire);
});

Deno.test("linesOnTheWire lets no message end early: read back by its dots it is the same lines", () => {
  const piece = fc.constantFrom("\r", "\n", "\r\n", ".", "..", "a", "\xff");
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
    const text = pieces.join("");
    const wire = wireOf(text);
    assert.ok(!/\r(?!\n)|(?<!\r)\n/.test(wire), "a line ends in both characters");
    const lines = wire.split("\r\n");
    assert.ok(
      lines.every((line) => !line.startsWith(".") || line.startsWith("..")),
      "no line begins with one dot",
    );
    const wanted = text.replace(/\r\n?|\n/g, "\r\n").replace(/\r\n$/, "");
    assert.equal(lines.map((line) => line.replace(/^\./, "")).join("\r\n"), wanted);
  }));
});
