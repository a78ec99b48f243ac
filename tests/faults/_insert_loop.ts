/**
 * A program that inserts without pause through the store and prints the id of every acknowledged row, and `down` when
 * the database is away. It must outlive every fault of it. For database_kill_test.ts.
 */
import { silentLogger } from "@/shared/log.ts";
import { DatabaseUnavailableError, openDatabase } from "@/web/store/db/database.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";

const [url, tenantId] = Deno.args;
if (url === undefined || tenantId === undefined) throw new Error("Cannot start: url and tenant are missing");
const tenant = tenantId;
const { db } = openDatabase({ url, maxConnections: 4, applicationName: "insert_loop", log: silentLogger });

async function insertOne(): Promise<void> {
  const id = crypto.randomUUID();
  try {
    await withTenant(db, tenant, async (trx) => {
      await trx.insertInto("roles").values({ tenant_id: trx.tenantId, id, name: id }).execute();
    });
    console.log(`ok ${id}`);
  } catch (error) {
    console.log(error instanceof DatabaseUnavailableError ? "down" : `unexpected ${error}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function insertForEver(): Promise<never> {
  while (true) await insertOne();
}

await Promise.all([insertForEver(), insertForEver(), insertForEver(), insertForEver()]);
