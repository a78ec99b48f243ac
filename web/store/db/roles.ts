import { type Kysely, sql } from "kysely";
import type pg from "pg";

/** Owns the schema and runs migrations; has no rights beyond its database. */
export const OWNER_ROLE = "linya_owner";
/** The web connects as this one; row level security binds it. */
export const APP_ROLE = "linya_app";

/**
 * Makes a login role without special rights, or sets the password of an existing one.
 *
 * @param client connected as superuser
 */
export async function createLoginRole(client: pg.ClientBase, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [role]);
  const verb = rowCount === 0 ? "create" : "alter";
  const name = client.escapeIdentifier(role);
  await client.query(
    `${verb} role ${name} login nosuperuser nobypassrls nocreatedb nocreaterole noreplication ` +
      `password ${client.escapeLiteral(password)}`,
  );
}

interface RoleFacts {
  role: string;
  is_superuser: boolean;
  bypasses_rls: boolean;
  owned_tables: string[];
}

/**
 * Refuses to go on as a role that row level security does not bind (decision R9).
 *
 * @throws {Error} for a superuser, BYPASSRLS, or an owner (also by membership) of a table with a tenant_id
 */
export async function assertAppRole<T>(db: Kysely<T>): Promise<void> {
  const { rows } = await sql<RoleFacts>`
    select current_user::text as role, r.rolsuper as is_superuser, r.rolbypassrls as bypasses_rls,
      array(
        select c.relname::text from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where c.relkind in ('r', 'p') and pg_has_role(current_user, c.relowner, 'member')
        order by c.relname limit 3
      ) as owned_tables
    from pg_roles r where r.rolname = current_user`.execute(db);
  const facts = rows[0];
  if (facts === undefined) throw new Error("Cannot check the database role: it has no entry in pg_roles");
  const reason = reasonToRefuse(facts);
  if (reason !== null) {
    throw new Error(
      `Cannot start as database role "${facts.role}": ${reason}, so tenants would not be kept apart; ` +
        "set DATABASE_URL to the app role and DATABASE_OWNER_URL to the owner",
    );
  }
}

function reasonToRefuse(facts: RoleFacts): string | null {
  if (facts.is_superuser) return "it is a superuser";
  if (facts.bypasses_rls) return "it has BYPASSRLS";
  if (facts.owned_tables.length > 0) return `it owns ${facts.owned_tables.join(", ")}`;
  return null;
}
