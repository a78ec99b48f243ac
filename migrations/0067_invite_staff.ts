import {
  appRole,
  exposeFunction,
  type MigrationDatabase,
  protectTenantTable,
  runAll,
} from "./_tenant_table.ts";

const DEFINER = "security definer set search_path = pg_catalog, public, pg_temp";

/**
 * People who come and go: a membership is active, disabled or left, per company, since a person may work for several and
 * their password is their own. An invitation is a code of which only the hash is kept.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table staff_memberships
      add column state text not null default 'active' check (state in ('active', 'disabled', 'left')),
      add column state_at timestamptz`,
    "alter table staff_users add column password_changed_at timestamptz",
    "alter table sessions add column sees_as_role uuid",
    "alter table roles add constraint roles_name_check check (length(name) <= 60)",
    `create table staff_invites (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      code_hash bytea not null,
      email text not null check (length(email) <= 200),
      name text not null check (length(name) <= 120),
      invited_by uuid not null,
      invited_by_name text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      accepted_at timestamptz,
      accepted_by uuid,
      withdrawn_at timestamptz,
      primary key (tenant_id, id)
    )`,
    "create index staff_invites_by_code on staff_invites (code_hash)",
    `create unique index staff_invites_open on staff_invites (tenant_id, lower(email))
      where accepted_at is null and withdrawn_at is null`,
    `create table staff_invite_roles (
      tenant_id uuid not null,
      invite_id uuid not null,
      role_id uuid not null,
      primary key (tenant_id, invite_id, role_id),
      foreign key (tenant_id, invite_id) references staff_invites (tenant_id, id) on delete cascade,
      foreign key (tenant_id, role_id) references roles (tenant_id, id) on delete cascade
    )`,
    "create index staff_invite_roles_by_role on staff_invite_roles (tenant_id, role_id)",
    `create table password_resets (
      tenant_id uuid not null,
      id uuid not null,
      code_hash bytea not null,
      staff_user_id uuid not null,
      made_by uuid,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz,
      primary key (tenant_id, id),
      foreign key (tenant_id, staff_user_id) references staff_memberships (tenant_id, staff_user_id)
    )`,
    "create index password_resets_by_code on password_resets (code_hash)",
    "create index password_resets_by_person on password_resets (tenant_id, staff_user_id) where used_at is null",
    "create index staff_roles_by_role on staff_roles (tenant_id, role_id)",
  ]);
  await protectTenantTable(db, "staff_invites", "select, insert, update", { isLookup: true });
  await protectTenantTable(db, "staff_invite_roles", "select, insert, delete", { isLookup: true });
  await protectTenantTable(db, "password_resets", "select, insert, update", { isLookup: true });
  await runAll(db, [
    LOOKUP_LOGIN,
    LOOKUP_INVITE,
    LOOKUP_RESET,
    LOOKUP_MEMBERSHIPS,
    LOOKUP_PERSON,
    JOIN,
    DEPARTURE,
    DEPARTURE_TRIGGER,
    NEW_PASSWORD,
    NEW_PASSWORD_TRIGGER,
  ]);
  await exposeFunction(db, "lookup_invite(bytea)");
  await exposeFunction(db, "lookup_password_reset(bytea)");
  await exposeFunction(db, "lookup_memberships(uuid)");
  await exposeFunction(db, "lookup_person(text)");
  await exposeFunction(db, "join_by_invite(bytea, bytea)");
  await exposeFunction(db, "end_sessions_of_departed()");
  await exposeFunction(db, "end_sessions_of_new_password()");
  await joinOnlyByInvite(db);
}

/**
 * A company adds nobody who works elsewhere; only the function does, which has their own session. Whose a membership is
 * does not change: so a company may disable somebody who works elsewhere too, without being asked whether it takes them
 * over.
 */
async function joinOnlyByInvite(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    "drop policy nobody_is_taken_over on staff_memberships",
    takenOver(`for insert to ${role}`),
    `revoke update on staff_memberships from ${role}`,
    `grant update (state, state_at) on staff_memberships to ${role}`,
    "create policy owner_joins on staff_memberships for insert to current_user with check (true)",
    changedBy(`${MEMBER} and m.state = 'active'`),
  ]);
}

