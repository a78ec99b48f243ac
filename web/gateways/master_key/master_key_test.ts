import assert from "node:assert/strict";
import { join } from "node:path";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { findMasterKeys, loadMasterKeys, MasterKeys } from "./mod.ts";

async function inFolder(work: (path: string, dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await work(join(dir, "sub", "master_keys.json"), join(dir, "sub"));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const TENANT = "0190a000-0000-7000-8000-000000000001";
const OTHER = "0190a000-0000-7000-8000-000000000002";

Deno.test("loadMasterKeys makes its file once, for its owner only, and all nodes that start together have its keys", async () => {
  await inFolder(async (path, dir) => {
    assert.equal(await findMasterKeys(path), null);
    const nodes = await Promise.all(Array.from({ length: 20 }, () => loadMasterKeys(path)));
    for (const node of nodes) assert.deepEqual(node.ids, nodes[0]?.ids);
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["master_keys.json"]);
    const data = randomBytes(32);
    const wrapped = await nodes[0]!.wrap(TENANT, data);
    assert.deepEqual(await nodes[1]!.unwrap(TENANT, wrapped), { ok: true, key: data });
  });
});

Deno.test("loadMasterKeys never replaces a file that is damaged or cannot be read", async () => {
  await inFolder(async (path, dir) => {
    await Deno.mkdir(dir);
    const short = JSON.stringify({ version: 1, keys: [{ id: "k1", key: "AAAA" }] });
    const twice = { id: "k1", key: "A".repeat(43) };
    for (
      const text of [
        "",
        "{",
        '{"version":1,"keys":[]}',
        short,
        JSON.stringify({ version: 1, keys: [twice, twice] }),
      ]
    ) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(loadMasterKeys(path), /is damaged, restore it from a backup/);
      assert.equal(await Deno.readTextFile(path), text);
    }
    await Deno.remove(path);
    await Deno.mkdir(path);
    await assert.rejects(loadMasterKeys(path), /is not readable/);
  });
});

Deno.test("unwrap gives a key to its tenant only, and none of changed bytes or an unknown master key", async () => {
  const keys = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);
  const wrapped = await keys.wrap(TENANT, randomBytes(32));
  assert.deepEqual(await keys.unwrap(OTHER, wrapped), { ok: false, problem: "damaged" });
  const others = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);
  assert.deepEqual(await others.unwrap(TENANT, wrapped), { ok: false, problem: "damaged" });
  assert.deepEqual(await keys.unwrap(TENANT, { ...wrapped, kekId: "k2" }), {
    ok: false,
    problem: "unknown_key",
  });
  for (const text of ["", "A", "!", wrapped.wrapped.slice(0, 16), `B${wrapped.wrapped.slice(1)}`]) {
    if (text === wrapped.wrapped) continue;
    assert.deepEqual(await keys.unwrap(TENANT, { ...wrapped, wrapped: text }), {
      ok: false,
      problem: "damaged",
    });
  }
});

Deno.test("a node reads the file again when it meets a key that it does not know", async () => {
  await inFolder(async (path) => {
    const node = await loadMasterKeys(path);
    const rotating = await loadMasterKeys(path);
    const { kekId, isNew } = await rotating.beginRotation();
    assert.ok(isNew);
    const data = randomBytes(32);
    const wrapped = await rotating.wrap(TENANT, data);
    assert.equal(wrapped.kekId, kekId);
    assert.ok(!node.ids.includes(kekId));
    assert.deepEqual(await node.unwrap(TENANT, wrapped), { ok: true, key: data });
    assert.deepEqual(await (await loadMasterKeys(path)).beginRotation(), { kekId, isNew: false });
    assert.equal((await node.wrap(TENANT, data)).kekId, kekId);
    await rotating.drop(rotating.ids.slice(1));
    assert.deepEqual((await loadMasterKeys(path)).ids, [kekId]);
  });
});

Deno.test("keys do not show when they are printed or written as JSON", async () => {
  await inFolder(async (path) => {
    const keys = await loadMasterKeys(path);
    const secret = JSON.parse(await Deno.readTextFile(path)).keys[0].key;
    for (const text of [JSON.stringify(keys), Deno.inspect(keys), String(keys)]) {
      assert.ok(!text.includes(secret));
    }
  });
});
