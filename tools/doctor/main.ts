/**
 * `deno task doctor [--data DIR]`: looks at the installation and at the books of every tenant. Ends with 1 when something
 * is broken, with 2 when there is nothing to look at.
 */
import { knownServer, startEmbeddedPostgres } from "@/embedded_postgres/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { readConfig } from "@/web/config.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { askDatabase, openDatabase } from "@/web/store/db/database.ts";
import { systemClock } from "@/web/system_clock.ts";
import { examine, type Finding } from "./examine.ts";

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
  const config = readConfig(Deno.args, Deno.env.toObject());
  const isOwn = config.databaseUrl === null;
  await using server = isOwn ? await ownServer(config.dataDir) : null;
  const url = config.databaseUrl ?? server?.appUrl;
  if (url === undefined) {
    console.log(`There is no installation in "${config.dataDir}"; name it with --data DIR or DATABASE_URL`);
    return 2;
  }
  const database = open(url);
  const context: ServiceContext = {
    db: database.db,
    clock: systemClock,
    log: silentLogger,
    notifyRouters: () => {},
    notifyCommands: () => {},
  };
  try {
    return await report({ context, dataDir: isOwn ? config.dataDir : null }, console.log);
  } finally {
    await database.close();
  }
}

/** The embedded server: the one that the web runs, else one for as long as this takes. */
async function ownServer(dataDir: string): Promise<{ appUrl: string } & AsyncDisposable | null> {
  const known = await knownServer(dataDir);
  if (known === null) return null;
  if (await answers(known.appUrl)) return { ...known, [Symbol.asyncDispose]: () => Promise.resolve() };
  const started = await startEmbeddedPostgres({ dataDir, log: silentLogger });
  return { appUrl: started.appUrl, [Symbol.asyncDispose]: () => started.stop() };
}

async function answers(url: string): Promise<boolean> {
  const database = open(url);
  try {
    await askDatabase(database.db);
    return true;
  } catch {
    return false;
  } finally {
    await database.close();
  }
}

function open(url: string) {
  // A check of many years may take minutes, and nobody waits behind it.
  return openDatabase({
    url,
    maxConnections: 2,
    applicationName: "linya-doctor",
    statementTimeoutMs: 600_000,
    log: silentLogger,
  });
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
