/**
 * `deno task admin:reset-factor EMAIL [--data DIR]`: takes all second factors of this person away, who has lost them; their
 * password stays. Ends with 1 when nobody of this address works anywhere or they have none, with 2 when there is no
 * installation.
 */
import { readConfig } from "@/web/config.ts";
import { resetFactorsAtServer } from "@/web/services/access/factors/reset_factors.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { assertSchemaCurrent } from "@/web/store/db/migrate.ts";
import { commandContext, noInstallation, openInstallation } from "../installation.ts";

/** Takes them away and says what became of it. */
export async function describeFactorReset(
  context: ServiceContext,
  email: string,
): Promise<{ line: string; isDone: boolean }> {
  const outcome = await resetFactorsAtServer(context, email);
  if (outcome === null) return { isDone: false, line: `Nobody who may sign in has the address ${email}` };
  if (outcome === "none") return { isDone: false, line: `${email} has no second factor` };
  return {
    isDone: true,
    line: `The second factors of ${email} are gone; the password alone signs them in until they add another`,
  };
}

async function main([email = "", ...flags]: readonly string[]): Promise<number> {
  if (!email.includes("@")) {
    throw new Error("Cannot tell whose: deno task admin:reset-factor EMAIL [--data DIR]");
  }
  const config = readConfig(flags, Deno.env.toObject());
  await using installation = await openInstallation(config, "linya-admin");
  if (installation === null) {
    console.log(noInstallation(config));
    return 2;
  }
  await assertSchemaCurrent(installation.db);
  const context = commandContext(installation);
  const { line, isDone } = await describeFactorReset(context, email);
  console.log(line);
  return isDone ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
