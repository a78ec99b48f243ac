import assert from "node:assert/strict";
import { instrument, type Mutant, SWITCH } from "./instrument.ts";
import plugin, { type Edit } from "./plugin.ts";

const switches = globalThis as unknown as Record<string, number>;

function mutantsOf(source: string): Mutant[] {
  const found = Deno.lint.runPlugin(plugin, "rule.ts", source);
  return found.map((one, id) => ({ ...JSON.parse(one.message) as Edit, id }));
}

/** What each mutant of an expression in a and b evaluates to, beside what stands for it. */
function results(expression: string, a: unknown, b: unknown): Record<string, unknown> {
  const source = `const f = (a, b) => ${expression};`;
  const mutants = mutantsOf(source);
  const run = new Function(`${instrument(source, mutants)} return f;`)() as (
    a: unknown,
    b: unknown,
  ) => unknown;
  const all: Record<string, unknown> = {};
  for (const mutant of mutants) {
    switches[SWITCH] = mutant.id;
    all[source.slice(mutant.start, mutant.from) + `[${mutant.text}]` + source.slice(mutant.to, mutant.end)] =
      run(a, b);
  }
  switches[SWITCH] = -1;
  return { plain: run(a, b), ...all };
}

Deno.test("each operator and constant has its mutants, switched on one at a time", () => {
  assert.deepEqual(results("a * (b + 2)", 3, 4), {
    "plain": 18,
    "a [/] (b + 2)": 0.5,
    "b [-] 2": 6,
    "[3]": 21,
  });
  assert.deepEqual(results("!(a < b) && true", 1, 1), {
    "plain": true,
    "!(a < b) [||] true": true,
    "[](a < b)": false,
    "a [<=] b": false,
    "a [>=] b": false,
    "[false]": false,
  });
  assert.deepEqual(results("-a - 5n", 2n, 0), { "plain": -7n, "-a [+] 5n": 3n, "[]a": -3n, "[6n]": -8n });
});

Deno.test("types, keys and the words of errors are left alone; a constant of the file is static", () => {
  assert.deepEqual(
    mutantsOf("type A = 1 | 2; const o = { 1: a }; const f = () => { throw new E(1 + 2); };"),
    [],
  );
  assert.deepEqual(mutantsOf("const A = 1; const f = () => 2;").map((one) => one.isStatic), [true, false]);
});
