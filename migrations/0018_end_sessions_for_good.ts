import { exposeFunction, type MigrationDatabase, runAll } from "./_tenant_table.ts";

/**
 * Who is disabled is signed out for good, whatever disables them: their sessions of every tenant end in the same
 * transaction, open pages are told, the security log says so, and enabling the person again brings no cookie back. The
 * function goes through the person's tenants one by one, each under its own rows, and puts the caller's tenant back.
 *
 * A session is opened with a lock on the person's row, so that one that is being opened meanwhile is ended too.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "create index sessions_by_person on sessions (tenant_id, staff_user_id) where ended_at is null",
    "create index sessions_by_expiry on sessions (tenant_id, expires_at)",
    `create function end_sessions_of_disabled() returns trigger
      language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
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
              values (workplace, gen_random_uuid(), 'session_ended', 'person_disabled', left(new.email_lower, 250), '', '',
                new.id, '', '', 1, date_trunc('minute', clock_timestamp()), clock_timestamp(), clock_timestamp())
              on conflict (tenant_id, period_starts_at, kind, reason, account, network, place)
              do update set times = security_events.times + 1, last_at = excluded.last_at;
          end loop;
        end loop;
        perform set_config('app.tenant', caller, true);
        return null;
      end $$`,
    `create trigger disabled_people_are_signed_out after update of is_disabled on staff_users
      for each row when (new.is_disabled and not old.is_disabled) execute function end_sessions_of_disabled()`,
  ]);
  await exposeFunction(db, "end_sessions_of_disabled()");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop trigger disabled_people_are_signed_out on staff_users",
    "drop function end_sessions_of_disabled()",
    "drop index sessions_by_expiry",
    "drop index sessions_by_person",
  ]);
}
