import assert from "node:assert/strict";
import { existsSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);
const SKIPPED = new Set(["node_modules", ".git", ".data"]);

Deno.test("every relative link and picture in a Markdown file leads to a file, and every #part to a heading", async () => {
  const broken: string[] = [];
  for await (const file of markdownFiles(ROOT)) {
    const text = await Deno.readTextFile(file);
    for (const target of linksOf(text)) {
      const [path = "", part] = target.split("#");
      const url = path === "" ? file : new URL(path, file);
      if (!existsSync(url)) broken.push(`${file.pathname.slice(ROOT.pathname.length)}: ${target}`);
      else if (part !== undefined && url.pathname.endsWith(".md") && !await hasHeading(url, part)) {
        broken.push(`${file.pathname.slice(ROOT.pathname.length)}: ${target} has no such heading`);
      }
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("decision records are numbered once each, and each says its context, its decision and the other way", async () => {
  const numbers = new Map<string, string>();
  for await (const { name } of Deno.readDir(new URL("docs/decisions/", ROOT))) {
    const number = /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1];
    assert.ok(number !== undefined, `${name} is not named like a decision`);
    assert.equal(numbers.get(number), undefined, `${name} has the number of ${numbers.get(number)}`);
    numbers.set(number, name);
    const text = await Deno.readTextFile(new URL(`docs/decisions/${name}`, ROOT));
    assert.ok(text.startsWith(`# ${Number(number)}. `), `${name} has another number in its title`);
    for (const part of ["Context", "Decision"]) {
      assert.ok(text.includes(`**${part}.**`), `${name} does not say its ${part.toLowerCase()}`);
    }
    assert.match(
      text,
      /\*\*(Undo|Rejected)\.\*\*/,
      `${name} says neither how to undo it nor what was rejected`,
    );
  }
});

async function* markdownFiles(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && !SKIPPED.has(name)) {
      yield* markdownFiles(new URL(`${encodeURIComponent(name)}/`, folder));
    } else if (name.endsWith(".md")) yield new URL(encodeURIComponent(name), folder);
  }
}

/** Targets of links and pictures inside this repository; code is not looked at. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

async function hasHeading(file: URL, part: string): Promise<boolean> {
  const text = await Deno.readTextFile(file);
  return [...text.matchAll(/^#+ (.*)$/gm)].some(([, title = ""]) =>
    title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-") === part
  );
}
