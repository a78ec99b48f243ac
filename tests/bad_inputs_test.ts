import assert from "node:assert/strict";

Deno.test("every test that the list of bad inputs names is there", async () => {
  const list = await Deno.readTextFile(new URL("../docs/bad_inputs.md", import.meta.url));
  const rows = [...list.matchAll(/^- `([\w/]+_test\.tsx?)`: (.+(?:\n {2}.+)*)$/gm)];
  assert.ok(rows.length >= list.split("\n## ").length - 1, "a kind of bad input names no test");
  for (const [, path = "", wrapped = ""] of rows) {
    const name = wrapped.replaceAll("\n  ", " ");
    const source = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
    assert.ok(source.includes(`"${name}"`), `${path} has no test "${name}"`);
  }
});
