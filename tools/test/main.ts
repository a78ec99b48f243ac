/**
 * `deno task test`: everything that must hold, with no other set-up. It ends with a line of its own, `N passed, N failed`,
 * the sum over all steps, and exits non-zero when anything failed.
 */
interface Counts {
  passed: number;
  failed: number;
}

interface Step {
  name: string;
  args: string[];
  /** Reads the counts from what the step printed. */
  count(output: string, code: number): Counts;
}

const ROOT = new URL("../../", import.meta.url).pathname;
const PLAIN_LINE = /^(\d+) passed, (\d+) failed$/gm;
const RUNNER_LINE = /\| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/g;

const STEPS: readonly Step[] = [
  { name: "check", args: ["run", "-A", "--quiet", "tools/check/main.ts"], count: oneIfGood },
  {
    name: "tests",
    args: [
      "test",
      "-A",
      "--quiet",
      "--no-check",
      "--parallel",
      "agent",
      "migrations",
      "shared",
      "sim",
      "tests",
      "tools",
      "web",
    ],
    count: (output) => lastCounts(output, RUNNER_LINE),
  },
  {
    name: "conformance",
    args: ["run", "-A", "--quiet", "tools/conformance/main.ts"],
    count: (output) => lastCounts(output, PLAIN_LINE),
  },
];

const total: Counts = { passed: 0, failed: 0 };
for (const step of STEPS) {
  if (step.name === "conformance" && !await exists(new URL("../shared/fixtures", `file://${ROOT}`))) {
    console.log("conformance: skipped, there is no ../shared/fixtures beside this checkout");
    continue;
  }
  const startedAt = performance.now();
  console.log(`\n== ${step.name}`);
  const { output, code } = await run(step.args);
  const counts = step.count(output, code);
  // A step that broke without counting a failure (a crash, a file that does not load) is one failure.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  total.passed += counts.passed;
  total.failed += counts.failed;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`== ${step.name}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

function oneIfGood(_output: string, code: number): Counts {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function lastCounts(output: string, pattern: RegExp): Counts {
  const last = [...output.matchAll(pattern)].at(-1);
  return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
}

/** Runs deno, shows its output as it comes and gives it back without colours. */
async function run(args: string[]): Promise<{ output: string; code: number }> {
  const process = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1", DENO_JOBS: "2" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const decoder = new TextDecoder();
  const show = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) {
      const text = decoder.decode(chunk);
      output += text;
      await Deno.stdout.write(chunk);
    }
  };
  const [{ code }] = await Promise.all([process.status, show(process.stdout), show(process.stderr)]);
  return { output, code };
}

async function exists(path: URL): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
