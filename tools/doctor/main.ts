/**
 * `deno task doctor [--data DIR] [--audit-head FILE]`: looks at the installation and at the books of every tenant. With a
 * file of the page Audit it also says whether that log still holds what was signed then. Ends with 1 when something is
 * broken, with 2 when there is nothing to look at.
 */
import { join } from "node:path";
import { silentLogger } from "@/shared/log.ts";
import { readConfig } from "@/web/config.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { openErasureList } from "@/web/gateways/erasure_list/mod.ts";
import { findMasterKeys, MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { findServerKeys } from "@/web/gateways/server_keys/mod.ts";
import { systemClock } from "@/web/system_clock.ts";
import { noInstallation, openInstallation } from "../installation.ts";
import { examine, type Finding } from "./examine.ts";
import { readAuditHead } from "./examine_audit.ts";

const MARKS: Record<Finding["state"], string> = { ok: "ok      ", warn: "look    ", broken: "BROKEN  " };

/** Prints a line for each thing that was looked at. */
export async function report(
  patient: Parameters<typeof examine>[0],
  print: (line: string) => void,
): Promise<number> {
  const counts = { ok: 0, warn: 0, broken: 0 };
  for await (const { state, text, more = [] } of examine(patient)) {
    counts[state]++;
    print(`${MARKS[state]}${text}`);
    for (const line of more) print(`          ${line}`);
  }
  print(`\n${counts.ok} ok, ${counts.warn} to look at, ${counts.broken} broken`);
  return counts.broken === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const { args, file } = takeAuditHead(Deno.args);
  const config = readConfig(args, Deno.env.toObject());
  const auditHead = file === undefined ? null : await readAuditHead(file);
  const keys = await findServerKeys(join(config.dataDir, "server_keys.json"));
  await using installation = await openInstallation(config, "linya-doctor");
  if (installation === null) {
    console.log(noInstallation(config));
    return 2;
  }
  const { db, isEmbedded } = installation;
  const masterKeys = config.masterKeys === null
    ? await findMasterKeys(config.masterKeysFile)
    : new MasterKeys(config.masterKeys);
  const context: ServiceContext = {
    db,
    clock: systemClock,
    log: silentLogger,
    notifyRouters: () => {},
    notifyCommands: () => {},
    erasures: openErasureList(config.erasuresFile),
    ...(masterKeys === null ? {} : { masterKeys }),
    ...(keys === null ? {} : { signing: keys.signing }),
  };
  return await report({ context, dataDir: isEmbedded ? config.dataDir : null, auditHead }, console.log);
}

function takeAuditHead(args: readonly string[]): { args: string[]; file: string | undefined } {
  const at = args.indexOf("--audit-head");
  if (at < 0) return { args: [...args], file: undefined };
  return { args: args.toSpliced(at, 2), file: args[at + 1] ?? "" };
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
