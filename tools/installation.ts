import type { Kysely } from "kysely";
import { knownServer, startEmbeddedPostgres } from "@/embedded_postgres/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import type { Config } from "@/web/config.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { askDatabase, openDatabase } from "@/web/store/db/database.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { systemClock } from "@/web/system_clock.ts";

/** The database of an installation, for a command beside the web. */
export interface Installation extends AsyncDisposable {
  db: Kysely<Database>;
  /** The database is the embedded one, in the data folder. */
  isEmbedded: boolean;
}

/** Opens the database that the web uses, or would use; null where there is no installation. */
export async function openInstallation(
  config: Readonly<Config>,
  applicationName: string,
): Promise<Installation | null> {
  const isEmbedded = config.databaseUrl === null;
  const server = isEmbedded ? await ownServer(config.dataDir) : null;
  const url = config.databaseUrl ?? server?.appUrl;
  if (url === undefined) return null;
  const database = open(url, applicationName);
  return {
    db: database.db,
    isEmbedded,
    async [Symbol.asyncDispose]() {
      await database.close();
      await server?.stop();
    },
  };
}

/**
 * What use cases of a command get: nobody is told of routers or commands, whose agents ask by themselves, and the command
 * says on its own what it did.
 */
export function commandContext({ db }: Installation): ServiceContext {
  const nobody = () => {};
  return { db, clock: systemClock, log: silentLogger, notifyRouters: nobody, notifyCommands: nobody };
}

/** What to say where {@linkcode openInstallation} found none. */
export function noInstallation({ dataDir }: Readonly<Config>): string {
  return `There is no installation in "${dataDir}"; name it with --data DIR or DATABASE_URL`;
}

/** The embedded server: the one that the web runs, else one for as long as this takes. */
async function ownServer(dataDir: string): Promise<{ appUrl: string; stop: () => Promise<void> } | null> {
  const known = await knownServer(dataDir);
  if (known === null) return null;
  if (await answers(known.appUrl)) return { appUrl: known.appUrl, stop: () => Promise.resolve() };
  const started = await startEmbeddedPostgres({ dataDir, log: silentLogger });
  return { appUrl: started.appUrl, stop: () => started.stop() };
}

async function answers(url: string): Promise<boolean> {
  const database = open(url, "linya-command");
  try {
    await askDatabase(database.db);
    return true;
  } catch {
    return false;
  } finally {
    await database.close();
  }
}

function open(url: string, applicationName: string) {
  // What looks at many years may take minutes, and nobody waits behind it.
  return openDatabase({
    url,
    maxConnections: 2,
    applicationName,
    statementTimeoutMs: 600_000,
    log: silentLogger,
  });
}
