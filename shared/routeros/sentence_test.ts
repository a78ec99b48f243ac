import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeSentence, SentenceDecoder } from "./codec.ts";
import { classifyTrap, ProtocolError, TrapError } from "./errors.ts";
import { parseReply } from "./sentence.ts";
import { challengeResponse } from "./challenge.ts";
import { and, eq, gt, has, lt, not, notHas, or } from "./query.ts";

Deno.test("a reply is read with its tag and attributes", () => {
  assert.deepEqual(parseReply(["!re", ".tag=7", "=.id=*1", "=name=juan"]), {
    type: "!re",
    tag: "7",
    attributes: { ".id": "*1", name: "juan" },
    reason: null,
  });
});

Deno.test("values keep their '=' and line breaks, may be empty, and may lack the second '='", () => {
  const { attributes } = parseReply(["!re", "=a=b=c", "=script=x\ny", "=empty=", "=only-key"]);
  assert.deepEqual(attributes, { a: "b=c", script: "x\ny", empty: "", "only-key": "" });
});

Deno.test("an attribute named like a prototype is an attribute", () => {
  const { attributes } = parseReply(["!re", "=__proto__=x"]);
  assert.deepEqual(Object.entries(attributes), [["__proto__", "x"]]);
});

Deno.test("a reply is the same whether its bytes came in one large piece or one by one", () => {
  const text = fc.oneof(
    fc.constantFrom("", "=", "==", "__proto__", "constructor", ".id", "name", "comment", "niño", "a=b"),
    fc.string({ maxLength: 20 }),
    fc.string({ minLength: 120, maxLength: 140 }),
  );
  const word = fc.tuple(fc.constantFrom("=", ".tag=", "", "?"), text, fc.constantFrom("=", ""), text)
    .map((parts) => parts.join("")).filter((joined) => joined !== "");
  const sentence = fc.tuple(
    fc.constantFrom("!re", "!done", "!trap", "!fatal"),
    fc.array(word, { maxLength: 8 }),
  );
  fc.assert(fc.property(fc.array(sentence, { minLength: 1, maxLength: 8 }), (sentences) => {
    const encoded = sentences.map(([type, words]) => encodeSentence([type, ...words]));
    const bytes = Uint8Array.from(
      [...encoded, encodeSentence(["!re", `=pad=${"x".repeat(600)}`])].flatMap((part) => [...part]),
    );
    const whole = new SentenceDecoder().push(bytes);
    const decoder = new SentenceDecoder();
    const single = Array.from(bytes, (byte) => decoder.push(Uint8Array.of(byte))).flat();
    assert.deepEqual(whole.map((one) => one.words), single.map((one) => one.words));
    assert.deepEqual(whole.map(parseReply), single.map(parseReply));
  }));
});

Deno.test("a fatal reply has its bare reason", () => {
  assert.equal(parseReply(["!fatal", "not logged in"]).reason, "not logged in");
  assert.equal(parseReply(["!fatal"]).reason, "");
});

Deno.test("an unknown reply word is a ProtocolError that shows no control bytes", () => {
  assert.throws(() => parseReply(["HTTP/1.1 \u001b[31m"]), (error) => {
    assert.ok(error instanceof ProtocolError);
    assert.ok(!error.message.includes("\u001b"));
    return true;
  });
});

Deno.test("traps are told apart by their text, with or without a category", () => {
  const kinds = {
    "no such item": "NoSuchItem",
    "no such item (4)": "NoSuchItem",
    "failure: secret with the same name already exists": "AlreadyExists",
    "failure: already have such entry": "AlreadyExists",
    "no such command": "NoSuchCommand",
    "no such command prefix": "NoSuchCommand",
    "no such command or directory (routerboard)": "NoSuchCommand",
    "unknown parameter routing-table": "UnknownParameter",
    "input does not match any value of profile": "BadValue",
    "invalid value for argument remote-address": "BadValue",
    "missing value(s) of argument(s) name": "BadValue",
    "not enough permissions (9)": "Permission",
    interrupted: "Interrupted",
    "action failed (6)": "Other",
  };
  for (const [message, kind] of Object.entries(kinds)) {
    assert.equal(classifyTrap({ message, category: null }), kind, message);
  }
});

Deno.test("a trap error keeps every text and takes its kind from the first", () => {
  const error = new TrapError("/system/routerboard/print", [
    { category: 0, message: "no such command or directory (routerboard)" },
    { category: null, message: "no such command prefix" },
  ]);
  assert.equal(error.kind, "NoSuchCommand");
  assert.equal(error.code, "router_no_such_command");
  assert.match(error.message, /routerboard\).*prefix/);
});

Deno.test("queries become stack words in order", () => {
  assert.deepEqual(eq("name", "a=b").words, ["?name=a=b"]);
  assert.deepEqual(and(has("comment"), notHas("address")).words, ["?comment", "?-address", "?#&"]);
  assert.deepEqual(or(eq("a", 1), gt("b", 2), lt("c", 3)).words, ["?a=1", "?>b=2", "?<c=3", "?#||"]);
  assert.deepEqual(not(or(eq("a", true), eq("b", false))).words, ["?a=true", "?b=false", "?#|", "?#!"]);
});

Deno.test("the old challenge gets the recorded answer", () => {
  assert.equal(challengeResponse("passTest", "abc123"), "0021277bff9ac7caf06aa608e46616d47f");
});
