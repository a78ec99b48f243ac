import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A column of sealed texts, and the column that names its row besides the tenant. */
export interface SealedColumn {
  table: string;
  column: string;
  /** Column of the tenant with whose data key it is sealed. @default "tenant_id" */
  tenant?: string;
  /** Its value is the row of {@linkcode Place}. */
  key: string;
}

/**
 * Every column that is sealed with a tenant's data key; a test holds it against the columns of the schema that end in
 * `_sealed`. What is sealed to the key of an agent (`sealed_credentials`) is no business of these keys.
 */
export const SEALED_COLUMNS = [
  { table: "mail_servers", column: "password_sealed", key: "tenant_id" },
  { table: "mail_servers", column: "oauth_client_secret_sealed", key: "tenant_id" },
  { table: "mail_servers", column: "oauth_refresh_token_sealed", key: "tenant_id" },
  // Of a person, who may work for several.
  { table: "staff_totp", column: "secret_sealed", key: "staff_user_id", tenant: "sealed_in" },
  { table: "mail_messages", column: "path_sealed", key: "id" },
  { table: "approval_secrets", column: "values_sealed", key: "request_id" },
] as const satisfies readonly SealedColumn[];

/** A sealed text with the row that it stands in. */
export interface SealedRow {
  row_id: string;
  sealed: string;
}

/** Rows of a column whose data key is not wrapped with this master key, by row, locked. */
export async function lockSealedRows(
  trx: TenantTransaction,
  { table, column, key, tenant = "tenant_id" }: SealedColumn,
  { exceptKekId, after, limit }: { exceptKekId: string; after: string; limit: number },
): Promise<SealedRow[]> {
  const [value, id] = [sql.ref(column), sql.ref(key)];
  const { rows } = await sql<SealedRow>`select ${id}::text as row_id, ${value} as sealed from ${
    sql.table(table)
  }
    where ${
    sql.ref(tenant)
  } = ${trx.tenantId} and ${value} is not null and split_part(${value}, '.', 2) <> ${exceptKekId}
      and ${id}::text > ${after} order by ${id}::text limit ${limit} for update`.execute(trx);
  return rows;
}

/** Writes a sealed text. */
export async function updateSealedRow(
  trx: TenantTransaction,
  { table, column, key, tenant = "tenant_id" }: SealedColumn,
  { row_id, sealed }: SealedRow,
): Promise<void> {
  await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sealed}
    where ${sql.ref(tenant)} = ${trx.tenantId} and ${sql.ref(key)}::text = ${row_id}
      and ${sql.ref(column)} is not null`.execute(trx);
}

/** How often each master key is needed for the tenant: by its data key, and by what is sealed. */
export async function countKekUses(trx: TenantTransaction): Promise<{ kek_id: string; uses: number }[]> {
  const uses = [
    sql`select kek_id from tenant_keys where tenant_id = ${trx.tenantId}`,
    ...SEALED_COLUMNS.map(({ table, column, tenant = "tenant_id" }: SealedColumn) =>
      sql`select split_part(${sql.ref(column)}, '.', 2) from ${sql.table(table)}
        where ${sql.ref(tenant)} = ${trx.tenantId} and ${sql.ref(column)} is not null`
    ),
  ];
  const { rows } = await sql<{ kek_id: string; uses: number }>`
    select kek_id, count(*)::int as uses from (${sql.join(uses, sql` union all `)}) needed (kek_id)
    group by kek_id order by kek_id`.execute(trx);
  return rows;
}

/** Everything that is sealed in a column. */
export async function listSealedRows(
  trx: TenantTransaction,
  { table, column, key, tenant = "tenant_id" }: SealedColumn,
): Promise<SealedRow[]> {
  const [value, id] = [sql.ref(column), sql.ref(key)];
  const { rows } = await sql<SealedRow>`select ${id}::text as row_id, ${value} as sealed from ${
    sql.table(table)
  }
    where ${sql.ref(tenant)} = ${trx.tenantId} and ${value} is not null order by ${id}`.execute(trx);
  return rows;
}
