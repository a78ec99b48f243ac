import { firstDifference } from "./difference.ts";
import type { CasesByKind, ConformanceCase, KindRunner, Suite } from "./types.ts";

/** Totals over everything that ran. A missing file, an empty suite and an unknown kind count as failures. */
export interface ConformanceTotals {
  passed: number;
  failed: number;
}

const DIFFERENCES_SHOWN = 3;

/** Runs every suite on a folder and writes one line per kind, then the totals (rule R19: strict). */
export async function runConformance(
  folder: string,
  suites: readonly Suite[],
  write: (line: string) => void,
): Promise<ConformanceTotals> {
  const totals: ConformanceTotals = { passed: 0, failed: 0 };
  for (const suite of suites) {
    const read = await readSuite(folder, suite);
    if (typeof read === "string") {
      write(`${suite.name}: failed: ${read}`);
      totals.failed += 1;
      continue;
    }
    const { cases, leftOut } = read;
    for (const [kind, ofKind] of inOrder(cases, suite)) await runKind(suite, kind, ofKind, totals, write);
    for (const words of leftOut) write(`${suite.name}: left out: ${words}`);
    writeAbsent(suite, cases, write);
  }
  write(`${totals.passed} passed, ${totals.failed} failed`);
  return totals;
}

interface ReadSuite {
  cases: CasesByKind;
  leftOut: readonly string[];
}

/** The cases, or why there are none. */
async function readSuite(folder: string, suite: Suite): Promise<ReadSuite | string> {
  const contents: unknown[] = [];
  for (const file of suite.files) {
    const content = file.endsWith("/*.json")
      ? await readAll(folder, file.slice(0, -"/*.json".length))
      : await readOne(folder, file);
    if (typeof content === "string") return content;
    contents.push(content.value);
  }
  try {
    const cases = suite.split(contents);
    return [...cases.values()].some((list) => list.length > 0)
      ? { cases, leftOut: suite.leftOut?.(contents) ?? [] }
      : `no cases in ${suite.files.join(", ")}`;
  } catch (error) {
    return `${suite.files.join(", ")}: ${message(error)}`;
  }
}

/** The file as a value, or what is wrong with it. */
async function readOne(folder: string, file: string): Promise<{ value: unknown } | string> {
  try {
    return { value: JSON.parse(await Deno.readTextFile(`${folder}/${file}`)) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return `${file} is missing`;
    if (error instanceof SyntaxError) return `${file} is not JSON`;
    throw error;
  }
}

/** Every JSON file of a folder as one object, by the name of the file without its ending. */
async function readAll(folder: string, path: string): Promise<{ value: unknown } | string> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(`${folder}/${path}`)) {
      if (entry.isFile && entry.name.endsWith(".json")) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (names.length === 0) return `${path}/*.json is missing`;
  const all: Record<string, unknown> = {};
  for (const name of names.toSorted()) {
    const content = await readOne(folder, `${path}/${name}`);
    if (typeof content === "string") return content;
    all[name.slice(0, -".json".length)] = content.value;
  }
  return { value: all };
}

/** Known kinds in the order of the suite, then the unknown ones. */
function inOrder(cases: CasesByKind, suite: Suite): [string, readonly ConformanceCase[]][] {
  const known = Object.keys(suite.kinds);
  return [...cases].toSorted(([a], [b]) => place(known, a) - place(known, b));
}

function place(known: readonly string[], kind: string): number {
  const index = known.indexOf(kind);
  return index < 0 ? known.length : index;
}

async function runKind(
  suite: Suite,
  kind: string,
  cases: readonly ConformanceCase[],
  totals: ConformanceTotals,
  write: (line: string) => void,
): Promise<void> {
  const label = `${suite.name}/${kind}`;
  const runner = Object.hasOwn(suite.kinds, kind) ? suite.kinds[kind] : undefined;
  if (runner === undefined || cases.length === 0) {
    write(
      runner === undefined
        ? `${label}: failed: unknown kind (${cases.length} cases)`
        : `${label}: failed: no cases`,
    );
    totals.failed += Math.max(1, cases.length);
    return;
  }
  if (runner === null) return write(`${label}: not built (${cases.length} cases)`);
  const differences: string[] = [];
  for (const one of cases) {
    const difference = await checkCase(one, runner);
    if (difference !== null) differences.push(difference);
  }
  totals.passed += cases.length - differences.length;
  totals.failed += differences.length;
  write(`${label}: ${cases.length - differences.length} passed, ${differences.length} failed`);
  for (const difference of differences.slice(0, DIFFERENCES_SHOWN)) write(`  ${difference}`);
}

async function checkCase(one: ConformanceCase, runner: KindRunner): Promise<string | null> {
  try {
    const { expected, got } = await runner(one.content);
    const difference = firstDifference(expected, got);
    return difference === null ? null : `${one.id} ${difference}`;
  } catch (error) {
    return `${one.id} threw: ${message(error)}`;
  }
}

/** A kind that a folder does not hold is said, so that a case file that lost one is noticed. */
function writeAbsent(suite: Suite, cases: CasesByKind, write: (line: string) => void): void {
  const absent = Object.keys(suite.kinds).filter((kind) => !cases.has(kind));
  if (absent.length > 0) write(`${suite.name}: no cases of ${absent.join(", ")} in this folder`);
}

function message(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, " ").slice(0, 300);
}
