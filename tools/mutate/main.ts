import { fileURLToPath } from "node:url";
import { instrument, type Mutant } from "./instrument.ts";
import type { Edit } from "./plugin.ts";
import { type Fate, runMutants } from "./run_mutants.ts";

/*
 * deno task mutate [file ...]
 *
 * Changes the rules one token at a time (+ - * / < <= > >= === ! && || and constants) and runs their tests against each
 * change. A change that no test notices is printed. Exits with 1 below the share that must be noticed, and on any that
 * is left in the rounding. Takes minutes, so it is outside the gate.
 */

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const ROUNDING = "shared/money/rounding.ts";
const FOLDERS = ["web/domain/billing", "web/domain/payments", "web/domain/cuts", "shared/money"];
const COPIED = ["shared", "web/domain", "web/messages", "tests/support", "tools/mutate"];
const LEAST_PERCENT = 85;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(named: readonly string[]): Promise<number> {
  const inFolders = (await Promise.all(FOLDERS.map(filesOf))).flat();
  const tests = inFolders.filter(isTest);
  const rules = named.length > 0 ? [...named] : inFolders.filter(isRule);
  const mutants = await findMutants(rules);
  const folder = await Deno.makeTempDir({ prefix: "mutate_" });
  try {
    await copyProject(folder, rules, mutants);
    return await judge(folder, tests, mutants);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A mutant and the file that it stands in. */
type Located = Mutant & { file: string };

async function judge(folder: string, tests: readonly string[], mutants: readonly Located[]): Promise<number> {
  const sources = new Map<string, string>();
  for (const { file } of mutants) {
    if (!sources.has(file)) sources.set(file, await Deno.readTextFile(PROJECT + file));
  }
  const fates = new Map<Located, Fate>();
  const quickFirst = tests.toSorted((a, b) => Number(isSlow(a)) - Number(isSlow(b)));
  await runMutants({
    folder,
    testFiles: quickFirst.map((file) => `${folder}/${file}`),
    testsOf: (mutant) => {
      const { file } = mutant as Located;
      return [`${folder}/${file.replace(/\.ts$/, "_test.ts")}`];
    },
    onFate: (mutant, fate) => {
      fates.set(mutant as Located, fate);
      if (fate === "survived") write(describe(mutant as Located, sources));
    },
  }, mutants);
  return report(fates);
}

function report(fates: ReadonlyMap<Located, Fate>): number {
  const files = new Map<string, { all: number; killed: number }>();
  for (const [{ file }, fate] of fates) {
    const of = files.get(file) ?? { all: 0, killed: 0 };
    of.all += 1;
    if (fate !== "survived") of.killed += 1;
    files.set(file, of);
  }
  for (const [file, { all, killed }] of files) write(`${file}: ${killed} of ${all} killed`);
  const all = fates.size;
  const killed = [...fates.values()].filter((fate) => fate !== "survived").length;
  const percent = all === 0 ? 0 : 100 * killed / all;
  write(
    `${killed} of ${all} mutants killed (${percent.toFixed(1)} %, at least ${LEAST_PERCENT} are asked for)`,
  );
  const rounding = files.get(ROUNDING);
  const isRoundingHeld = rounding === undefined || rounding.killed === rounding.all;
  return percent >= LEAST_PERCENT && isRoundingHeld ? 0 : 1;
}

/** `web/domain/billing/tax.ts:42: 10_000n + rate: + is -` */
function describe(mutant: Located, sources: ReadonlyMap<string, string>): string {
  const source = sources.get(mutant.file) ?? "";
  const line = source.slice(0, mutant.from).split("\n").length;
  const was = source.slice(mutant.from, mutant.to);
  const whole = source.slice(mutant.start, mutant.end).replaceAll(/\s+/g, " ");
  const now = mutant.text === "" ? "left out" : mutant.text;
  return `survived: ${mutant.file}:${line}: ${was} is ${now} in: ${whole}`;
}

/** The parser of `deno lint` says where something may be changed. */
async function findMutants(files: readonly string[]): Promise<Located[]> {
  const folder = await Deno.makeTempDir();
  try {
    const lint = {
      plugins: [`${PROJECT}tools/mutate/plugin.ts`],
      rules: { tags: [], include: ["mutate/edits"] },
    };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ lint }));
    for (const [i, file] of files.entries()) await Deno.copyFile(PROJECT + file, `${folder}/${name(i)}`);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "lint",
        "--json",
        "--config",
        `${folder}/deno.json`,
        ...files.map((_, i) => `${folder}/${name(i)}`),
      ],
      cwd: folder,
      stderr: "null",
    }).output();
    const { diagnostics }: { diagnostics: { filename: string; message: string }[] } = JSON.parse(
      new TextDecoder().decode(stdout),
    );
    return diagnostics.map(({ filename, message }, id) => {
      const edit: Edit = JSON.parse(message);
      return { ...edit, id, file: files[Number(filename.match(/(\d+)\.ts$/)?.[1])] ?? "" };
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function name(index: number): string {
  return `rule_${index}.ts`;
}

/** What the rules and their tests need, with all mutants inside. */
async function copyProject(
  folder: string,
  rules: readonly string[],
  mutants: readonly Located[],
): Promise<void> {
  for (const part of COPIED) await copyFolder(part, folder);
  for (const file of rules) {
    const source = await Deno.readTextFile(PROJECT + file);
    const own = mutants.filter((mutant) => mutant.file === file);
    await Deno.writeTextFile(`${folder}/${file}`, instrument(source, own));
  }
  const { imports } = JSON.parse(await Deno.readTextFile(`${PROJECT}deno.json`));
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports, nodeModulesDir: "manual" }));
  await Deno.symlink(`${PROJECT}node_modules`, `${folder}/node_modules`);
}

async function copyFolder(part: string, to: string): Promise<void> {
  await Deno.mkdir(`${to}/${part}`, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(PROJECT + part)) {
    if (isDirectory) await copyFolder(`${part}/${name}`, to);
    else if (/\.(tsx?|json)$/.test(name)) {
      await Deno.copyFile(`${PROJECT}${part}/${name}`, `${to}/${part}/${name}`);
    }
  }
}

async function filesOf(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isFile } of Deno.readDir(PROJECT + folder)) {
    if (isFile && name.endsWith(".ts") && name !== "mod.ts") files.push(`${folder}/${name}`);
  }
  return files.sort();
}

function isTest(file: string): boolean {
  return file.endsWith("_test.ts");
}

/** How long a name may be is no rule of money. */
function isRule(file: string): boolean {
  return !isTest(file) && !file.endsWith("/limits.ts");
}

/** Histories come last: most mutants are killed before. */
function isSlow(file: string): boolean {
  return file.includes("property") || file.includes("change_billing_mode");
}

function write(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
