import { type Kysely, sql } from "kysely";
import { type Migration, type MigrationProvider, Migrator, NO_MIGRATIONS } from "kysely/migration";
import type { Logger } from "@/shared/log.ts";
import { importTogether } from "@/web/import_together.ts";
import { openDatabase } from "./database.ts";
import { createLimitedViews, dropLimitedViews } from "./limited_views.ts";
import { APP_ROLE } from "./roles.ts";
import type { Database } from "./schema.ts";
import { sqlState } from "./unavailable.ts";

/** How to migrate. */
export interface MigrateOptions {
  /** Name or number of the last migration to keep ("0002"), "0000" for an empty schema. @default the newest */
  to?: string;
  /** Role that the web connects as; it gets its rights from the migrations. @default the embedded server's role */
  appRole?: string;
}

/** One migration that ran. */
export interface MigrationStep {
  name: string;
  direction: "up" | "down";
}

/** A migration that this version knows, and whether the database has it. */
export interface MigrationStatus {
  name: string;
  isApplied: boolean;
}

const MIGRATIONS_DIR = new URL("../../../migrations/", import.meta.url);
const OLDEST_SERVER = 150_000;
const EXTENSIONS = ["btree_gist", "pg_trgm"];
const MIGRATION_TABLE = "kysely_migration";

/**
 * Brings the schema forward (or back, with `to`). Several processes may call it at once: an advisory lock lets one work.
 *
 * @param ownerUrl DATABASE_OWNER_URL
 * @throws {Error} for a server older than 15, a schema newer than this version, a failed migration
 */
export async function migrate(
  ownerUrl: string,
  options: MigrateOptions,
  log: Logger,
): Promise<MigrationStep[]> {
  return await withOwner(ownerUrl, options, log, async (db) => {
    await assertServerVersion(db);
    await assertSchemaKnown(db);
    await ensureExtensions(db);
    const names = await listMigrationNames();
    const migrator = new Migrator({ db, provider: new FolderMigrations() });
    const target = resolveTarget(names, options.to);
    const isCurrent = target !== NO_MIGRATIONS && (await listApplied(db)).at(-1) === target;
    if (!isCurrent) await dropLimitedViews(db);
    const { error, results } = await migrator.migrateTo(target);
    // Also after a migration that failed: what there is is still worked with.
    if (!isCurrent) await createLimitedViews(db, options.appRole ?? APP_ROLE);
    for (const { migrationName, direction, status } of results ?? []) {
      log.info("migration_run", { name: migrationName, direction, outcome: status });
    }
    if (error !== undefined) {
      throw explain(
        error,
        results?.find((result) => result.status === "Error")?.migrationName,
      );
    }
    // The web reads this table to find out whether its schema is current.
    await sql`grant select on ${sql.id(MIGRATION_TABLE)} to ${sql.id(options.appRole ?? APP_ROLE)}`.execute(
      db,
    );
    return (results ?? []).filter((result) => result.status === "Success").map((result) => ({
      name: result.migrationName,
      direction: result.direction === "Up" ? "up" : "down",
    }));
  });
}

/** Which migrations the database has, oldest first. */
export async function migrationStatus(ownerUrl: string, log: Logger): Promise<MigrationStatus[]> {
  return await withOwner(ownerUrl, {}, log, async (db) => {
    const applied = new Set(await listApplied(db));
    return (await listMigrationNames()).map((name) => ({ name, isApplied: applied.has(name) }));
  });
}

/**
 * Refuses a schema that another version of the product made; the web calls it at start, with the app role.
 *
 * @throws {Error} when the schema has migrations that this version does not know, or lacks some that it needs
 */
export async function assertSchemaCurrent(db: Kysely<Database>): Promise<void> {
  await assertSchemaKnown(db);
  const applied = new Set(await listApplied(db));
  const missing = (await listMigrationNames()).filter((name) => !applied.has(name));
  if (missing.length > 0) {
    throw new Error(`Cannot use the database: it lacks ${missing.join(", ")}; run the migrate task`);
  }
}

