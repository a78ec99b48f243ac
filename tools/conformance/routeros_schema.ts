import { z } from "zod";
import { InProcessRouter } from "@/sim/routeros/mod.ts";
import type { CasesByKind, Comparison, ConformanceCase, Suite } from "./types.ts";
import { WRITTEN_MENUS } from "./routeros_written.ts";

const names = z.array(z.string());
const commands = z.record(z.string(), z.unknown());
const versionFile = z.object({ version: z.string(), paths: z.record(z.string(), commands) });
const propertyFile = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const requiredFile = z.object({
  versions: z.record(z.string(), z.record(z.string(), z.object({ required: names, message: z.string() }))),
});
const schemaFolder = z.record(z.string(), z.unknown());

/** Which commands and arguments the simulator has in each captured version, and which values they take. */
export const routerosSchemaSuite: Suite = {
  name: "routeros_schema",
  files: ["routeros/schema/*.json"],
  split: ([folder]) => splitFolder(schemaFolder.parse(folder)),
  leftOut: ([folder]) => leftOutOf(schemaFolder.parse(folder)),
  kinds: { commands: runCommands, partial: runPartial, values: runValues, required: runRequired },
};

/** Menus that a listing of another kind of device cannot speak about, and commands outside this simulator's task. */
const OURS = new Set(new InProcessRouter("7.24").paths.filter((path) => path !== "" && path !== "/tool"));
const PINGS: Record<string, string> = { "/ping": "", "/tool/ping": "/tool" };

interface VersionTable {
  version: string;
  /** Path, verb, arguments; a verb of null stands for a command that is itself a path. */
  paths: Map<string, Map<string, readonly string[]>>;
}

function splitFolder(folder: Record<string, unknown>): CasesByKind {
  const byKind = new Map<string, ConformanceCase[]>();
  const complete = Object.entries(folder).filter(([name, file]) => isVersion(name) && !isPartial(file));
  const tables = complete.map(([, file]) => readTable(file));
  if (tables.length > 0) {
    byKind.set(
      "commands",
      tables.flatMap((table) => commandCases(table, unionOf(tables))),
    );
  }
  for (const [name, file] of Object.entries(folder)) {
    if (isVersion(name) && isPartial(file)) add(byKind, "partial", partialCases(file));
    else if (name.startsWith("properties-")) add(byKind, "values", valueCases(name, file));
    else if (name === "required-args") add(byKind, "required", requiredCases(file));
  }
  return byKind;
}

function leftOutOf(folder: Record<string, unknown>): readonly string[] {
  const others = Object.keys(folder).filter((name) =>
    !isVersion(name) && !name.startsWith("properties-") && name !== "required-args"
  );
  const files = others.length === 0 ? [] : [`files that are no table: ${others.join(", ")}`];
  return ["menus that the simulator does not have, in every table", ...files];
}

function add(byKind: Map<string, ConformanceCase[]>, kind: string, cases: ConformanceCase[]): void {
  byKind.set(kind, [...byKind.get(kind) ?? [], ...cases]);
}

function isVersion(name: string): boolean {
  return /^\d/.test(name);
}

/** A table that was made from an export: it holds what can be written, and nothing of what cannot be. */
function isPartial(file: unknown): boolean {
  return typeof file === "object" && file !== null && "_note" in file;
}

function readTable(file: unknown): VersionTable {
  const { version, paths } = versionFile.parse(file);
  const table = new Map<string, Map<string, readonly string[]>>();
  for (const [path, verbs] of Object.entries(paths)) {
    const ping = PINGS[path];
    if (ping !== undefined) table.set(path, new Map([["ping", names.parse(verbs["(command)"])]]));
    else if (OURS.has(path)) {
      table.set(path, new Map(Object.entries(verbs).map(([verb, list]) => [verb, names.parse(list)])));
    }
  }
  return { version, paths: table };
}

/** Every verb and argument that any version has, so that each is asked of each version. */
function unionOf(tables: readonly VersionTable[]): Map<string, Map<string, Set<string>>> {
  const union = new Map<string, Map<string, Set<string>>>();
  for (const { paths } of tables) {
    for (const [path, verbs] of paths) {
      const known = union.get(path) ?? new Map<string, Set<string>>();
      union.set(path, known);
      for (const [verb, list] of verbs) known.set(verb, new Set([...known.get(verb) ?? [], ...list]));
    }
  }
  return union;
}

interface CommandCase {
  version: string;
  word: string;
  exists: boolean;
  has: readonly string[];
  candidates: readonly string[];
}

const NOBODYS = "no-such-argument";

