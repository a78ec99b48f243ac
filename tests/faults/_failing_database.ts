import type { Kysely } from "kysely";
import type pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import type { Database } from "@/web/store/db/schema.ts";

/** How one statement fails. */
export const WAYS = ["error before", "error after", "killed before", "killed after"] as const;
export type Way = (typeof WAYS)[number];

/** Fail on the server, so that an open transaction is lost as it would be: for the sake of a row, or of no row. */
const FAILS = {
  row: "select 1 / 0",
  disk: "do $$ begin raise exception 'Cannot extend file: no space left' using errcode = '53100'; end $$",
};

type Query = (...given: unknown[]) => Promise<unknown>;

/**
 * Connections on which the n-th statement that is sent fails once: refused by the server before or after it has done it, or its
 * connection is lost before it arrives or before its answer does (at a commit nobody then knows).
 */
export class FailingDatabase implements AsyncDisposable {
  readonly db: Kysely<Database>;
  readonly close: () => Promise<void>;
  /** What was sent so far. */
  readonly statements: string[] = [];
  /** The statement that failed, as it was to be sent. */
  failed: string | null = null;
  #at: number;
  #way: Way;
  readonly #fails: string;

  get sent(): number {
    return this.statements.length;
  }

  /**
   * @param at counted from one; 0: none fails
   * @param cause what the server refuses for; who is refused for its row is left out, and the others go on
   */
  constructor(url: string, at: number, way: Way, cause: keyof typeof FAILS = "row") {
    this.#at = at;
    this.#fails = FAILS[cause];
    this.#way = way;
    const database = openDatabase({ url, maxConnections: 2, log: silentLogger });
    database.pool.on("connect", (client) => this.#watch(client));
    this.db = database.db;
    this.close = database.close;
  }

  #watch(client: pg.PoolClient): void {
    const query = client.query.bind(client) as unknown as Query;
    const watched: Query = (...given) => {
      if (this.statements.push(textOf(given[0])) !== this.#at) return query(...given);
      this.failed = textOf(given[0]);
      return this.#fail(client, query, given);
    };
    Object.assign(client, { query: watched });
  }

  async #fail(client: pg.PoolClient, query: Query, given: unknown[]): Promise<unknown> {
    // A transaction that was to begin here has begun: it is there to be rolled back.
    const opening = /^\s*(begin|start transaction)[^;]*/i.exec(this.failed ?? "")?.[0];
    switch (this.#way) {
      case "error before":
        return await query(opening === undefined ? this.#fails : `${opening}; ${this.#fails}`);
      case "error after": {
        const [, failed] = await Promise.allSettled([query(...given), query(this.#fails)]);
        throw failed?.status === "rejected" ? failed.reason : new Error("Cannot fail: nothing was refused");
      }
      case "killed before":
        cut(client);
        return await query(...given);
      case "killed after":
        await query(...given);
        cut(client);
        return await query(this.#fails);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function cut(client: pg.PoolClient): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

function textOf(statement: unknown): string {
  return typeof statement === "string" ? statement : (statement as { text: string }).text;
}