async function assertSchemaKnown(db: Kysely<Database>): Promise<void> {
  const known = new Set(await listMigrationNames());
  const unknown = (await listApplied(db)).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `Cannot use the database: its schema is newer than this version (${unknown.join(", ")}); ` +
        "start the version that made it, or a newer one",
    );
  }
}

async function assertServerVersion(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ version: number; text: string }>`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as text`
    .execute(db);
  const server = rows[0];
  if (server === undefined || server.version < OLDEST_SERVER) {
    throw new Error(`Cannot use this PostgreSQL: it is ${server?.text ?? "unknown"}, 15 or later is needed`);
  }
}

async function ensureExtensions(db: Kysely<Database>): Promise<void> {
  for (const extension of EXTENSIONS) {
    try {
      await sql`create extension if not exists ${sql.id(extension)}`.execute(db);
    } catch (error) {
      // insufficient_privilege, or undefined_file where the contrib package is not installed
      if (!["42501", "58P01", "0A000"].includes(sqlState(error) ?? "")) throw error;
      throw new Error(
        `Cannot create extension "${extension}": the owner role lacks the right or the server lacks the extension; ` +
          `as a superuser run in this database: create extension ${extension}`,
        { cause: error },
      );
    }
  }
}

async function listApplied(db: Kysely<Database>): Promise<string[]> {
  const { rows: [table] } = await sql<{ is_there: boolean }>`
    select to_regclass(${MIGRATION_TABLE}) is not null as is_there`.execute(db);
  if (table?.is_there !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.id(MIGRATION_TABLE)} order by name`
    .execute(db);
  return rows.map((row) => row.name);
}

async function listMigrationNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(MIGRATIONS_DIR)) {
    if (/^\d{4}_[a-z0-9_]+\.ts$/.test(entry.name) && !entry.name.endsWith("_test.ts")) {
      names.push(entry.name.slice(0, -".ts".length));
    }
  }
  return names.sort();
}

class FolderMigrations implements MigrationProvider {
  async getMigrations(): Promise<Record<string, Migration>> {
    const migrations: Record<string, Migration> = {};
    const names = await listMigrationNames();
    const modules = await importTogether(names.map((name) => new URL(`${name}.ts`, MIGRATIONS_DIR)));
    for (const [i, name] of names.entries()) {
      const module = modules[i];
      if (!isMigration(module)) throw new Error(`Cannot load migration "${name}": it exports no up and down`);
      migrations[name] = module;
    }
    return migrations;
  }
}

function isMigration(module: unknown): module is Migration {
  return typeof module === "object" && module !== null &&
    "up" in module && typeof module.up === "function" && "down" in module &&
    typeof module.down === "function";
}

function resolveTarget(names: readonly string[], to: string | undefined): string | typeof NO_MIGRATIONS {
  if (to === "0000") return NO_MIGRATIONS;
  const target = to === undefined
    ? names.at(-1)
    : names.find((name) => name === to || name.startsWith(`${to}_`));
  if (target === undefined) throw new Error(`Cannot migrate to "${to ?? ""}": there is no such migration`);
  return target;
}

function explain(error: unknown, name: string | undefined): Error {
  const state = error instanceof Error ? error.message : String(error);
  return new Error(`Cannot run migration "${name ?? "unknown"}": ${state}`, { cause: error });
}

async function withOwner<T>(
  ownerUrl: string,
  options: MigrateOptions,
  log: Logger,
  work: (db: Kysely<Database>) => Promise<T>,
): Promise<T> {
  const database = openDatabase({
    url: ownerUrl,
    maxConnections: 2,
    applicationName: "linya migrate",
    statementTimeoutMs: 0,
    settings: { "linya.app_role": options.appRole ?? APP_ROLE, client_min_messages: "warning" },
    log,
  });
  try {
    return await work(database.db);
  } finally {
    await database.close();
  }
}
