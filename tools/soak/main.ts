/**
 * `deno task soak [--rounds N] [--only PART[,PART]] [--seed N]`: kills, storms and random histories, far longer than the
 * gate has time for. Says at its end what it has played, and closes with a line `N passed, N failed`. Each round draws
 * other histories; the seed that it prints repeats them.
 */
import { parseArgs } from "node:util";
import { type Counts, runDeno, runnerCounts } from "@/tools/test/run.ts";
import { PARTS } from "./parts.ts";

const SEEDS = 2 ** 31;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "1" },
      only: { type: "string", default: Object.keys(PARTS).join(",") },
      seed: { type: "string", default: String(Math.floor(Math.random() * SEEDS)) },
    },
  });
  const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000) {
    return ask("Type a whole number of rounds from 1 to 1000: deno task soak --rounds 3");
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= SEEDS) {
    return ask(`Type a whole number below ${SEEDS}: deno task soak --seed 7`);
  }
  const parts = values.only.split(",");
  if (parts.some((part) => PARTS[part] === undefined)) {
    return ask(
      `Type parts of: ${Object.keys(PARTS).join(", ")}. For example: deno task soak --only pure,years`,
    );
  }
  const said: string[] = [];
  const total = { passed: 0, failed: 0 };
  for (let round = 0; round < rounds; round++) {
    for (const part of parts) {
      const { counts, lines } = await play(part, (seed + round) % SEEDS);
      total.passed += counts.passed;
      total.failed += counts.failed;
      said.push(...lines);
    }
  }
  console.log(`\n${said.join("\n")}\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** Plays a part. Says how it ended, then what it has played. */
async function play(part: string, seed: number): Promise<{ counts: Counts; lines: string[] }> {
  console.log(`== ${part}, seed ${seed}`);
  const startedAt = performance.now();
  const args = ["test", "-A", "--no-check", ...PARTS[part]!];
  const { output, code } = await runDeno(args, { env: { LINYA_SOAK: "1", LINYA_SOAK_SEED: String(seed) } });
  const counts = runnerCounts(output);
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const line = `== ${part}, seed ${seed}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`;
  console.log(line);
  const played = [...output.matchAll(/^played: (.+)$/gm)].map(([, what]) => `   ${what}`);
  return { counts, lines: [line, ...played] };
}

function ask(text: string): number {
  console.log(text);
  return 2;
}

if (import.meta.main) Deno.exit(await main());
