import type { Kysely } from "kysely";
import type { Logger } from "@/shared/log.ts";
import { openDatabase } from "./database.ts";
import type { Database } from "./schema.ts";

/**
 * Connections of one web process, by who uses them: slow pages can take all of theirs and neither a payment, nor an
 * agent's link, nor a run waits for one.
 */
export const POOL_SIZES = {
  /** Pages that are read. */
  pages: 9,
  /** Forms that are sent, payments among them, and whatever signs in. */
  forms: 6,
  /** What agents say and are told. */
  agents: 4,
  /** Bill runs, cut runs, imports. */
  jobs: 4,
  /** Mail: what is sent next, and what became of it. */
  mail: 2,
} as const;

/** Queue of the jobs. */
export const QUEUE_CONNECTIONS = 4;
/** Whoever listens for hints: agents, open pages, the queue. */
const LISTENERS = 3;
/** The most that one web process holds; a server with PostgreSQL's default of 100 has room for three. */
export const CONNECTIONS_MAX = Object.values(POOL_SIZES).reduce<number>((sum, size) => sum + size, 0) +
  QUEUE_CONNECTIONS + LISTENERS;

/** The database through the connections of each user. */
export type Pools = Readonly<Record<keyof typeof POOL_SIZES, Kysely<Database>>> & {
  close(): Promise<void>;
};

/** Opens the pools of a web process; connections are made when they are needed. */
export function openPools({ url, log }: { url: string; log: Logger }): Pools {
  const open = (name: keyof typeof POOL_SIZES) =>
    openDatabase({ url, log, applicationName: `linya-${name}`, maxConnections: POOL_SIZES[name] });
  const opened = {
    pages: open("pages"),
    forms: open("forms"),
    agents: open("agents"),
    jobs: open("jobs"),
    mail: open("mail"),
  };
  return {
    pages: opened.pages.db,
    forms: opened.forms.db,
    agents: opened.agents.db,
    jobs: opened.jobs.db,
    mail: opened.mail.db,
    async close() {
      await Promise.all(Object.values(opened).map((database) => database.close()));
    },
  };
}
