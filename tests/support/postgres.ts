import type { Kysely } from "kysely";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { startEmbeddedPostgres } from "@/embedded_postgres/mod.ts";
import { migrate } from "@/web/store/db/migrate.ts";
import { APP_ROLE, OWNER_ROLE } from "@/web/store/db/roles.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { roomForDatabases } from "./room.ts";

/** A migrated database of its own for a test file or a test. */
export interface TestDatabase extends AsyncDisposable {
  name: string;
  /** As the web: row level security applies. */
  db: Kysely<Database>;
  appUrl: string;
  ownerUrl: string;
  superuserUrl: string;
  /** Closes `db` and keeps the database. */
  closeConnections(): Promise<void>;
  /** Closes `db` and drops the database. */
  close(): Promise<void>;
}

interface TestServer {
  appUrl: string;
  ownerUrl: string;
  superuserUrl: string;
}

/**
 * Makes a database from the migrated template, or from one that {@linkcode onceForAllTests} filled; about 50 ms after
 * the first one.
 */
export async function createTestDatabase(template = "linya"): Promise<TestDatabase> {
  const server = await testServer();
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await asSuperuser(server, async (client) => {
    await client.query(`create database ${name} template ${template} strategy file_copy owner ${OWNER_ROLE}`);
    await client.query(`revoke all on database ${name} from public`);
    await client.query(`grant connect on database ${name} to ${APP_ROLE}`);
  });
  const appUrl = onDatabase(server.appUrl, name);
  const { db, close: closePool } = openDatabase({ url: appUrl, maxConnections: 5, log: silentLogger });
  async function close(): Promise<void> {
    await closePool();
    await asSuperuser(server, async (client) => {
      await client.query(`drop database if exists ${name} with (force)`);
    });
  }
  return {
    name,
    db,
    appUrl,
    ownerUrl: onDatabase(server.ownerUrl, name),
    superuserUrl: onDatabase(server.superuserUrl, name),
    closeConnections: closePool,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Starts the server once for this process; its watchdog stops it and removes the folder when the process ends. */
function testServer(): Promise<TestServer> {
  return onceForAllTests("POSTGRES", startTestServer);
}

/**
 * Makes something for the test files of this process together: the first that asks makes it, those that ask meanwhile
 * wait. Test files are isolates of one process, which share its environment and nothing else, so what is made has to
 * travel as JSON.
 */
export async function onceForAllTests<T>(name: string, make: () => Promise<T>): Promise<T> {
  const key = `LINYA_TEST_${name}`;
  const path = `/tmp/linya-test-${Deno.pid}-${name.toLowerCase()}.lock`;
  const lock = await Deno.open(path, { create: true, write: true });
  try {
    await lock.lock(true);
    const known = Deno.env.get(key);
    // What another process left in the environment of this one is not there any more.
    const [pid, made] = known?.split(" ", 2) ?? [];
    if (made !== undefined && Number(pid) === Deno.pid) return JSON.parse(atob(made));
    const value = await make();
    Deno.env.set(key, `${Deno.pid} ${btoa(JSON.stringify(value))}`);
    return value;
  } finally {
    lock.close();
    await removeIfThere(path);
  }
}

async function startTestServer(): Promise<TestServer> {
  const folder = await Deno.makeTempDir({ dir: await roomForDatabases(), prefix: "linya-test-" });
  await Deno.chmod(folder, 0o755);
  const { appUrl, ownerUrl, superuserUrl } = await startEmbeddedPostgres({
    dataDir: folder,
    log: silentLogger,
    removeAfterwards: folder,
    isDisposable: true,
  });
  await migrate(ownerUrl, {}, silentLogger);
  return { appUrl, ownerUrl, superuserUrl };
}

async function asSuperuser(server: TestServer, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: onDatabase(server.superuserUrl, "postgres") });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function onDatabase(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
