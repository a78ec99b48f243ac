import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeSentence } from "./codec.ts";
import { OtherServiceError } from "./errors.ts";
import { Greeting } from "./greeting.ts";

function kindOf(bytes: Uint8Array, chunkBytes: number): string | null {
  const greeting = new Greeting();
  try {
    for (let i = 0; i < bytes.length; i += chunkBytes) greeting.push(bytes.subarray(i, i + chunkBytes));
    return null;
  } catch (error) {
    assert.ok(error instanceof OtherServiceError);
    return error.kind;
  }
}

function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

Deno.test("what answers at a port is told by its first bytes, however they are cut", () => {
  const banners: [string, string][] = [
    ["SSH-2.0-ROSSSH\r\n", "ssh"],
    ["HTTP/1.1 400 Bad Request\r\n", "web"],
    ["<html><head>", "web"],
    ["<!DOCTYPE html>", "web"],
    ["\x15\x03\x01\x00\x02\x02\x0a", "tls"],
    ["220 ftp ready\r\n", "other"],
    ["\xff\xfd\x18", "other"],
    ["SSL?", "other"],
  ];
  for (const [text, kind] of banners) {
    for (const size of [1, 2, 3, 100]) assert.equal(kindOf(latin(text), size), kind, `${text} by ${size}`);
  }
});

Deno.test("replies of a router pass, also after empty sentences and with words that are not known", () => {
  for (const word of ["!done", "!trap", "!fatal", "!re", "!empty", "!what"]) {
    const bytes = Uint8Array.of(0, 0, ...encodeSentence([word, "=message=SSH-"]));
    for (const size of [1, 2, 100]) assert.equal(kindOf(bytes, size), null);
  }
});

Deno.test("any bytes are decided within five, and what is said does not hang on the cuts", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
    assert.equal(kindOf(bytes, 1), kindOf(bytes, 12));
  }));
});
