import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import type { Logger } from "@/shared/log.ts";
import { columnTypes } from "./column_types.ts";
import { GuardedPool } from "./guarded_pool.ts";
import type { Database } from "./schema.ts";

export { assertAppRole } from "./roles.ts";
export { DatabaseUnavailableError, isUnavailable } from "./unavailable.ts";

/** How to reach the database. */
export interface DatabaseOptions {
  /** postgres://role:password@host:port/database */
  url: string;
  /** @default 10 */
  maxConnections?: number;
  /** Shown in pg_stat_activity. @default "linya" */
  applicationName?: string;
  /** @default 30000; 0 means no limit */
  statementTimeoutMs?: number;
  /** Further settings of every session, such as `linya.app_role`. */
  settings?: Readonly<Record<string, string>>;
  log: Logger;
}

/** An open pool of connections. */
export interface OpenDatabase {
  db: Kysely<Database>;
  /** The raw pool, for what Kysely does not do (LISTEN); its errors are not typed. */
  pool: pg.Pool;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;
/** Compiling a statement costs more than it saves on what a page or a batch reads, and a foreign PostgreSQL does it. */
const SESSION = { TimeZone: "UTC", DateStyle: "ISO", jit: "off" };
/** Over the statement timeout, so that only a silent partition runs into it. */
const READ_TIMEOUT_MARGIN_MS = 5_000;

/**
 * Opens a pool; connections are made when they are needed, so a database that is away does not stop the start. Every
 * query rejects with DatabaseUnavailableError while it is away and works again when it is back.
 */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    application_name: options.applicationName ?? "linya",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    ...(statementTimeoutMs > 0
      ? { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + READ_TIMEOUT_MARGIN_MS }
      : {}),
    options: sessionSettings({ ...SESSION, ...options.settings }),
    types: columnTypes,
    // A statement may be sent before the one before it is answered.
    pipeline: true,
  });
  const guarded = new GuardedPool(pool, options.log);
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: guarded }) });
  return { db, pool, close: () => db.destroy() };
}

function sessionSettings(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, (c) => `\\${c}`)}`)
    .join(" ");
}

/** Resolves when the database answers. */
export async function askDatabase(db: Kysely<Database>): Promise<void> {
  await sql`select 1`.execute(db);
}
