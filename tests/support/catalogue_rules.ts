import type pg from "pg";

/** A rule that the database's catalogue must keep; its query returns one line of text per offence. */
export interface CatalogueRule {
  name: string;
  sql: string;
}

/** Tables of the installation, not of a tenant. A new one is added here on purpose or not at all. */
const INSTALLATION_TABLES = [
  "tenants", // its own id is the tenant
  "staff_users", // a person may work for several tenants; visible through memberships
  "staff_totp", // second factors are the person's; visible through memberships
  "staff_passkeys",
  "staff_recovery_codes",
  "sign_in_steps", // before anybody is signed in
  "setup_codes", // before there is a tenant
  "rate_limits", // before the tenant is known
  "ledger_accounts", // the same for every tenant, and nobody changes them
  "installation_security_events", // tries that belong to no tenant of several
  "kysely_migration",
  "kysely_migration_lock",
];

const APPEND_ONLY_TABLES = [
  "audit_checks",
  "audit_entries",
  "audit_heads",
  "audit_known_breaks",
  "ledger_entries",
  "ledger_transactions",
];

const OUR_SCHEMAS = "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'pgboss')";
const OUR_TABLES = `pg_class c join pg_namespace n on n.oid = c.relnamespace and ${OUR_SCHEMAS}`;
const TENANT_COLUMN = "a.attname = 'tenant_id' and not a.attisdropped";
const TENANT_TABLES = `${OUR_TABLES} and c.relkind in ('r', 'p')
  join pg_attribute a on a.attrelid = c.oid and ${TENANT_COLUMN}`;
const NOT_OF_AN_EXTENSION = (catalogue: string, alias: string) =>
  `not exists (select 1 from pg_depend d where d.classid = '${catalogue}'::regclass
    and d.objid = ${alias}.oid and d.deptype = 'e')`;
const MENTIONS_TENANT = (expression: string) =>
  `coalesce(pg_get_expr(${expression}, p.polrelid) like '%app.tenant%', false)`;

