import assert from "node:assert/strict";
import { bundleIslands } from "./bundle_islands.ts";

const ISLANDS = new URL("../fresh/testdata/islands/", import.meta.url);

Deno.test("islands are bundled with one shared Preact and their event handlers", async () => {
  const { bundle } = await bundleIslands({ islandsDir: ISLANDS });
  assert.deepEqual(Object.keys(bundle.islands), ["Counter"]);
  const counter = bundle.islands["Counter"];
  assert.match(counter?.url ?? "", /^\/static\/Counter-[A-Z0-9]{8}\.js$/);
  assert.match(bundle.boot, /^\/static\/boot-[A-Z0-9]{8}\.js$/);
  for (const file of [bundle.boot, ...counter?.files ?? []]) assert.ok(bundle.files.has(file), file);
  const source = new TextDecoder().decode(bundle.files.get(counter?.url ?? ""));
  assert.match(source, /onClick/);
  assert.doesNotMatch(source, /jsxTemplate|jsxAttr/);
  const withRenderer = [...bundle.files.values()].map((file) => new TextDecoder().decode(file)).filter((
    text,
  ) => text.includes("dangerouslySetInnerHTML"));
  assert.equal(withRenderer.length, 1);
});

Deno.test("the same sources give the same names", async () => {
  const [first, second] = [
    await bundleIslands({ islandsDir: ISLANDS }),
    await bundleIslands({ islandsDir: ISLANDS }),
  ];
  assert.deepEqual([...first.bundle.files.keys()], [...second.bundle.files.keys()]);
});
