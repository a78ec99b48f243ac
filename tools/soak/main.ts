/**
 * `deno task soak [--rounds N]`: kills, storms and random histories, far longer than the gate has time for. Ends with a
 * line `N passed, N failed`. Each round makes other random choices; the seed of one that fails is in its message.
 */
import { parseArgs } from "node:util";
import { runDeno, runnerCounts } from "@/tools/test/run.ts";

/** Test files that try more often in a soak (`tests/support/soak.ts`). */
export const SOAKED = [
  "tests/billing/random",
  "tests/billing/simulation_test.ts",
  "tests/faults",
  "tests/interop/routeros_sim_robustness_test.ts",
  "tests/pages/ordering_test.ts",
  "tests/settings/settings_storm_test.ts",
  "web/domain/billing/plan_bills_property_test.ts",
  "web/domain/billing/year_property_test.ts",
  "web/services/billing/bill_planner_test.ts",
];

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "1" } } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000) {
    console.log("Type a whole number of rounds from 1 to 1000: deno task soak --rounds 3");
    return 2;
  }
  const total = { passed: 0, failed: 0 };
  for (let round = 1; round <= rounds; round++) {
    const startedAt = performance.now();
    const args = ["test", "-A", "--quiet", "--no-check", ...SOAKED];
    const { output, code } = await runDeno(args, { env: { LINYA_SOAK: "1" } });
    const counts = runnerCounts(output);
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    total.passed += counts.passed;
    total.failed += counts.failed;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(
      `== round ${round} of ${rounds}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`,
    );
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
