import type { BenchRow, Scenario } from "./row.ts";
import { SCENARIOS } from "./scenarios/mod.ts";
import { formatTable } from "./table.ts";

const USAGE = `deno task bench [--only NAME] [--json FILE]

  --only NAME   one scenario: ${SCENARIOS.map(({ name }) => name).join(", ")}
  --json FILE   writes the rows of the table there too

Every row compares Linya with a floor (the least any program would need) and, where there is one, with a plain way of
doing the same, both measured in the same run on this machine. Ends with 1 when a goal is not met.`;

interface Flags {
  only: string | null;
  json: string | null;
}

/** `deno task bench`: how fast and how small, as ratios. Exits non-zero when a goal is not met. */
async function main(): Promise<number> {
  const flags = parseFlags(Deno.args);
  if (flags === null) {
    console.error(USAGE);
    return 2;
  }
  const rows: BenchRow[] = [];
  for (const scenario of chosen(flags.only)) rows.push(...await measure(scenario));
  console.log(`\n${formatTable(rows)}`);
  if (flags.json !== null) await Deno.writeTextFile(flags.json, `${JSON.stringify(rows, null, 2)}\n`);
  const missed = rows.filter(({ met }) => !met).length;
  console.log(`\n${rows.length - missed} of ${rows.length} goals met`);
  return missed === 0 ? 0 : 1;
}

async function measure(scenario: Scenario): Promise<BenchRow[]> {
  console.error(`${scenario.name}: ${scenario.what}`);
  const startedAt = performance.now();
  const rows = await scenario.run();
  console.error(`${scenario.name}: measured in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return rows;
}

function chosen(only: string | null): readonly Scenario[] {
  return SCENARIOS.filter(({ name, isOnlyByName }) => only === null ? isOnlyByName !== true : name === only);
}

/** Null when the arguments are not understood. */
function parseFlags(args: readonly string[]): Flags | null {
  const flags: Flags = { only: null, json: null };
  for (let i = 0; i < args.length; i += 2) {
    const value = args[i + 1];
    if (value === undefined) return null;
    if (args[i] === "--json") flags.json = value;
    else if (args[i] === "--only" && SCENARIOS.some(({ name }) => name === value)) flags.only = value;
    else return null;
  }
  return flags;
}

if (import.meta.main) Deno.exit(await main());
