import { join } from "node:path";
import { readConfig } from "@/web/config.ts";
import { openErasureList } from "@/web/gateways/erasure_list/mod.ts";
import { findServerKeys } from "@/web/gateways/server_keys/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { assertSchemaCurrent } from "@/web/store/db/migrate.ts";
import { commandContext, noInstallation, openInstallation } from "../installation.ts";

/** What a command about erasures works with. */
export interface PrivacyCommand {
  context: ServiceContext;
  /** Without the flags. */
  args: readonly string[];
}

/** Opens the installation with its key and its list, runs the command and ends the process with its code. */
export async function runPrivacyCommand(
  given: readonly string[],
  command: (parts: PrivacyCommand) => Promise<number>,
): Promise<never> {
  let code = 1;
  try {
    code = await runIn(given, command);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  Deno.exit(code);
}

async function runIn(
  given: readonly string[],
  command: (parts: PrivacyCommand) => Promise<number>,
): Promise<number> {
  const isFlag = given[0]?.startsWith("--") ?? true;
  const [args, flags] = isFlag ? [[], given] : [given.slice(0, 1), given.slice(1)];
  const config = readConfig(flags, Deno.env.toObject());
  const keys = await findServerKeys(join(config.dataDir, "server_keys.json"));
  await using installation = await openInstallation(config, "linya-privacy");
  if (installation === null || keys === null) {
    console.log(noInstallation(config));
    return 2;
  }
  await assertSchemaCurrent(installation.db);
  const context: ServiceContext = {
    ...commandContext(installation),
    signing: keys.signing,
    erasures: openErasureList(config.erasuresFile),
  };
  return await command({ context, args });
}
