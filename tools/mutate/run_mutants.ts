import type { Mutant } from "./instrument.ts";

/** What became of a mutant. `timeout`: it ran for ever or took all memory, which a test run would notice. */
export type Fate = "killed" | "survived" | "timeout";

/** Where the mutants live and what is run against them. */
export interface MutantRun {
  /** A copy of the project whose files hold all mutants. */
  folder: string;
  /** All test files, the fast ones first. */
  testFiles: readonly string[];
  /** The tests that are run first against the mutants of a file. */
  testsOf: (mutant: Mutant) => string[];
  /** Called with each mutant as it ends. */
  onFate: (mutant: Mutant, fate: Fate) => void;
}

const PATIENCE_MS = 60_000;
const WORKERS = 2;

/** Runs the tests against every mutant, two at a time. */
export async function runMutants(run: MutantRun, mutants: readonly Mutant[]): Promise<void> {
  const lists: Mutant[][] = Array.from({ length: WORKERS }, () => []);
  for (const [i, mutant] of mutants.entries()) lists[i % WORKERS]?.push(mutant);
  await Promise.all(lists.map((list) => runList(run, list)));
}

/** One process after the other, each for as many mutants as it survives. */
async function runList(run: MutantRun, list: readonly Mutant[]): Promise<void> {
  let rest = list.filter(({ isStatic }) => !isStatic);
  while (rest.length > 0) rest = rest.slice(await runProcess(run, rest, -1));
  // What is evaluated when a file is loaded needs a process of its own.
  for (const one of list.filter(({ isStatic }) => isStatic)) await runProcess(run, [one], one.id);
}

/** Answers how many mutants are done. */
async function runProcess(run: MutantRun, mutants: readonly Mutant[], staticId: number): Promise<number> {
  const work = mutants.map((mutant) => ({ id: mutant.id, tests: run.testsOf(mutant) }));
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      "--config",
      `${run.folder}/deno.json`,
      `${run.folder}/tools/mutate/worker.ts`,
      JSON.stringify([run.testFiles, work, staticId]),
    ],
    cwd: run.folder,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let timer = setTimeout(() => kill(process), PATIENCE_MS);
  let done = 0;
  let isReady = false;
  for await (const line of linesOf(process.stdout)) {
    clearTimeout(timer);
    timer = setTimeout(() => kill(process), PATIENCE_MS);
    if (line.startsWith("broken ")) {
      throw new Error(`Cannot mutate: a test fails without a mutant: ${line.slice(7)}`);
    }
    if (line === "ready") {
      isReady = true;
      continue;
    }
    const mutant = mutants[done++];
    if (mutant !== undefined) run.onFate(mutant, line.endsWith(" killed") ? "killed" : "survived");
  }
  clearTimeout(timer);
  await process.status;
  const [stuck] = mutants.slice(done);
  if (stuck === undefined) return done;
  if (!isReady && staticId < 0) throw new Error("Cannot mutate: the tests do not load");
  run.onFate(stuck, "timeout");
  return done + 1;
}

function kill(process: Deno.ChildProcess): void {
  process.kill("SIGKILL");
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = "";
  for await (
    const chunk of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
  ) {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
