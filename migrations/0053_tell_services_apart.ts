import { createHash } from "node:crypto";
import { sql } from "kysely";
import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

const SERVICES = "'pppoe', 'l2tp', 'pptp', 'sstp', 'ovpn', 'async'";
const TABLES = ["subscriptions", "desired_secrets", "observed_secrets"];
/** Read over all tenants while the migration runs. */
const OPEN = [...TABLES, "import_rows", "router_states"];

/**
 * An account of a router is its service and name, not its name alone. Connections that came from a secret of another
 * service, which a person had included in an import, get that service; their routers' states move by one generation.
 * Rows of an import are told apart by an account's key, which is the name for all rows from before.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    ...TABLES.map((table) =>
      `alter table ${table} add column ppp_service text not null default 'pppoe' check (ppp_service in (${SERVICES}))`
    ),
    "drop index subscriptions_ppp_name",
    "create unique index subscriptions_ppp_name on subscriptions (tenant_id, router_id, ppp_name, ppp_service) where status <> 'cancelled'",
    ...["desired_secrets", "observed_secrets"].flatMap((table) =>
      keyOf(table, "router_id, ppp_name, ppp_service")
    ),
    "create index desired_secrets_other_services on desired_secrets (tenant_id, router_id) where ppp_service <> 'pppoe'",
    "alter table import_rows add column account_key text",
    ...OPEN.map((table) => `alter table ${table} no force row level security`),
    "update import_rows set account_key = ppp_name",
    "alter table import_rows alter column account_key set not null",
    ...keyOf("import_rows", "batch_id, account_key"),
    `update subscriptions s set ppp_service = i.service from import_rows i where i.tenant_id = s.tenant_id
      and i.subscription_id = s.id and i.service in (${SERVICES}) and i.service <> 'pppoe'`,
    `delete from observed_secrets o using subscriptions s, desired_secrets d where s.ppp_service <> 'pppoe'
      and d.tenant_id = s.tenant_id and d.subscription_id = s.id and o.tenant_id = d.tenant_id
      and o.router_id = d.router_id and o.ppp_name = d.ppp_name`,
  ]);
  await moveStates(db);
  await runAll(db, OPEN.map((table) => `alter table ${table} force row level security`));
}

/** Where two accounts of a router share a name, there is no way back: the primary key refuses it. */
export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, OPEN.map((table) => `alter table ${table} no force row level security`));
  await moveStates(db, "back");
  await runAll(db, [
    ...OPEN.map((table) => `alter table ${table} force row level security`),
    ...keyOf("import_rows", "batch_id, ppp_name"),
    "alter table import_rows drop column account_key",
    "drop index desired_secrets_other_services",
    ...["desired_secrets", "observed_secrets"].flatMap((table) => keyOf(table, "router_id, ppp_name")),
    "drop index subscriptions_ppp_name",
    "create unique index subscriptions_ppp_name on subscriptions (tenant_id, router_id, ppp_name) where status <> 'cancelled'",
    ...TABLES.map((table) => `alter table ${table} drop column ppp_service`),
  ]);
}

function keyOf(table: string, columns: string): string[] {
  return [
    `alter table ${table} drop constraint ${table}_pkey`,
    `alter table ${table} add primary key (tenant_id, ${columns})`,
  ];
}

interface MovedRow {
  tenant_id: string;
  router_id: string;
  ppp_name: string;
  service: string;
  profile: string | null;
  is_disabled: boolean;
  is_live: boolean;
  generation: bigint;
  hash: string;
}

/** Gives desired secrets their connection's service, or takes it away, and their routers the hash that follows. */
async function moveStates(db: MigrationDatabase, way: "forth" | "back" = "forth"): Promise<void> {
  const { rows } = await sql<MovedRow>`
    select d.tenant_id, d.router_id, d.ppp_name, s.ppp_service as service, d.profile, d.is_disabled,
      d.removed_at is null as is_live, t.generation, t.hash
    from desired_secrets d
    join subscriptions s on s.tenant_id = d.tenant_id and s.id = d.subscription_id and s.ppp_service <> 'pppoe'
    join router_states t on t.tenant_id = d.tenant_id and t.router_id = d.router_id`.execute(db);
  for (const moved of Map.groupBy(rows, (row) => `${row.tenant_id} ${row.router_id}`).values()) {
    const first = moved[0]!;
    const { tenant_id, router_id } = first;
    const generation = BigInt(first.generation) + 1n;
    let total = BigInt(`0x${first.hash}`);
    for (const row of moved) {
      const step = digest(row, [row.service]) - digest(row, []);
      if (row.is_live) total += way === "forth" ? step : -step;
      const service = way === "forth" ? row.service : "pppoe";
      await sql`update desired_secrets set ppp_service = ${service}, generation = ${generation}
        where tenant_id = ${tenant_id} and router_id = ${router_id} and ppp_name = ${row.ppp_name}
          and ppp_service = ${way === "forth" ? "pppoe" : row.service}`.execute(db);
    }
    const hash = ((total % MODULUS) + MODULUS) % MODULUS;
    await sql`update router_states set generation = ${generation}, hash = ${
      hash.toString(16).padStart(64, "0")
    }
      where tenant_id = ${tenant_id} and router_id = ${router_id}`.execute(db);
  }
  if (way === "back") await run(db, "delete from observed_secrets where ppp_service <> 'pppoe'");
}

const MODULUS = 1n << 256n;

/** SHA-256 of what a row of the state is hashed by, as it is when this is written (shared/protocol/state_hash.ts). */
function digest({ ppp_name, profile, is_disabled }: MovedRow, service: string[]): bigint {
  const text = JSON.stringify([ppp_name, profile, is_disabled, ...service]);
  return BigInt(`0x${createHash("sha256").update(text).digest("hex")}`);
}
