import { type Kysely, sql } from "kysely";

/** The database as a migration sees it: any schema, since it is the one that changes it. */
export type MigrationDatabase = Kysely<unknown>;

/**
 * Role that the web connects as. The migrator sets `linya.app_role`; without it the embedded server's name is used.
 */
export async function appRole(db: MigrationDatabase): Promise<string> {
  const { rows } = await sql<{ role: string }>`
    select coalesce(nullif(current_setting('linya.app_role', true), ''), 'linya_app') as role`.execute(db);
  const role = rows[0]?.role ?? "linya_app";
  if (!/^[a-z_][a-z0-9_]*$/.test(role)) {
    throw new Error(`Cannot grant rights: role name "${role}" is not a plain lower-case name`);
  }
  return role;
}

/** What the app role may do with a table; ledger and audit rows can only be added. */
export type Rights =
  | "select, insert"
  | "select, insert, delete"
  | "select, insert, update"
  | "select, insert, update, delete";

interface ProtectOptions {
  /** Column that holds the tenant. @default "tenant_id" */
  column?: string;
  /** Lets the owner's SECURITY DEFINER look-ups read across tenants (decision R10). @default false */
  isLookup?: boolean;
}

/**
 * Puts a table behind forced row level security: the app role sees and writes only rows of the tenant in `app.tenant`.
 * `nullif` is needed because a pooled connection keeps '' after the transaction that set it.
 */
export async function protectTenantTable(
  db: MigrationDatabase,
  table: string,
  rights: Rights,
  options: ProtectOptions = {},
): Promise<void> {
  const role = await appRole(db);
  const column = options.column ?? "tenant_id";
  const own = `${column} = (select nullif(current_setting('app.tenant', true), '')::uuid)`;
  await run(db, `alter table ${table} enable row level security`);
  await run(db, `alter table ${table} force row level security`);
  await run(db, `create policy tenant_rows on ${table} using (${own}) with check (${own})`);
  if (options.isLookup === true) {
    await run(db, `create policy owner_lookup on ${table} for select to current_user using (true)`);
  }
  await run(db, `grant ${rights} on ${table} to ${role}`);
}

/** Grants rights on a table that belongs to the installation and not to a tenant. */
export async function grantInstallationTable(
  db: MigrationDatabase,
  table: string,
  rights: Rights,
): Promise<void> {
  await run(db, `grant ${rights} on ${table} to ${await appRole(db)}`);
}

/** Makes a SECURITY DEFINER function callable by the app role only. */
export async function exposeFunction(db: MigrationDatabase, signature: string): Promise<void> {
  await run(db, `revoke all on function ${signature} from public`);
  await run(db, `grant execute on function ${signature} to ${await appRole(db)}`);
}

/** Runs one statement of fixed text. */
export async function run(db: MigrationDatabase, statement: string): Promise<void> {
  await sql.raw(statement).execute(db);
}

/** Runs statements of fixed text, in order. */
export async function runAll(db: MigrationDatabase, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await run(db, statement);
}