/** All rules, in the order of docs/decisions on tenant isolation. */
export const CATALOGUE_RULES: readonly CatalogueRule[] = [
  {
    name: "row level security is enabled and forced on every tenant table",
    sql: `select c.relname as offence from ${TENANT_TABLES}
      where not (c.relrowsecurity and c.relforcerowsecurity)
      union all select c.relname from ${OUR_TABLES} and c.relname in ('tenants', 'staff_users', 'staff_totp',
        'staff_passkeys', 'staff_recovery_codes')
      where not (c.relrowsecurity and c.relforcerowsecurity)`,
  },
  {
    name: "every tenant table has a policy for reading and writing by app.tenant",
    sql: `select c.relname as offence from ${TENANT_TABLES} where not exists (
      select 1 from pg_policy p where p.polrelid = c.oid and p.polcmd = '*' and p.polpermissive
        and ${MENTIONS_TENANT("p.polqual")} and ${MENTIONS_TENANT("p.polwithcheck")})`,
  },
  {
    name: "no policy opens a tenant table to the app role without app.tenant",
    sql: `select c.relname || ' policy ' || p.polname as offence from ${TENANT_TABLES}
      join pg_policy p on p.polrelid = c.oid and p.polpermissive
        and exists (select 1 from unnest(p.polroles) r where r = 0 or (r <> c.relowner))
      where (p.polcmd in ('*', 'r', 'w', 'd') and not ${MENTIONS_TENANT("p.polqual")})
        or (p.polcmd in ('*', 'a', 'w') and not ${MENTIONS_TENANT("p.polwithcheck")})`,
  },
  {
    name: "every tenant table has a primary key",
    sql: `select c.relname as offence from ${TENANT_TABLES}
      where not exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
  },
  {
    name: "every primary key and unique index of a tenant table starts with tenant_id",
    sql: `select c.relname || ' index ' || x.relname as offence from ${TENANT_TABLES}
      join pg_index i on i.indrelid = c.oid and i.indisunique
      join pg_class x on x.oid = i.indexrelid
      where i.indkey[0] <> a.attnum`,
  },
  {
    // Wherever it stands: the order of the columns says what is compared first, not what is kept apart.
    name: "every exclusion of a tenant table keeps apart rows of one tenant only",
    sql: `select c.relname || ' constraint ' || k.conname as offence from ${TENANT_TABLES}
      join pg_constraint k on k.conrelid = c.oid and k.contype = 'x'
      where not exists (select 1 from unnest(k.conkey, k.conexclop) pair(key, operator)
        join pg_operator o on o.oid = pair.operator and o.oprname = '=' where pair.key = a.attnum)`,
  },
  {
    name: "every foreign key between tenant tables carries tenant_id",
    sql: `select c.relname || ' constraint ' || k.conname as offence from ${TENANT_TABLES}
      join pg_constraint k on k.conrelid = c.oid and k.contype = 'f'
      join pg_attribute b on b.attrelid = k.confrelid and b.attname = 'tenant_id' and not b.attisdropped
      where not exists (select 1 from unnest(k.conkey, k.confkey) pair(here, there)
        where pair.here = a.attnum and pair.there = b.attnum)`,
  },
  {
    name: "every tenant_id is a uuid that is never null",
    sql: `select c.relname as offence from ${TENANT_TABLES}
      where not a.attnotnull or a.atttypid <> 'uuid'::regtype`,
  },
  {
    name: "every table without tenant_id is on the list of installation tables",
    sql: `select c.relname as offence from ${OUR_TABLES} and c.relkind in ('r', 'p', 'f')
      where not exists (select 1 from pg_attribute a where a.attrelid = c.oid and ${TENANT_COLUMN})
        and c.relname <> all ('{${INSTALLATION_TABLES.join(",")}}'::text[])`,
  },
  {
    // Unless it is named, pg_temp comes first: a caller's temporary type could then stand in for a built-in one.
    name: "every SECURITY DEFINER function has a fixed search_path with pg_temp last and is closed to PUBLIC",
    sql: `select f.proname as offence from pg_proc f
      join pg_namespace n on n.oid = f.pronamespace and ${OUR_SCHEMAS}
      where f.prosecdef and ${NOT_OF_AN_EXTENSION("pg_proc", "f")} and (
        not exists (select 1 from unnest(f.proconfig) setting
          where setting like 'search_path=%, pg_temp' and setting not like '%$user%')
        or exists (select 1 from aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) g
          where g.grantee = 0 and g.privilege_type = 'EXECUTE'))`,
  },
  {
    name: "there are no enum types",
    sql: `select t.typname as offence from pg_type t
      join pg_namespace n on n.oid = t.typnamespace and ${OUR_SCHEMAS}
      where t.typtype = 'e' and ${NOT_OF_AN_EXTENSION("pg_type", "t")}`,
  },
  {
    name: "every view runs with the rights of its reader, and none is materialised",
    sql: `select c.relname as offence from ${OUR_TABLES} and c.relkind in ('v', 'm')
      where ${NOT_OF_AN_EXTENSION("pg_class", "c")}
        and (c.relkind = 'm' or not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on'], false))`,
  },
  {
    name: "_centavos is bigint, _on is date, _at is timestamptz",
    sql: `select c.relname || '.' || a.attname as offence from ${OUR_TABLES} and c.relkind in ('r', 'p', 'v')
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where (a.attname like '%\\_centavos' and a.atttypid <> 'bigint'::regtype)
        or (a.attname like '%\\_on' and a.atttypid <> 'date'::regtype)
        or (a.attname like '%\\_at' and a.atttypid <> 'timestamptz'::regtype)`,
  },
  {
    name: "the app role can only add to the ledger and the audit trail",
    sql: `select t.name as offence from unnest('{${APPEND_ONLY_TABLES.join(",")}}'::text[]) t(name)
      where to_regclass(t.name) is null
        or has_table_privilege('linya_app', t.name, 'delete')
        or has_table_privilege('linya_app', t.name, 'truncate')
        or has_any_column_privilege('linya_app', t.name, 'update')`,
  },
  {
    name: "the app role owns nothing, truncates nothing and creates nothing",
    sql: `select c.relname as offence from ${OUR_TABLES} and c.relkind in ('r', 'p', 'v', 'm')
      where pg_has_role('linya_app', c.relowner, 'member') or has_table_privilege('linya_app', c.oid, 'truncate')
      union all select 'schema ' || n.nspname from pg_namespace n
      where ${OUR_SCHEMAS} and n.nspname !~ '^pg_temp|^pg_toast_temp' and has_schema_privilege('linya_app', n.oid, 'create')`,
  },
];

/** Runs every rule and returns the offences as "rule: offender". */
export async function listOffences(client: pg.ClientBase): Promise<string[]> {
  const offences: string[] = [];
  for (const rule of CATALOGUE_RULES) {
    const { rows } = await client.query<{ offence: string }>(rule.sql);
    offences.push(...rows.map(({ offence }) => `${rule.name}: ${offence}`));
  }
  return offences;
}
