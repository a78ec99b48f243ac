import assert from "node:assert/strict";

const WEB_DIR = new URL("../", import.meta.url);
/** What a person sees is made here; the words of files, logs and refusals are made elsewhere. */
const ROOMS = ["routes/", "components/"];

/**
 * English that stands in the code on purpose or still does, by file. It only shrinks: take an entry out together with its
 * text. New text goes into the message files.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // Names of keys and of a command are the same in every language.
  "components/frame/TopBar.tsx": ["Ctrl K"],
  "routes/setup.tsx": ["deno task demo"],
  // The fixed words of files and of the glossary; pages show `words.*`.
  "components/words/state_words.ts": ["Partly paid", "Pending install"],
  // Heads of a CSV file: programs read them.
  "routes/admin/sites/(_parts)/site_lines.ts": ["No agent", "Too old"],
  "routes/admin/runs/(_parts)/row_columns.tsx": ["PPPoE user", "Cut on", "Decided at", "Read back detail"],
  "routes/admin/runs/[id]/index.tsx": ["Cut on", "Decided at"],
  "routes/admin/tonight/(_parts)/columns.tsx": [
    "Past grace",
    "Router answers",
    "Cut on",
    "Held until",
    "Last payment",
  ],
  "routes/admin/outages/report.tsx": [
    "Taken back",
    "Minutes without service",
    "Fault minutes",
    "Planned minutes",
    "Force majeure minutes",
  ],
  "routes/admin/runs/index.tsx": [
    "Waiting for the router",
    "Restored since",
    "Not made",
    "Not managed any more",
  ],
  // Read by a script, not by a person.
  "routes/admin/events.ts": ["No stream now."],
};

/** Attributes and fields whose text is shown or read out. */
const NAMES =
  "label|title|placeholder|aria-label|alt|hint|caption|effect|verb|head|lead|prompt|note|summary|what|detail";
/** Two words one after the other; a placeholder may stand for one of them. */
const TWO_WORDS = /[A-Za-z][A-Za-z’']+[,;:.!?]? +(?:[A-Za-z]|\d|\{)|\}[,;:.!?]? +[A-Za-z]{2,}/;
/** What stands between `>` and `<` in code that is no markup. */
const CODE =
  /^\s*[,:()\]?.]|[=;`"|&[\]]|\w\(|[a-z][A-Z]|\? |\b(?:const|return|function|export|import|interface|type|async|await|else|extends|keyof|typeof|readonly)\b/;

Deno.test("no English text stands between tags or in labels: it comes from the message files", async () => {
  const found: Record<string, string[]> = {};
  for (const room of ROOMS) {
    for await (const path of sourcesOf(new URL(room, WEB_DIR))) {
      const name = decodeURIComponent(path.href.slice(WEB_DIR.href.length));
      const left = literalsOf(await Deno.readTextFile(path)).filter((text) => !ALLOWED[name]?.includes(text));
      if (left.length > 0) found[name] = left;
    }
  }
  assert.deepEqual(found, {});
});

Deno.test("the list of allowed English holds nothing that is gone", async () => {
  for (const [name, texts] of Object.entries(ALLOWED)) {
    const there = literalsOf(await Deno.readTextFile(new URL(encodeURI(name), WEB_DIR)));
    assert.deepEqual(texts.filter((text) => !there.includes(text)), [], name);
  }
});

Deno.test("literalsOf finds text in markup, attributes, fields and sentences, and no code", () => {
  const source = `
    const a: Map<string, Row> = read(x) as Page<Row>; // a comment with words
    <p class="note wide">Nothing was
      posted yet</p>
    <b title="Open the bill" data-x="not this one">{t("bills.one")}</b>
    <a title={\`Archive \${name} now\`}>CSV</a>
    const facts = [{ label: "Last seen", value }];
    const messages = { saved: "The plan is saved." };
    throw new Error("Cannot read the page");
  `;
  assert.deepEqual(literalsOf(source).sort(), [
    "Archive {} now",
    "Last seen",
    "Nothing was posted yet",
    "Open the bill",
    "The plan is saved.",
  ]);
});

/** The English of a source file, each text once; placeholders as `{}`. */
function literalsOf(source: string): string[] {
  const code = source
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|[\s;{])\/\/[^\n]*/g, "$1")
    .replace(/\b\w*Error\([^;]*;/g, "")
    // What a route does, for the list of routes and not for a page.
    .replace(/\bsummary: "[^"]*"/g, "")
    // Headings of a file.
    .replace(/\bcsvHead: "[^"]*"/g, "");
  const texts = new Set<string>();
  const add = (raw: string | undefined) => {
    const text = (raw ?? "").replace(/\$\{[^}]*\}/g, "{}").replace(/\s+/g, " ").trim();
    if (TWO_WORDS.test(text)) texts.add(text);
  };
  for (const [, text] of code.matchAll(/[>}]([^<>{}]+)(?=[<{])/g)) {
    if (!CODE.test(text ?? "") && isBalanced(text ?? "")) add(text);
  }
  const quoted = '"([^"\\n]*)"|`((?:[^`$]|\\$\\{[^}]*\\})*)`';
  for (const [, plain, built] of code.matchAll(new RegExp(`(?:${NAMES})(?:=\\{?|: )(?:${quoted})`, "g"))) {
    add(plain ?? built);
  }
  // A sentence anywhere: a capital and a second word.
  for (const [, plain, built] of code.matchAll(new RegExp(quoted, "g"))) {
    const text = plain ?? built ?? "";
    if (/^[A-Z][a-z]*,? (?:[a-z]|\$\{)/.test(text)) add(text);
  }
  return [...texts];
}

function isBalanced(text: string): boolean {
  return text.split("(").length === text.split(")").length;
}

async function* sourcesOf(dir: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(dir)) {
    const url = new URL(encodeURIComponent(entry.name), dir);
    if (entry.isDirectory) yield* sourcesOf(new URL(`${url.href}/`));
    else if (/\.tsx?$/.test(entry.name) && !/(_test\.tsx?|\.csv\.ts)$/.test(entry.name)) yield url;
  }
}
