import { expandDocTargets, sourceFiles } from "./files.ts";

interface Step {
  name: string;
  args: string[];
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
    { name: "format", args: ["fmt", "--check", "--quiet"] },
    { name: "lint", args: ["lint", "--quiet"] },
    { name: "types", args: ["check", "--quiet", ...sources] },
    { name: "docs", args: ["doc", "--lint", "--quiet", ...await expandDocTargets()] },
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

async function run({ name, args }: Step): Promise<Outcome> {
  const startedAt = performance.now();
  const command = new Deno.Command(Deno.execPath(), { args, cwd: new URL("../../", import.meta.url) });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  return { name, isOk: success, output, elapsedMs: performance.now() - startedAt };
}

if (import.meta.main) Deno.exit(await main());
