import { appRole, exposeFunction, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

const DEFINER = "security definer set search_path = pg_catalog, public, pg_temp";
/** Tables of what a person signs in with besides the password. */
const FACTORS = ["staff_totp", "staff_passkeys", "staff_recovery_codes"] as const;
const HERE = "(select nullif(current_setting('app.tenant', true), '')::uuid)";

/**
 * Second factors. They are the person's, as the password is, and open every company that they work for: so their tables
 * belong to the installation and are visible where a membership is. A sign-in of which the password was right and the
 * second factor is still asked for is a row of minutes, and no session.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table sessions add column second_factor_at timestamptz",
    "alter table roles add column requires_second_factor boolean not null default false",
    // The company with whose data key the secret is sealed: it is wrapped anew along with the others of that one.
    `create table staff_totp (
      staff_user_id uuid primary key references staff_users (id),
      sealed_in uuid not null references tenants (id),
      secret_sealed text not null,
      created_at timestamptz not null,
      confirmed_at timestamptz,
      last_step bigint not null default 0 check (last_step >= 0),
      last_used_at timestamptz
    )`,
    "create index staff_totp_by_key on staff_totp (sealed_in)",
    `create table staff_passkeys (
      id uuid primary key,
      staff_user_id uuid not null references staff_users (id),
      credential_id text not null unique check (length(credential_id) between 1 and 1400),
      public_key bytea not null,
      counter bigint not null check (counter >= 0),
      transports text[] not null default '{}',
      rp_id text not null check (length(rp_id) <= 253),
      name text not null check (length(name) between 1 and 60),
      created_at timestamptz not null,
      last_used_at timestamptz
    )`,
    "create index staff_passkeys_by_person on staff_passkeys (staff_user_id)",
    `create table staff_recovery_codes (
      staff_user_id uuid not null references staff_users (id),
      code_hash bytea not null,
      created_at timestamptz not null,
      used_at timestamptz,
      primary key (staff_user_id, code_hash)
    )`,
    `create table sign_in_steps (
      holder_hash bytea primary key,
      purpose text not null check (purpose in ('second', 'passkey', 'register', 'confirm')),
      staff_user_id uuid references staff_users (id),
      workplace_id uuid references tenants (id),
      password_digest bytea,
      next_path text check (length(next_path) <= 2000),
      carried_form text check (length(carried_form) <= 60000),
      challenge text,
      challenge_expires_at timestamptz,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`,
    "create index sign_in_steps_by_end on sign_in_steps (expires_at)",
  ]);
  for (const table of FACTORS) await protectFactors(db, table);
  const role = await appRole(db);
  await runAll(db, [
    `grant select, insert, update, delete on sign_in_steps to ${role}`,
    "create policy owner_lookup on roles for select to current_user using (true)",
    "create policy owner_lookup on staff_roles for select to current_user using (true)",
    LOOKUP_PASSKEY,
    REQUIRED,
  ]);
  await exposeFunction(db, "lookup_passkey(text)");
  await exposeFunction(db, "second_factor_required(uuid)");
}

/** Read where the person is or was a member, changed where they are one now; the sealing company wraps its own anew. */
async function protectFactors(db: MigrationDatabase, table: string): Promise<void> {
  const member = `select 1 from staff_memberships m where m.staff_user_id = ${table}.staff_user_id`;
  const sealer = table === "staff_totp" ? ` or sealed_in = ${HERE}` : "";
  const mayRead = `exists (${member})${sealer}`;
  const mayChange = `exists (${member} and m.state = 'active')`;
  await runAll(db, [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy members_read on ${table} for select using (${mayRead})`,
    `create policy members_add on ${table} for insert with check (${mayChange})`,
    `create policy members_change on ${table} for update using (${mayChange}${sealer}) with check (${mayChange}${sealer})`,
    `create policy members_remove on ${table} for delete using (${mayChange})`,
    `create policy owner_lookup on ${table} for select to current_user using (true)`,
    `grant select, insert, update, delete on ${table} to ${await appRole(db)}`,
  ]);
}

/** Whose passkey it is, with each company that they work for, the first one first; asked before anybody is known (R10). */
const LOOKUP_PASSKEY = `create function lookup_passkey(credential_wanted text)
  returns table (staff_user_id uuid, tenant_id uuid) language sql stable ${DEFINER} as $$
    select k.staff_user_id, m.tenant_id from public.staff_passkeys k
    join public.staff_users u on u.id = k.staff_user_id
    join public.staff_memberships m on m.staff_user_id = k.staff_user_id
    where k.credential_id = credential_wanted and not u.is_disabled and m.state = 'active'
    order by m.created_at, m.tenant_id $$`;

/** Whether a role that somebody has, at whichever company, asks for a second factor. */
const REQUIRED = `create function second_factor_required(staff_user_wanted uuid) returns boolean
  language sql stable ${DEFINER} as $$
    select exists (select 1 from public.staff_roles sr
      join public.roles r on r.tenant_id = sr.tenant_id and r.id = sr.role_id
      join public.staff_memberships m on m.tenant_id = sr.tenant_id and m.staff_user_id = sr.staff_user_id
      where sr.staff_user_id = staff_user_wanted and r.requires_second_factor and m.state = 'active') $$`;

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop function second_factor_required(uuid)",
    "drop function lookup_passkey(text)",
    "drop policy owner_lookup on staff_roles",
    "drop policy owner_lookup on roles",
    "drop table sign_in_steps",
  ]);
  for (const table of FACTORS.toReversed()) await run(db, `drop table ${table}`);
  await runAll(db, [
    "alter table roles drop column requires_second_factor",
    "alter table sessions drop column second_factor_at",
  ]);
}
