import assert from "node:assert/strict";

Deno.test("every test that the table of bad inputs names is there", async () => {
  const table = await Deno.readTextFile(new URL("../docs/bad_inputs.md", import.meta.url));
  const rows = [...table.matchAll(/`([\w/]+_test\.tsx?)`: (.+?)\s*\|$/gm)];
  assert.ok(rows.length >= 14);
  for (const [, path = "", name = ""] of rows) {
    const source = await Deno.readTextFile(new URL(`../${path}`, import.meta.url));
    assert.ok(source.includes(`"${name}"`), `${path} has no test "${name}"`);
  }
});