function commandCases(table: VersionTable, union: ReturnType<typeof unionOf>): ConformanceCase[] {
  return [...union].flatMap(([path, verbs]) =>
    [...verbs].flatMap(([verb, candidates]): ConformanceCase[] => {
      const has = table.paths.get(path)?.get(verb);
      // A console that hides the short form of ping does not tell what the API does with it.
      if (path === "/ping" && has === undefined) return [];
      const content: CommandCase = {
        version: table.version,
        word: `${PINGS[path] ?? path}/${verb}`,
        exists: has !== undefined,
        has: has ?? [],
        candidates: [...candidates, NOBODYS],
      };
      return [{ id: `${table.version} ${content.word}`, content }];
    })
  );
}

function runCommands(content: unknown): Comparison {
  const { version, word, exists, has, candidates } = content as CommandCase;
  const router = new InProcessRouter(version);
  const got = isKnown(router, word, {});
  const accepted = got ? candidates.filter((name) => isKnown(router, word, { [name]: "" })) : [];
  return {
    expected: { exists, "arguments that it lacks": [], "arguments that it should not have": [] },
    got: {
      exists: got,
      "arguments that it lacks": has.filter((name) => !accepted.includes(name)),
      "arguments that it should not have": accepted.filter((name) => !has.includes(name)),
    },
  };
}

/** Whether the router knows the command and its arguments; that it has more to say against their values is no matter. */
function isKnown(router: InProcessRouter, word: string, attributes: Record<string, string>): boolean {
  return !/^(?:no such command|unknown parameter)/.test(router.refusal(word, attributes) ?? "");
}

function partialCases(file: unknown): ConformanceCase[] {
  const { version, paths } = versionFile.parse(file);
  return Object.entries(paths).filter(([path]) => OURS.has(path)).flatMap(([path, verbs]) =>
    Object.entries(verbs).flatMap(([title, list]): ConformanceCase[] => {
      // Titles such as "add (6.49.11)" say in which release it was seen.
      const verb = title.split(" ")[0] ?? "";
      if (verb !== "add" && verb !== "set" && verb !== "remove") return [];
      const content = { version, word: `${path}/${verb}`, names: names.parse(list) };
      return [{ id: `${version} ${content.word}`, content }];
    })
  );
}

function runPartial(content: unknown): Comparison {
  const { version, word, names: listed } = content as { version: string; word: string; names: string[] };
  const router = new InProcessRouter(version);
  const accepted = [...listed, NOBODYS].filter((name) => isKnown(router, word, { [name]: "" }));
  return { expected: { accepted: listed }, got: { accepted } };
}

const argumentValues = z.object({ values: names.optional() });

function valueCases(file: string, content: unknown): ConformanceCase[] {
  const version = file.slice("properties-".length);
  return Object.entries(propertyFile.parse(content).paths).filter(([path]) => OURS.has(path)).flatMap(
    ([path, { set }]) =>
      Object.entries(z.record(z.string(), argumentValues).parse(set ?? {})).flatMap(([name, { values }]) =>
        values === undefined || name === "numbers"
          ? []
          : [{ id: `${version} ${path} ${name}`, content: { version, path, name, values } }]
      ),
  );
}

/** Values that the console completes are taken; whole lists of them, but for "!" and "," which only begin one. */
function runValues(content: unknown): Comparison {
  const { version, path, name, values } = content as Record<"version" | "path" | "name", string> & {
    values: string[];
  };
  const router = new InProcessRouter(version);
  prepareRow(router, path);
  const asked = values.filter((value) => value !== "!" && value !== ",");
  const taken = asked.filter((value) =>
    router.refusal(`${path}/set`, { ...addressOf(router, path), [name]: value }) === null
  );
  return { expected: { taken: asked }, got: { taken } };
}

function prepareRow(router: InProcessRouter, path: string): void {
  const row = WRITTEN_MENUS[path];
  if (row !== undefined) router.ask(`${path}/add`, row);
}

function addressOf(router: InProcessRouter, path: string): Record<string, string> {
  const rows = router.ask(`${path}/print`).rows ?? [];
  const id = rows.findLast((row) => row["dynamic"] !== "true")?.[".id"];
  return id === undefined ? {} : { numbers: id };
}

function requiredCases(file: unknown): ConformanceCase[] {
  return Object.entries(requiredFile.parse(file).versions).flatMap(([version, paths]) =>
    Object.entries(paths).filter(([path]) => OURS.has(path)).map(([path, { message }]) => ({
      id: `${version} ${path}`,
      content: { version, path, message },
    }))
  );
}

/** The console puts "Script Error: " before the text and the place of the command behind it; the API does not. */
function runRequired(content: unknown): Comparison {
  const { version, path, message } = content as Record<"version" | "path" | "message", string>;
  const said = message.replace(/^Script Error: /, "").replace(/ \([^()]*; line \d+\)$/, "");
  const got = new InProcessRouter(version).refusal(`${path}/add`);
  // No text: the command needs nothing and is done.
  return { expected: { refusal: said === "" ? null : said }, got: { refusal: got } };
}
