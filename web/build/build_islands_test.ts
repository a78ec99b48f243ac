import assert from "node:assert/strict";
import { buildIslands } from "./mod.ts";

const COUNTER = `export default function Counter() { return <button onClick={() => {}}>one</button>; }\n`;

Deno.test("what is built is kept, reused while no source changes, and made anew when one does", async () => {
  await using folder = await Islands.make();
  await folder.write("Counter", COUNTER);
  const first = await folder.build();
  const made = await folder.kept();
  const second = await folder.build();
  assert.deepEqual(second, first);
  assert.deepEqual(await folder.kept(), made, "the kept file was not written again");

  await folder.write("Counter", COUNTER.replace("one", "two"));
  const changed = await folder.build();
  assert.notEqual(changed.islands["Counter"]?.url, first.islands["Counter"]?.url);

  await folder.write("Other", COUNTER.replace("Counter", "Other"));
  assert.deepEqual(Object.keys((await folder.build()).islands), ["Counter", "Other"]);
  await folder.remove("Counter");
  assert.deepEqual(Object.keys((await folder.build()).islands), ["Other"]);
});

Deno.test("a kept file that is damaged is made anew", async () => {
  await using folder = await Islands.make();
  await folder.write("Counter", COUNTER);
  const first = await folder.build();
  const [kept] = await folder.kept();
  await Deno.writeTextFile(kept?.path ?? "", `{"names":["Coun`);
  assert.deepEqual(await folder.build(), first);
});

/** A folder of islands in the repository, since sources are named from its root. */
class Islands implements AsyncDisposable {
  private constructor(readonly dir: string) {}

  static async make(): Promise<Islands> {
    const data = new URL("../../.data/", import.meta.url).pathname;
    await Deno.mkdir(data, { recursive: true });
    return new Islands(await Deno.makeTempDir({ dir: data, prefix: "islands-" }));
  }

  build() {
    return buildIslands({
      islandsDir: new URL(`file://${this.dir}/`),
      keptIn: new URL(`file://${this.dir}/kept/`),
    });
  }

  write(name: string, text: string): Promise<void> {
    return Deno.writeTextFile(`${this.dir}/${name}.tsx`, text);
  }

  remove(name: string): Promise<void> {
    return Deno.remove(`${this.dir}/${name}.tsx`);
  }

  async kept(): Promise<{ path: string; mtime: number | undefined }[]> {
    const found = [];
    for await (const { name } of Deno.readDir(`${this.dir}/kept`)) {
      const path = `${this.dir}/kept/${name}`;
      found.push({ path, mtime: (await Deno.stat(path)).mtime?.getTime() });
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.dir, { recursive: true });
  }
}