/** A company does not change somebody who has left it. */
const changedBy = (member: string) =>
  `alter policy members_change on staff_users using (exists (${member})) with check (exists (${member}))`;
const MEMBER = "select 1 from staff_memberships m where m.staff_user_id = staff_users.id";

const takenOver = (whom: string) =>
  `create policy nobody_is_taken_over on staff_memberships as restrictive ${whom}
    with check (not works_for_another_tenant(staff_user_id))`;

const LOOKUP_LOGIN =
  `create or replace function lookup_login(email_wanted text) returns table (staff_user_id uuid, tenant_id uuid)
  language sql stable ${DEFINER} as $$
    select u.id, m.tenant_id from public.staff_users u
    join public.staff_memberships m on m.staff_user_id = u.id
    where u.email_lower = lower(email_wanted) and not u.is_disabled and m.state = 'active'
    order by m.created_at, m.tenant_id $$`;

const LOOKUP_LOGIN_BEFORE = LOOKUP_LOGIN.replace(" and m.state = 'active'", "");

const LOOKUP_INVITE =
  `create function lookup_invite(code_hash_wanted bytea) returns table (invite_id uuid, tenant_id uuid)
  language sql stable ${DEFINER} as $$
    select i.id, i.tenant_id from public.staff_invites i
    where i.code_hash = code_hash_wanted and i.accepted_at is null and i.withdrawn_at is null $$`;

const LOOKUP_RESET =
  `create function lookup_password_reset(code_hash_wanted bytea) returns table (reset_id uuid, tenant_id uuid)
  language sql stable ${DEFINER} as $$
    select r.id, r.tenant_id from public.password_resets r
    where r.code_hash = code_hash_wanted and r.used_at is null $$`;

/** Companies that a person works for: asked with their own session only. */
const LOOKUP_MEMBERSHIPS =
  `create function lookup_memberships(staff_user_wanted uuid) returns table (tenant_id uuid)
  language sql stable ${DEFINER} as $$
    select m.tenant_id from public.staff_memberships m join public.staff_users u on u.id = m.staff_user_id
    where m.staff_user_id = staff_user_wanted and m.state = 'active' and not u.is_disabled
    order by m.created_at, m.tenant_id $$`;

/** A person by their address, with each company that they are or were with; its answer never leaves the server. */
const LOOKUP_PERSON = `create function lookup_person(email_wanted text)
  returns table (staff_user_id uuid, tenant_id uuid) language sql stable ${DEFINER} as $$
    select u.id, m.tenant_id from public.staff_users u join public.staff_memberships m on m.staff_user_id = u.id
    where u.email_lower = lower(email_wanted) order by m.created_at, m.tenant_id $$`;

/**
 * Somebody who works or has worked elsewhere joins with an invitation for their address and a live session of their own: with
 * the code alone a company would make anybody its member, and could then read and replace their password.
 */
const JOIN = `create function join_by_invite(code_hash_wanted bytea, token_hash_wanted bytea) returns uuid
  language plpgsql volatile ${DEFINER} as $$
  declare
    invite record;
    person uuid;
  begin
    select i.tenant_id, i.id, i.email into invite from public.staff_invites i
      where i.code_hash = code_hash_wanted and i.accepted_at is null and i.withdrawn_at is null;
    if invite is null or invite.tenant_id is distinct from nullif(current_setting('app.tenant', true), '')::uuid then
      return null;
    end if;
    select u.id into person from public.sessions s join public.staff_users u on u.id = s.staff_user_id
      where s.token_hash = token_hash_wanted and s.ended_at is null and s.expires_at > clock_timestamp()
        and u.email_lower = lower(invite.email) and not u.is_disabled;
    if person is null then return null; end if;
    insert into public.staff_memberships (tenant_id, staff_user_id) values (invite.tenant_id, person)
      on conflict (tenant_id, staff_user_id) do nothing;
    return person;
  end $$`;

