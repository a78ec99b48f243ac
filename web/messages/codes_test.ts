import assert from "node:assert/strict";
import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { type Code, type Coded, CODES, CODES_BY_WORD, formatCoded, parseCoded } from "@/shared/codes/mod.ts";
import type { CodedValue, ValueKind, ValueKinds } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { codedText, messageKeyOf } from "./coded_text.ts";
import { ENGLISH, FILIPINO, LOCALES, translator } from "./mod.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("no code stands under two feature words", () => {
  const all = Object.values(CODES_BY_WORD).flatMap((codes) => Object.keys(codes));
  assert.deepEqual(all.filter((code, at) => all.indexOf(code) !== at), []);
  assert.equal(all.length, Object.keys(CODES).length);
});

Deno.test("every code has words in both languages, and every message of codes has its code", () => {
  const keys = Object.keys(CODES).map((code) => messageKeyOf(code as Code)).sort();
  assert.deepEqual(Object.keys(ENGLISH).filter((key) => key.startsWith("codes_")).sort(), keys);
  assert.deepEqual(Object.keys(FILIPINO).filter((key) => key.startsWith("codes_")).sort(), keys);
});

Deno.test("a message of a code uses values of the catalogue only, and each of them, in both languages", () => {
  for (const code of Object.keys(CODES) as Code[]) {
    const kinds: ValueKinds = CODES[code].values;
    const names = Object.keys(kinds).filter((name) => kinds[name] !== "aside").sort();
    for (const texts of [ENGLISH, FILIPINO]) {
      assert.deepEqual(
        placeholders(texts[messageKeyOf(code)] ?? ""),
        names,
        `${code}: ${texts[messageKeyOf(code)]}`,
      );
    }
  }
});

Deno.test("a refusal is a whole sentence with its full stop", () => {
  for (const [code, entry] of Object.entries(CODES)) {
    // What a form field says is joined as it is.
    if (!("status" in entry) || code === "input_problems") continue;
    assert.ok(entry.status >= 400 && entry.status < 600, code);
    for (const locale of LOCALES) {
      for (const values of samplesOf(entry.values)) {
        const text = codedText(translator(locale), { code, values });
        assert.match(text, /^[\p{Lu}“₱\d][^]*[.]$/u, `${code} in ${locale}`);
        assert.doesNotMatch(text, /\bplease\b|!|successfully|\bpaki\w*/i, `${code} in ${locale}`);
      }
    }
  }
});

Deno.test("every code is used somewhere, by its name or by the start of it", async () => {
  const sources = await readSources(ROOT);
  const built = [...sources.matchAll(/`([a-z]+(?:_[a-z]+)*_)\$\{/g)].map((match) => match[1] ?? "");
  const unused = Object.keys(CODES).filter((code) =>
    !sources.includes(`"${code}"`) && !sources.includes(`'${code}'`) &&
    !built.some((start) => code.startsWith(start))
  );
  assert.deepEqual(unused, []);
});

Deno.test("a stored code is read back as it was, values of every kind; what is none is null", () => {
  for (const [code, { values: kinds }] of Object.entries(CODES)) {
    for (const values of samplesOf(kinds)) {
      const text = formatCoded({ code, values });
      const read = parseCoded(text);
      assert.ok(read !== null, code);
      assert.equal(formatCoded(read), text);
      for (const locale of LOCALES) {
        assert.equal(codedText(translator(locale), read), codedText(translator(locale), { code, values }));
      }
    }
  }
  for (
    const text of [
      "Nothing is owed",
      "",
      '{"code":"nowhere","values":{}}',
      '{"code":"hold_in_past"}',
      '{"code":"hold_in_past","values":{"from":"soon"}}',
      '{"code":"hold_in_past","values":{"from":7}}',
      '{"code":',
      '{"code":"too_many_views","values":{"max":"7"}}',
    ]
  ) assert.equal(parseCoded(text), null, text);
});

/** One sample for each word that a value may be, else one. */
function samplesOf(kinds: ValueKinds): Coded["values"][] {
  const most = Math.max(1, ...Object.values(kinds).map((kind) => typeof kind === "string" ? 1 : kind.length));
  return Array.from(
    { length: most },
    (_, at) => Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, sampleOf(kind, at)])),
  );
}

function sampleOf(kind: ValueKind, at: number): CodedValue {
  if (typeof kind !== "string") return kind[at % kind.length] ?? "";
  const samples = {
    text: "Ana {x} 'y' <z>",
    quote: "no such 'item' {x}",
    aside: "Cannot reach 10.0.0.1:8728",
    count: 3,
    peso: centavos(149_900n),
    date: Temporal.PlainDate.from("2026-11-26"),
    day: Temporal.PlainDate.from("2026-11-26"),
    month: 2,
    reason: "promised 'Friday' {x}",
    period: "2026-01-10/2026-02-01",
    time: Temporal.PlainTime.from("09:00"),
    coded: { code: "plain", values: { text: "Why." } },
    list: [{ code: "plain", values: { text: "one" } }, { code: "plain", values: { text: "two" } }],
  };
  return samples[kind as keyof typeof samples];
}

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
  for (const room of ["web/", "shared/money/", "shared/calendar/"]) {
    for await (const path of sourcesOf(new URL(room, dir))) texts.push(await Deno.readTextFile(path));
  }
  return texts.join("\n");
}

async function* sourcesOf(dir: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(dir)) {
    const url = new URL(encodeURIComponent(entry.name), dir);
    if (entry.isDirectory) {
      if (entry.name !== "node_modules") yield* sourcesOf(new URL(`${url.href}/`));
    } else if (/\.tsx?$/.test(entry.name) && !/_test\.tsx?$/.test(entry.name)) yield url;
  }
}
