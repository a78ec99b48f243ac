import { docProblems } from "./doc_problems.ts";
import { expandDocTargets, sourceFiles } from "./files.ts";

interface Step {
  name: string;
  args: string[];
  /** The problems in what the command prints; without it a failing command is the problem. */
  problems?: (output: string) => string[];
}

interface Outcome {
  name: string;
  isOk: boolean;
  output: string;
  elapsedMs: number;
}

/** `deno task check`: everything that can be known without running the product. One line per step. */
async function main(): Promise<number> {
  const sources = await sourceFiles();
  const steps: Step[] = [
    { name: "format", args: ["fmt", "--check"] },
    { name: "lint", args: ["lint", "--quiet"] },
    { name: "types", args: ["check", "--quiet", ...sources] },
    { name: "docs", args: ["doc", "--lint", ...await expandDocTargets()], problems: docProblems },
  ];
  let failures = 0;
  for (const step of steps) {
    const outcome = await run(step);
    console.log(
      `${outcome.isOk ? "ok    " : "FAILED"} ${outcome.name} (${(outcome.elapsedMs / 1000).toFixed(1)} s)`,
    );
    if (outcome.isOk) continue;
    failures++;
    console.log(outcome.output.trim());
  }
  return failures === 0 ? 0 : 1;
}

async function run({ name, args, problems }: Step): Promise<Outcome> {
  const startedAt = performance.now();
  const command = new Deno.Command(Deno.execPath(), { args, cwd: new URL("../../", import.meta.url) });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  const elapsedMs = performance.now() - startedAt;
  if (problems === undefined) return { name, isOk: success, output, elapsedMs };
  const found = problems(output);
  // A command that fails without findings of its own kind did not get to look.
  if (!success && !output.includes("error[")) return { name, isOk: false, output, elapsedMs };
  return { name, isOk: found.length === 0, output: found.join("\n"), elapsedMs };
}

if (import.meta.main) Deno.exit(await main());
