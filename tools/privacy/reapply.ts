/**
 * `deno task privacy:reapply FILE [--data DIR]`: erases again whoever the list names and this database has whole, as after
 * a restore. May be repeated. Ends with 1 when a line was not signed by this installation, with 2 when there is no
 * installation.
 */
import { readErasureFile } from "@/web/gateways/erasure_list/mod.ts";
import { type AgainOutcome, applyAgain } from "@/web/services/privacy/apply_erasures_again.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { runPrivacyCommand } from "./command.ts";

const WORDS: Record<AgainOutcome, string> = {
  erased: "erased again",
  known: "known already",
  not_here: "of companies or subscribers that are not here",
  not_signed: "not signed by this installation, and left alone",
};

/** Applies a list and says what became of its lines. */
export async function describeReapply(
  context: ServiceContext,
  path: string,
): Promise<{ lines: string[]; isWhole: boolean }> {
  const counts = new Map<AgainOutcome, number>();
  for (const erasure of await readErasureFile(path)) {
    const outcome = await applyAgain(context, erasure);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  const lines = [...counts].map(([outcome, count]) => `${count} ${WORDS[outcome]}`);
  return { lines: lines.length === 0 ? ["The list is empty"] : lines, isWhole: !counts.has("not_signed") };
}

if (import.meta.main) {
  await runPrivacyCommand(Deno.args, async ({ context, args: [file] }) => {
    if (file === undefined) {
      throw new Error("Cannot tell which list: deno task privacy:reapply FILE [--data DIR]");
    }
    const { lines, isWhole } = await describeReapply(context, file);
    for (const line of lines) console.log(line);
    return isWhole ? 0 : 1;
  });
}
