import assert from "node:assert/strict";
import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { ENGLISH, FILIPINO, type MessageKey, preferredLocale, translator } from "./mod.ts";

const MESSAGES_DIR = new URL("./", import.meta.url);
const WEB_DIR = new URL("../", import.meta.url);

Deno.test("every English message has a Filipino one, and the reverse", () => {
  assert.deepEqual(Object.keys(FILIPINO).sort(), Object.keys(ENGLISH).sort());
});

Deno.test("both languages of a message take the same placeholders", () => {
  for (const [key, text] of Object.entries(ENGLISH)) {
    assert.deepEqual(placeholders(FILIPINO[key as MessageKey] ?? ""), placeholders(text), key);
  }
});

Deno.test("every message file is listed in mod.ts, holds its own part's keys, and no key stands in two files", async () => {
  for (const [locale, merged] of [["en", ENGLISH], ["fil", FILIPINO]] as const) {
    let count = 0;
    for await (const entry of Deno.readDir(new URL(`${locale}/`, MESSAGES_DIR))) {
      const part = entry.name.replace(/\.json$/, "");
      const text = await Deno.readTextFile(new URL(`${locale}/${entry.name}`, MESSAGES_DIR));
      const keys = Object.keys(JSON.parse(text));
      // JSON lets a key stand twice in one file: the last one wins, silently.
      const written = [...text.matchAll(/^ {2}"([^"]+)":/gm)].map((match) => match[1]);
      assert.deepEqual(written.toSorted(), keys.toSorted(), `${locale}/${entry.name}`);
      assert.deepEqual(keys.filter((key) => !key.startsWith(`${part}.`)), [], `${locale}/${entry.name}`);
      assert.deepEqual(
        keys.filter((key) => !(key in merged)),
        [],
        `${locale}/${entry.name} is not in mod.ts`,
      );
      count += keys.length;
    }
    assert.equal(count, Object.keys(merged).length);
  }
});

Deno.test("every message is used somewhere", async () => {
  const sources = await readSources(WEB_DIR);
  // A key may be built from a word: `words.${state}`.
  const built = [...sources.matchAll(/`([a-z_]+\.[a-z_.]*)\$\{/g)].map((match) => match[1] ?? "");
  // Those of codes are named by the catalogue; codes_test.ts looks at them.
  const keys = Object.keys(ENGLISH).filter((key) => !key.startsWith("codes_"));
  const unused = keys.filter((key) =>
    !sources.includes(`"${key}"`) && !built.some((start) => key.startsWith(start))
  );
  assert.deepEqual(unused, []);
});

Deno.test("no sentence holds an address of a machine: those stand in a fact of their own or behind Details", () => {
  const holding = Object.entries(ENGLISH).filter(([key, text]) =>
    key !== "codes_subscribers.audit_contact_field" && // the house of a subscriber
    placeholders(text).some((name) => ["url", "host", "address"].includes(name))
  );
  assert.deepEqual(holding.map(([key]) => key), []);
});

Deno.test("Filipino plurals are written with =1 and other: its `one` is also 2, 3, 5 and most numbers", () => {
  const wrong = Object.entries(FILIPINO).filter(([, text]) => /plural,[^{]*\bone \{/.test(text));
  assert.deepEqual(wrong.map(([key]) => key), []);
});

Deno.test("translator fills in placeholders and chooses the plural of its language", () => {
  assert.equal(translator("en")("shell.agents_online", { total: 1 }), "Agent online");
  assert.equal(translator("en")("shell.agents_online", { total: 3 }), "3 agents online");
  assert.equal(translator("fil")("shell.agents_online", { total: 3 }), "3 agent ang online");
});

Deno.test("preferredLocale reads what browsers send", () => {
  for (
    const [header, locale] of [
      [null, "en"],
      ["fil-PH,fil;q=0.9,en;q=0.8", "fil"],
      ["tl", "fil"],
      ["en-PH,en;q=0.9,fil;q=0.8", "en"],
      ["de-DE,fil;q=0.5", "fil"],
      ["*", "en"],
    ] as const
  ) assert.equal(preferredLocale(header), locale, String(header));
});

function placeholders(text: string): string[] {
  const names = new Set<string>();
  const walk = (elements: MessageFormatElement[]) => {
    for (const element of elements) {
      if (element.type === TYPE.argument || element.type === TYPE.number) names.add(element.value);
      if (element.type === TYPE.plural || element.type === TYPE.select) {
        names.add(element.value);
        for (const option of Object.values(element.options)) walk(option.value);
      }
    }
  };
  walk(parse(text));
  return [...names].sort();
}

async function readSources(dir: URL): Promise<string> {
  const texts: string[] = [];
  for await (const entry of Deno.readDir(dir)) {
    const url = new URL(encodeURIComponent(entry.name), dir);
    if (entry.isDirectory) {
      if (entry.name !== "node_modules") texts.push(await readSources(new URL(`${url.href}/`)));
    } else if (/\.tsx?$/.test(entry.name)) texts.push(await Deno.readTextFile(url));
  }
  return texts.join("\n");
}
