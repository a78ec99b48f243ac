import pg from "pg";
import type { BenchDatabase } from "./bill_run.ts";

/** The tables that a bill run writes, each with its outward keys; `floor_` stands before the clones. */
const TABLES: readonly { name: string; keys: readonly string[] }[] = [
  {
    name: "subscriptions",
    keys: [
      "(tenant_id, subscriber_id) references subscribers (tenant_id, id)",
      "(tenant_id, plan_id) references plans (tenant_id, id)",
      "(tenant_id, router_id) references routers (tenant_id, id)",
    ],
  },
  {
    name: "bills",
    keys: [
      "(tenant_id, subscriber_id) references subscribers (tenant_id, id)",
      "(tenant_id, subscription_id) references floor_subscriptions (tenant_id, id)",
    ],
  },
  {
    name: "bill_lines",
    keys: [
      "(tenant_id, bill_id) references floor_bills (tenant_id, id)",
      "(tenant_id, subscription_id) references floor_subscriptions (tenant_id, id)",
    ],
  },
  {
    name: "charged_periods",
    keys: [
      "(tenant_id, subscription_id) references floor_subscriptions (tenant_id, id)",
      "(tenant_id, bill_id) references floor_bills (tenant_id, id)",
      "(tenant_id, freed_bill_id) references floor_bills (tenant_id, id)",
    ],
  },
  {
    name: "ledger_transactions",
    keys: [
      "(tenant_id) references tenants (id)",
      "(tenant_id, bill_id) references floor_bills (tenant_id, id)",
      "(tenant_id, source_id) references credit_sources (tenant_id, id)",
    ],
  },
  {
    name: "ledger_entries",
    keys: [
      "(tenant_id, transaction_id) references floor_ledger_transactions (tenant_id, id)",
      "(tenant_id, subscriber_id) references subscribers (tenant_id, id)",
      "(account, is_by_subscriber) references ledger_accounts (code, is_by_subscriber)",
    ],
  },
];

const POLICY =
  "using (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid)) with check (tenant_id = (select nullif(current_setting('app.tenant', true), '')::uuid))";

/** The rows of a run in each table that it only adds to. */
const COPIED: readonly { name: string; of: string }[] = [
  { name: "bills", of: "bills r where r.tenant_id = $1 and r.run_id = $2" },
  {
    name: "bill_lines",
    of: `bill_lines r join bills b on b.tenant_id = r.tenant_id and b.id = r.bill_id
      where r.tenant_id = $1 and b.run_id = $2`,
  },
  {
    name: "charged_periods",
    of: `charged_periods r join bills b on b.tenant_id = r.tenant_id and b.id = r.bill_id
      where r.tenant_id = $1 and b.run_id = $2`,
  },
  {
    name: "ledger_transactions",
    of: `ledger_transactions r join bills b on b.tenant_id = r.tenant_id and b.id = r.bill_id
      where r.tenant_id = $1 and b.run_id = $2`,
  },
  {
    name: "ledger_entries",
    of: `ledger_entries r join ledger_transactions t on t.tenant_id = r.tenant_id and t.id = r.transaction_id
      join bills b on b.tenant_id = t.tenant_id and b.id = t.bill_id where r.tenant_id = $1 and b.run_id = $2`,
  },
];

/**
 * The least that any program has to do for the rows of a run: clones of the tables with all indexes, checks and
 * foreign keys, filled by INSERT … SELECT, and the bare UPDATE of the watermarks, in one transaction of the web's role
 * with the tenant set. The triggers that check the books are not cloned: they are part of what we do on top.
 */
export class BillFloor implements AsyncDisposable {
  #client: pg.Client;
  #tenantId: string;
  #copies: readonly string[];

  private constructor(client: pg.Client, tenantId: string, copies: readonly string[]) {
    this.#client = client;
    this.#tenantId = tenantId;
    this.#copies = copies;
  }

  static async open(database: BenchDatabase, tenantId: string): Promise<BillFloor> {
    const role = decodeURIComponent(new URL(database.appUrl).username);
    for (const { name, keys } of TABLES) {
      const clone = `floor_${name}`;
      await database.query(`create table ${clone} (like ${name} including all excluding indexes)`);
      const options = await storageOf(database, name);
      if (options !== null) await database.query(`alter table ${clone} set (${options})`);
      const columns = await columnsOf(database, name);
      await database.query(`insert into ${clone} (${columns}) select ${columns} from ${name}`);
      // Filled first: a year of rows goes in several times as fast.
      for (const index of await indexesOf(database, name)) await database.query(index);
      for (const key of keys) await database.query(`alter table ${clone} add foreign key ${key}`);
      await database.query(`alter table ${clone} enable row level security`);
      await database.query(`create policy tenant_rows on ${clone} ${POLICY}`);
      await database.query(`grant select, insert, update on ${clone} to ${pg.escapeIdentifier(role)}`);
    }
    await database.query("analyze");
    const copies: string[] = [];
    for (const { name, of } of COPIED) {
      const columns = await columnsOf(database, name);
      copies.push(
        `insert into floor_${name} (${columns}) select r.${columns.replaceAll(", ", ", r.")} from ${of}`,
      );
    }
    const client = new pg.Client({ connectionString: database.appUrl });
    await client.connect();
    return new BillFloor(client, tenantId, copies);
  }

  /** Inserts the rows of a run again; milliseconds until they are committed. */
  async measure(runId: string, businessOn: Temporal.PlainDate): Promise<number> {
    const client = this.#client;
    const next = businessOn.add({ months: 1 }).toString();
    const startedAt = performance.now();
    await client.query("begin");
    await client.query("select set_config('app.tenant', $1, true)", [this.#tenantId]);
    for (const copy of this.#copies) await client.query(copy, [this.#tenantId, runId]);
    await client.query(
      "update floor_subscriptions set billed_through_on = $2, next_bill_on = $3 where tenant_id = $1",
      [this.#tenantId, businessOn.toString(), next],
    );
    await client.query("commit");
    return performance.now() - startedAt;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end();
  }
}

async function columnsOf(database: BenchDatabase, table: string): Promise<string> {
  const { rows } = await database.query(
    `select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  return rows[0].columns;
}

/** `LIKE` leaves out how full the pages are made. */
async function storageOf(database: BenchDatabase, table: string): Promise<string | null> {
  const { rows } = await database.query(
    "select array_to_string(reloptions, ', ') as options from pg_class where oid = $1::regclass",
    [table],
  );
  return rows[0].options;
}

/** Statements that give the clone of a table its indexes and the constraints that stand on them. */
async function indexesOf(database: BenchDatabase, table: string): Promise<string[]> {
  const { rows } = await database.query(
    `select coalesce('alter table floor_${table} add ' || pg_get_constraintdef(c.oid),
        regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \\S+ ON \\S+', 'INDEX ON floor_${table}')) as statement
      from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x')
        and c.conrelid = i.indrelid
      where i.indrelid = $1::regclass`,
    [table],
  );
  return rows.map((row) => row.statement);
}
