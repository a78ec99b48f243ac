import pg from "pg";
import { APP_ROLE, createLoginRole, OWNER_ROLE } from "@/web/store/db/roles.ts";
import type { ClusterState } from "./cluster.ts";

/** Name of the product's database. */
export const DATABASE_NAME = "linya";

/** Extensions that the migrations use; making them needs a superuser, which the owner role is not. */
const EXTENSIONS = ["btree_gist", "pg_trgm"];

/** Makes roles, database and extensions; may be repeated after a start that was interrupted. */
export async function bootstrap(port: number, state: ClusterState): Promise<void> {
  await withClient(superuserUrl(port, state, "postgres"), async (client) => {
    await createLoginRole(client, OWNER_ROLE, state.ownerPassword);
    await createLoginRole(client, APP_ROLE, state.appPassword);
    const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE_NAME]);
    if (rowCount === 0) await client.query(`create database ${DATABASE_NAME} owner ${OWNER_ROLE}`);
    await client.query(`revoke all on database ${DATABASE_NAME} from public`);
    await client.query(`grant connect on database ${DATABASE_NAME} to ${APP_ROLE}`);
  });
  await withClient(superuserUrl(port, state, DATABASE_NAME), async (client) => {
    for (const extension of EXTENSIONS) await client.query(`create extension if not exists ${extension}`);
  });
}

/** Address of a database on the embedded server for the superuser. */
export function superuserUrl(port: number, state: ClusterState, database: string): string {
  return `postgres://postgres:${state.superuserPassword}@127.0.0.1:${port}/${database}`;
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
