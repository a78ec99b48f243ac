import assert from "node:assert/strict";
import { existsSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);

Deno.test("every place that the architecture names is there", async () => {
  const text = await Deno.readTextFile(new URL("docs/architecture.md", ROOT));
  const tree = treePaths(text);
  assert.ok(tree.length >= 60, `only ${tree.length} places in the tree`);
  const named = [
    ...text.matchAll(/`((?:web|agent|shared|sim|tests|tools|migrations|docs|bench)\/[\w./[\]()-]+)`/g),
  ];
  const missing = [...tree, ...named.map(([, path]) => path!)].filter((path) =>
    !existsSync(new URL(path, ROOT))
  );
  assert.deepEqual(missing, []);
});

Deno.test("every folder of the rooms of the web and of the agent stands in the tree, or lies under one that does", async () => {
  const tree = new Set(treePaths(await Deno.readTextFile(new URL("docs/architecture.md", ROOT))));
  const unnamed: string[] = [];
  for (const room of ["web", "agent", "shared"]) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(`${room}/`, ROOT))) {
      if (isDirectory && name !== "node_modules" && !tree.has(`${room}/${name}/`)) {
        unnamed.push(`${room}/${name}/`);
      }
    }
  }
  assert.deepEqual(unnamed, []);
});

/** Paths of the commented tree: two blanks a level, the name, the comment. */
function treePaths(text: string): string[] {
  const block = /```tree\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  const above: string[] = [];
  return block.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const [, indent = "", name = ""] = /^( *)(\S+)/.exec(line) ?? [];
    const level = indent.length / 2;
    above.length = level;
    above.push(name);
    return above.join("");
  });
}
