import { type Kysely, sql } from "kysely";
import { JOBS_SCHEMA } from "./job_queue.ts";
import type { Database } from "./schema.ts";

/** What the database server says of itself and of the web. */
export interface ServerHealth {
  version: string;
  /** Bytes of this database. */
  bytes: bigint;
  /** Connections of web processes to it. */
  webConnections: number;
}

/** What the queue says of one kind of job. */
export interface JobHealth {
  name: string;
  /** When one was finished last; null: none is remembered. */
  lastDoneAt: Temporal.Instant | null;
  /** Since yesterday. */
  failed: number;
  /** Waiting for longer than ten minutes. */
  stuck: number;
}

/** Asks the server. The web's connections are those of its pools and listeners, by their names. */
export async function readServerHealth(db: Kysely<Database>): Promise<ServerHealth> {
  const { rows } = await sql<ServerHealth>`
    select current_setting('server_version') as version, pg_database_size(current_database()) as bytes,
      (select count(*)::int from pg_stat_activity where datname = current_database()
        and application_name like 'linya-%' and application_name not like 'linya-doctor%') as "webConnections"`
    .execute(db);
  const [health] = rows;
  if (health === undefined) throw new Error("Cannot read the server's health: it does not answer");
  return health;
}

/** What has become of the jobs; empty where the queue was never set up. */
export async function listJobHealth(db: Kysely<Database>): Promise<JobHealth[]> {
  const { rows: [queue] } = await sql<{ is_there: boolean }>`
    select to_regclass(${`${JOBS_SCHEMA}.job`}) is not null as is_there`.execute(db);
  if (queue?.is_there !== true) return [];
  const { rows } = await sql<JobHealth>`
    select q.name, max(j.completed_on) filter (where j.state = 'completed') as "lastDoneAt",
      (count(*) filter (where j.state = 'failed' and j.completed_on > now() - interval '1 day'))::int as failed,
      (count(*) filter (where j.state in ('created', 'retry')
        and j.start_after < now() - interval '10 minutes'))::int as stuck
    from ${sql.id(JOBS_SCHEMA)}.queue q left join ${sql.id(JOBS_SCHEMA)}.job j on j.name = q.name
    where q.name not like '\\_\\_%' group by q.name order by q.name`.execute(db);
  return rows;
}
