import assert from "node:assert/strict";
import { zipOf } from "./mod.ts";

async function* pieces(...texts: string[]) {
  for (const text of texts) yield await Promise.resolve(text);
}

Deno.test("an archive has its files, as any program unpacks them", async () => {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const files = [{ name: "a.txt", text: pieces("Peña", "randa ₱") }, { name: "b.json", text: pieces() }];
  for await (const part of zipOf(files)) parts.push(part);
  const path = await Deno.makeTempFile({ suffix: ".zip" });
  try {
    await Deno.writeFile(path, new Uint8Array(await new Blob(parts).arrayBuffer()));
    const code = "import zipfile,sys; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; " +
      "print(z.namelist(), z.read('a.txt').decode(), len(z.read('b.json')))";
    const { stdout, success } = await new Deno.Command("python3", { args: ["-c", code, path] }).output();
    assert.ok(success);
    assert.equal(new TextDecoder().decode(stdout).trim(), "['a.txt', 'b.json'] Peñaranda ₱ 0");
  } finally {
    await Deno.remove(path);
  }
});
