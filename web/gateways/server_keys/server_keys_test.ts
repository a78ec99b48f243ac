import assert from "node:assert/strict";
import { join } from "node:path";
import { loadServerKeys } from "./mod.ts";

Deno.test("loadServerKeys keeps its keys, in a file for its owner only, and never replaces a damaged one", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const path = join(dir, "sub", "server_keys.json");
    const first = await loadServerKeys(path);
    assert.deepEqual(await loadServerKeys(path), first);
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    await Deno.writeTextFile(path, "{");
    await assert.rejects(loadServerKeys(path), /is damaged/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("loadServerKeys gives every node the same keys when they start together on one folder", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const path = join(dir, "server_keys.json");
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadServerKeys(path)));
    for (const other of keys) assert.deepEqual(other, keys[0]);
    assert.deepEqual([...Deno.readDirSync(dir)].map((entry) => entry.name), ["server_keys.json"]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