/** Whoever is no longer active at a company is signed out there for good, whatever did it. */
const DEPARTURE = `create function end_sessions_of_departed() returns trigger
  language plpgsql ${DEFINER} as $$
  declare
    caller text := coalesce(current_setting('app.tenant', true), '');
    ended uuid;
  begin
    perform set_config('app.tenant', new.tenant_id::text, true);
    for ended in
      update public.sessions s set ended_at = clock_timestamp()
      where s.tenant_id = new.tenant_id and s.staff_user_id = new.staff_user_id and s.ended_at is null returning s.id
    loop
      perform pg_notify('linya_live', json_build_object('tenantId', new.tenant_id, 'endedSession', ended)::text);
      insert into public.security_events (tenant_id, id, kind, reason, account, network, place, staff_user_id, ip,
          request_id, times, period_starts_at, first_at, last_at)
        select new.tenant_id, gen_random_uuid(), 'session_ended', 'person_disabled', left(u.email_lower, 250), '', '',
          new.staff_user_id, '', '', 1, date_trunc('minute', clock_timestamp()), clock_timestamp(), clock_timestamp()
        from public.staff_users u where u.id = new.staff_user_id
        on conflict (tenant_id, period_starts_at, kind, reason, account, network, place)
        do update set times = security_events.times + 1, last_at = excluded.last_at;
    end loop;
    perform set_config('app.tenant', caller, true);
    return null;
  end $$`;

const DEPARTURE_TRIGGER =
  `create trigger departed_people_are_signed_out after update of state on staff_memberships
  for each row when (new.state <> 'active' and old.state = 'active') execute function end_sessions_of_departed()`;

/**
 * A new password ends every session that was opened with the old one, at each of the person's companies, and the links
 * for another one. A hash of the same password at a higher cost is none: it is written by whoever signs in just then.
 */
const NEW_PASSWORD = `create function end_sessions_of_new_password() returns trigger
  language plpgsql ${DEFINER} as $$
  declare
    caller text := coalesce(current_setting('app.tenant', true), '');
    workplace uuid;
    ended uuid;
  begin
    for workplace in select m.tenant_id from public.staff_memberships m where m.staff_user_id = new.id loop
      perform set_config('app.tenant', workplace::text, true);
      for ended in
        update public.sessions s set ended_at = clock_timestamp()
        where s.tenant_id = workplace and s.staff_user_id = new.id and s.ended_at is null returning s.id
      loop
        perform pg_notify('linya_live', json_build_object('tenantId', workplace, 'endedSession', ended)::text);
        insert into public.security_events (tenant_id, id, kind, reason, account, network, place, staff_user_id, ip,
            request_id, times, period_starts_at, first_at, last_at)
          values (workplace, gen_random_uuid(), 'session_ended', 'new_password', left(new.email_lower, 250), '', '',
            new.id, '', '', 1, date_trunc('minute', clock_timestamp()), clock_timestamp(), clock_timestamp())
          on conflict (tenant_id, period_starts_at, kind, reason, account, network, place)
          do update set times = security_events.times + 1, last_at = excluded.last_at;
      end loop;
      update public.password_resets r set used_at = clock_timestamp()
        where r.tenant_id = workplace and r.staff_user_id = new.id and r.used_at is null;
    end loop;
    perform set_config('app.tenant', caller, true);
    return null;
  end $$`;

const NEW_PASSWORD_TRIGGER =
  `create trigger new_passwords_sign_out after update of password_changed_at on staff_users
  for each row when (new.password_changed_at is distinct from old.password_changed_at)
  execute function end_sessions_of_new_password()`;

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    changedBy(MEMBER),
    "drop policy owner_joins on staff_memberships",
    "drop policy nobody_is_taken_over on staff_memberships",
    takenOver("using (true)"),
    `grant update on staff_memberships to ${await appRole(db)}`,
    "drop trigger new_passwords_sign_out on staff_users",
    "drop function end_sessions_of_new_password()",
    "alter table staff_users drop column password_changed_at",
    "alter table sessions drop column sees_as_role",
    "alter table roles drop constraint roles_name_check",
    "drop function lookup_password_reset(bytea)",
    "drop table password_resets",
    "drop trigger departed_people_are_signed_out on staff_memberships",
    "drop function end_sessions_of_departed()",
    "drop function join_by_invite(bytea, bytea)",
    "drop function lookup_person(text)",
    "drop function lookup_memberships(uuid)",
    "drop function lookup_invite(bytea)",
    LOOKUP_LOGIN_BEFORE,
    "drop index staff_roles_by_role",
    "drop table staff_invite_roles",
    "drop table staff_invites",
    "alter table staff_memberships drop column state_at, drop column state",
  ]);
}
