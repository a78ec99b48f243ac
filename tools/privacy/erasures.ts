/**
 * `deno task privacy:erasures [--data DIR]`: prints every erasure of this database, signed, a line each, to be kept where
 * no backup is restored from. It names nobody. Ends with 2 when there is no installation.
 */
import { erasureLine } from "@/web/gateways/erasure_list/mod.ts";
import { listedOfDatabase } from "@/web/services/privacy/apply_erasures_again.ts";
import { runPrivacyCommand } from "./command.ts";

if (import.meta.main) {
  await runPrivacyCommand(Deno.args, async ({ context }) => {
    for (const erasure of await listedOfDatabase(context)) console.log(erasureLine(erasure));
    return 0;
  });
}
