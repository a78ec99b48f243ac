import assert from "node:assert/strict";
import { SCENARIOS } from "@/bench/scenarios/mod.ts";

const root = new URL("../../", import.meta.url);

Deno.test("the table of checks names each of the 78 once, with tests and bench rows that exist", async () => {
  const text = await Deno.readTextFile(new URL("docs/routeros_checks.md", root));
  const numbers = [...text.matchAll(/^\| (\d+) +\|/gm)].map(([, number]) => Number(number));
  assert.deepEqual(numbers, Array.from({ length: 78 }, (_, i) => i + 1));
  for (const [, path = ""] of text.matchAll(/`([a-z_/]+\.ts)`/g)) {
    const tests = await Deno.readTextFile(new URL(path, root));
    assert.match(tests, /Deno\.test/, path);
  }
  const known = SCENARIOS.map(({ name }) => name);
  for (const [, name = ""] of text.matchAll(/bench `([a-z_]+)`/g)) assert.ok(known.includes(name), name);
});
