import fc from "fast-check";
import { SWITCH } from "./instrument.ts";

/*
 * deno run tools/mutate/worker.ts TESTS MUTANTS
 *
 * Runs test files against one mutant after the other in this process and writes a line for each: `ID killed` or
 * `ID survived`. The files hold all mutants; a switch says which is on. Somebody outside watches the time, because a
 * mutant may run for ever.
 */

type Test = { file: string; name: string; fn: () => void | Promise<void> };

const switches = globalThis as unknown as Record<string, number>;
const [testFiles = [], mutants = [], staticId = -1]: [
  string[]?,
  { id: number; tests: string[] }[]?,
  number?,
] = JSON
  .parse(Deno.args[0] ?? "[]");

// One seed for all: a mutant must not be killed by chance. The first counter-example will do.
fc.configureGlobal({ seed: 20_260_101, endOnFailure: true });
switches[SWITCH] = staticId;
const tests = await collect(testFiles);

const baseline = staticId < 0 ? await firstFailure(tests) : null;
if (baseline !== null) {
  write(`broken ${baseline}`);
  Deno.exit(1);
}
write("ready");
for (const { id, tests: own } of mutants) {
  switches[SWITCH] = id;
  const ordered = tests.toSorted((a, b) => Number(own.includes(b.file)) - Number(own.includes(a.file)));
  const failed = await firstFailure(ordered);
  switches[SWITCH] = -1;
  write(`${id} ${failed === null ? "survived" : "killed"}`);
}
Deno.exit(0);

/** Loads the files with a `Deno.test` that only writes down. */
async function collect(files: readonly string[]): Promise<Test[]> {
  const found: Test[] = [];
  let file = "";
  const test = (first: string | Deno.TestDefinition, fn?: () => void | Promise<void>) => {
    if (typeof first === "string") found.push({ file, name: first, fn: fn ?? (() => {}) });
    else if (first.ignore !== true) found.push({ file, name: first.name, fn: first.fn as Test["fn"] });
  };
  test.each = (rows: readonly unknown[]) => (name: string, fn: (...row: unknown[]) => void) => {
    for (const row of rows) test(name, () => Array.isArray(row) ? fn(...row) : fn(row));
  };
  Object.defineProperty(Deno, "test", { value: test });
  for (file of files) await import(file);
  return found;
}

async function firstFailure(ordered: readonly Test[]): Promise<string | null> {
  for (const { name, fn } of ordered) {
    try {
      await fn();
    } catch {
      return name;
    }
  }
  return null;
}

function write(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
