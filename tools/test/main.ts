/**
 * `deno task test`: everything that must hold, with no other set-up. Types are checked beside the tests, which wait for
 * servers much of their time. It prints the seconds of each part and ends with a line of its own, `N passed, N failed`,
 * the sum over all steps; it exits non-zero when anything failed.
 */
import { SHARED_BROWSER, startBrowser } from "@/tools/gallery/browser.ts";
import { testGroups } from "./files.ts";
import { type Counts, plainCounts, runDeno, runnerCounts, type RunOptions } from "./run.ts";
import { describeSeconds, partOf, readJunit } from "./seconds.ts";

interface Step extends RunOptions {
  name: string;
  args: readonly string[];
  /** Reads the counts from what the step printed. */
  count(output: string, code: number): Counts;
}

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

async function main(): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "linya-tests-" });
  const report = `${folder}/junit.xml`;
  const checks = runStep({
    name: "check",
    args: ["run", "-A", "--quiet", "tools/check/main.ts"],
    count: (_output, code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }),
    isShown: false,
    isPatient: true,
  });
  // Beside the tests, as the checks are: at the end nothing is left that a processor waits for.
  const isConformed = await exists(`${ROOT}../shared/fixtures`);
  const conformance = isConformed
    ? runStep({
      name: "conformance",
      args: ["run", "-A", "--quiet", "tools/conformance/main.ts"],
      count: plainCounts,
      isShown: false,
      isPatient: true,
    })
    : null;
  const browser = await startBrowser();
  const tests = await runStep({
    name: "tests",
    env: { [SHARED_BROWSER]: browser.wsEndpoint() },
    args: [
      "test",
      "-A",
      "--quiet",
      "--no-check",
      "--parallel",
      `--junit-path=${report}`,
      ...await writeGroups(folder),
    ],
    count: runnerCounts,
  });
  await browser.close();
  const steps = [tests, await checks];
  if (conformance === null) {
    console.log("conformance: skipped, there is no ../shared/fixtures beside this checkout");
  } else steps.push(await conformance);
  console.log(`\n${describeSeconds(readJunit(await Deno.readTextFile(report)))}`);
  await Deno.remove(folder, { recursive: true });
  const [passed, failed] = [sum(steps, "passed"), sum(steps, "failed")];
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/**
 * Writes for each isolate a file that imports its test files, and gives what is to be run. They stand in one folder: the
 * runner begins files by the length of their folder's path, and keeps the given order only within one.
 */
async function writeGroups(folder: string): Promise<string[]> {
  const groups = await testGroups(ROOT);
  return await Promise.all(groups.map(async ({ files, isInPlace }, nth) => {
    const [first = ""] = files;
    if (isInPlace) return first;
    const name = files.length === 1 ? first.replace(/_test\.tsx?$/, "") : `${partOf(first)}_${nth}`;
    const path = `${folder}/${name.replaceAll("/", "_")}_test.ts`;
    const imports = files.map((file) => `import ${JSON.stringify(new URL(file, `file://${ROOT}`).href)};\n`);
    await Deno.writeTextFile(path, imports.join(""));
    return path;
  }));
}

async function runStep({ name, args, count, ...options }: Step): Promise<Counts> {
  const startedAt = performance.now();
  if (options.isShown !== false) console.log(`\n== ${name}`);
  const { output, code } = await runDeno(args, options);
  if (options.isShown === false) console.log(`\n== ${name}\n${output.trimEnd()}`);
  const counts = count(output, code);
  // A step that broke without counting a failure (a crash, a file that does not load) is one failure.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`== ${name}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`);
  return counts;
}

function sum(counts: readonly Counts[], key: keyof Counts): number {
  return counts.reduce((total, each) => total + each[key], 0);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

if (import.meta.main) Deno.exit(await main());
