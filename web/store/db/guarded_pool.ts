import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type pg from "pg";
import type { Logger } from "@/shared/log.ts";
import { AHEAD, type SentAhead } from "./ahead.ts";
import { LIMITED_SCHEMA } from "./limited_views.ts";
import { encodeParameter } from "./column_types.ts";
import { isStalePlan, StatementNames } from "./statement_names.ts";
import { DatabaseUnavailableError, isUnavailable } from "./unavailable.ts";

/**
 * pg's pool as Kysely sees it. It listens to every connection's errors (one without a listener would end the process),
 * types the errors of an outage, and throws a connection away after one.
 */
export class GuardedPool implements PostgresPool {
  readonly options: object;
  #pool: pg.Pool;
  #connections = new WeakMap<pg.PoolClient, GuardedConnection>();

  constructor(pool: pg.Pool, log: Logger) {
    this.#pool = pool;
    this.options = pool.options;
    pool.on("error", (error) => log.warn("database_connection_lost", { error: error.message }));
    pool.on("connect", (client) => {
      // Idle connections report through the pool as well; this one catches those that are in use.
      client.on("error", (error) => log.debug("database_connection_error", { error: error.message }));
    });
  }

  async connect(): Promise<PostgresPoolClient> {
    const client = await this.#acquire();
    const known = this.#connections.get(client);
    if (known !== undefined) return known;
    const connection = new GuardedConnection(client);
    this.#connections.set(client, connection);
    return connection;
  }

  async #acquire(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw isUnavailable(error) ? new DatabaseUnavailableError(error) : error;
    }
  }

  async end(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }
}

/** How a tenant's transaction begins; {@linkcode withTenant} sends it. */
export const TENANT_OPENING = "select set_config('app.tenant', '";

/** What ends the opening of one that sees only some sites. */
export const LIMITING = `, set_config('search_path', '${LIMITED_SCHEMA}, public', true)`;

const EMPTY_RESULT = { command: "SELECT" as const, rowCount: 0, rows: [] };
const ROLLED_BACK = { command: "ROLLBACK" as const, rowCount: 0, rows: [] };

class GuardedConnection implements PostgresPoolClient {
  #client: pg.PoolClient;
  readonly #names = new StatementNames("linya");
  /** Of statements that see only some sites: one plan would be made again whenever the other kind comes. */
  readonly #limitedNames = new StatementNames("linya_limited");
  #isLimited = false;
  #isBroken = false;
  /**
   * BEGIN waits for the next statement and travels with it where that one has no parameters: opening a tenant's
   * transaction costs one message and not two.
   */
  #pendingBegin: string | null = null;
  /** The open transaction cannot have written anything. */
  #isReadOnly = false;
  /** What was sent ahead, without waiting; whatever is waited for next fails with the first error of these. */
  #ahead: Promise<unknown>[] = [];
  /** Names of statements on their way: the server may not know them yet, and takes a name only once. */
  readonly #namesAhead = new Set<string>();

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  query<R>(sql: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    statement: string | PostgresCursor<R>,
    parameters: ReadonlyArray<unknown> = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof statement !== "string") throw new Error("Cannot stream a query: no cursor is configured");
    return this.#send<R>(statement, parameters);
  }

  async #send<R>(statement: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>> {
    // The server rolls back what its lost connection had open; the first error is the one worth reporting.
    if (this.#isBroken && statement === "rollback") return ROLLED_BACK;
    // The error that leads here is being reported already.
    if (statement === "rollback") this.#forgetAhead();
    if (isBegin(statement)) {
      this.#pendingBegin = statement;
      this.#isReadOnly = statement.endsWith("read only");
      this.#isLimited = false;
      return EMPTY_RESULT;
    }
    try {
      const begin = this.#pendingBegin;
      this.#pendingBegin = null;
      if (begin !== null && parameters.length > 0) await this.#client.query(begin);
      if (statement.startsWith(TENANT_OPENING) && statement.endsWith(LIMITING)) this.#isLimited = true;
      const text = begin !== null && parameters.length === 0 ? `${begin}; ${statement}` : statement;
      if (this.#isAnsweredLater(statement)) {
        const row: SentAhead = { answer: this.#sendAhead(this.#run(text, parameters)) };
        return { ...EMPTY_RESULT, rows: [row as R] };
      }
      const result: unknown = await this.#behind(this.#run(text, parameters));
      return (Array.isArray(result) ? result.at(-1) : result) as PostgresQueryResult<R>;
    } catch (error) {
      if (!isUnavailable(error) && !isStalePlan(error)) throw error;
      this.#isBroken = true;
      throw new DatabaseUnavailableError(error);
    }
  }

  /**
   * Opening a tenant's transaction has no answer that anybody reads, and the end of one that only read has none that
   * matters: neither is waited for, so they cost no round trip. Nor is what the store sends ahead.
   */
  #isAnsweredLater(statement: string): boolean {
    return statement.startsWith(TENANT_OPENING) || statement.startsWith(AHEAD) ||
      this.#isReadOnly && statement === "commit";
  }

  #sendAhead(sent: Promise<unknown>): Promise<unknown> {
    this.#ahead.push(sent);
    // Told by the statement behind it; without one, by the connection's own error.
    sent.catch((error: unknown) => {
      if (isUnavailable(error)) this.#isBroken = true;
    });
    return sent;
  }

  /** The result of a statement, or the first error of what was sent before it and made it fail. */
  async #behind(result: Promise<unknown>): Promise<unknown> {
    if (this.#ahead.length === 0) return await result;
    const sent = [...this.#ahead, result];
    const answers = await Promise.allSettled(sent);
    this.#forgetAhead();
    const failed = answers.find((answer) => answer.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return await result;
  }

  #forgetAhead(): void {
    this.#ahead = [];
    this.#namesAhead.clear();
  }

  #run(text: string, parameters: ReadonlyArray<unknown>): Promise<unknown> {
    const names = this.#isLimited ? this.#limitedNames : this.#names;
    const known = parameters.length > 0 ? names.nameOf(text) : undefined;
    const name = known !== undefined && this.#namesAhead.has(known) ? undefined : known;
    if (name !== undefined && text.startsWith(AHEAD)) this.#namesAhead.add(name);
    const values = parameters.map(encodeParameter);
    return name === undefined ? this.#client.query(text, values) : this.#client.query({ name, text, values });
  }

  release(destroy?: boolean): void {
    this.#pendingBegin = null;
    this.#forgetAhead();
    this.#client.release(destroy === true || this.#isBroken);
  }
}

function isBegin(statement: string): boolean {
  return statement === "begin" || statement.startsWith("start transaction");
}
