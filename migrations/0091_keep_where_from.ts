import { exposeFunction, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/** Requests that a job decides are put down to where they were decided from, and an erasure reaches their note. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table decision_batches add column ip text, add column request_id text",
    "comment on column decision_batches.ip is 'Where it was decided from; null once it is done.'",
    "create index decision_batches_unfinished on decision_batches (tenant_id, created_at) where finished_at is null",
    `create function erase_batch_words(erasure_wanted uuid, wide_words text) returns void
      language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
    declare tenant_wanted uuid := (select nullif(current_setting('app.tenant', true), '')::uuid);
    begin
      if not exists (select from public.erasures r where r.tenant_id = tenant_wanted
        and r.id = erasure_wanted and r.started_at is not null and r.state = 'asked') then
        raise exception 'Cannot erase words for %: it has not begun', erasure_wanted;
      end if;
      update public.decision_batches x set note = regexp_replace(x.note, wide_words, '—', 'gi')
        where x.tenant_id = tenant_wanted and x.note ~* wide_words;
    end $$`,
  ]);
  await exposeFunction(db, "erase_batch_words(uuid, text)");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop function erase_batch_words(uuid, text)");
  await run(db, "drop index decision_batches_unfinished");
  await run(db, "alter table decision_batches drop column ip, drop column request_id");
}
