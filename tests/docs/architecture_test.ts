import assert from "node:assert/strict";
import { existsSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);

Deno.test("every place that the architecture names is there", async () => {
  const text = await Deno.readTextFile(new URL("docs/architecture.md", ROOT));
  const tree = treePaths(text);
  assert.ok(tree.length >= 60, `only ${tree.length} places in the tree`);
  assert.deepEqual(absent([...tree, ...namedPaths(text)]), []);
});

Deno.test("so is every file that the pages on how to add something and on how to contribute name", async () => {
  const pages = [
    "CONTRIBUTING.md",
    "docs/how_to_add_a_page.md",
    "docs/how_to_add_a_job_a_command_a_permission.md",
  ];
  for (const page of pages) {
    const paths = namedPaths(await Deno.readTextFile(new URL(page, ROOT)));
    assert.ok(paths.length > 3, page);
    assert.deepEqual(absent(paths), [], page);
  }
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

function absent(paths: readonly string[]): string[] {
  return paths.filter((path) => !existsSync(new URL(path, ROOT)));
}

/** Paths between backticks; one with `<word>` or a brace in it is a pattern, not a path. */
function namedPaths(text: string): string[] {
  const paths = /`((?:web|agent|shared|sim|tests|tools|migrations|docs|bench)\/[\w./[\]()-]+)`/g;
  return [...text.matchAll(paths)].map(([, path]) => path!);
}

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
