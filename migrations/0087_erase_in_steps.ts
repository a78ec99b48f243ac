import { appRole, exposeFunction, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/**
 * The search for somebody's words through long logs goes in steps, each a transaction of its own: nobody waits for it, a
 * crash loses one step, and a page says how far it is. What was begun is never taken back: some words are gone already.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table erasures
      add column started_at timestamptz,
      add column started_by text,
      add column started_by_id uuid,
      add column words_print text collate "C" check (length(words_print) = 64),
      add column entries_looked bigint not null default 0,
      add column entries_found bigint[] not null default '{}',
      add column log_looked_at timestamptz,
      add column log_looked_id uuid,
      add column log_looked bigint not null default 0,
      add constraint erasures_started_by check ((started_at is null) = (started_by is null)),
      add constraint erasures_log_place check ((log_looked_at is null) = (log_looked_id is null))`,
    "comment on column erasures.started_at is 'From when on it cannot be taken back.'",
    "comment on column erasures.words_print is 'SHA-256 of what is searched for: another search begins anew. Empty once it is done.'",
    "comment on column erasures.entries_looked is 'Number of the last entry of the audit log that was looked at.'",
    "comment on column erasures.entries_found is 'Entries of others that name them. Empty once it is done.'",
    "comment on column erasures.log_looked is 'Lines of the system log that were looked at.'",
  ]);
  await run(
    db,
    `grant update (started_at, started_by, started_by_id, words_print, entries_looked, entries_found, log_looked_at,
      log_looked_id, log_looked) on erasures to ${await appRole(db)}`,
  );
  await runAll(db, [ERASE_LOG, ERASE_WIDE]);
  await exposeFunction(db, "erase_log_words(uuid, text, timestamptz, uuid, integer)");
  await exposeFunction(db, "erase_wide_words(uuid, text)");
}

const DEFINER = "language plpgsql security definer set search_path = pg_catalog, public, pg_temp";
const TENANT = "(select nullif(current_setting('app.tenant', true), '')::uuid)";
const MUST_BE_STARTED = `if not exists (select from public.erasures r where r.tenant_id = tenant_wanted
      and r.id = erasure_wanted and r.started_at is not null and r.state = 'asked') then
      raise exception 'Cannot erase words for %: it has not begun', erasure_wanted;
    end if;`;
const WITHOUT = (column: string) => `regexp_replace(x.${column}, wide_words, '—', 'gi')`;
const JSON_WITHOUT = (column: string) => `regexp_replace(x.${column}::text, wide_words, '—', 'gi')::jsonb`;

/** One step along the system log in the order of its time; null: there was nothing behind. */
const ERASE_LOG = `create function erase_log_words(erasure_wanted uuid, wide_words text, after_at timestamptz,
    after_id uuid, most integer, out looked integer, out last_at timestamptz, out last_id uuid) ${DEFINER} as $$
  declare
    tenant_wanted uuid := ${TENANT};
    places tid[];
  begin
    ${MUST_BE_STARTED}
    with page as (select l.ctid as place, l.at, l.id from public.system_log l where l.tenant_id = tenant_wanted
        and (l.at, l.id) > (coalesce(after_at, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
        order by l.at, l.id limit most)
      select count(*), max(p.at), (select q.id from page q order by q.at desc, q.id desc limit 1)
        into looked, last_at, last_id from page p;
    update public.system_log x set message = ${WITHOUT("message")}, fields = ${JSON_WITHOUT("fields")}
      where looked > 0 and x.tenant_id = tenant_wanted
        and (x.at, x.id) > (coalesce(after_at, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))
        and (x.at, x.id) <= (last_at, last_id)
        and (x.message ~* wide_words or x.fields::text ~* wide_words);
  end $$`;

const WIDE = (table: string, column: string) =>
  `update public.${table} x set ${column} = ${WITHOUT(column)}
      where x.tenant_id = tenant_wanted and x.${column} ~* wide_words;`;
const JSON_WIDE = (table: string, column: string, where = "x.tenant_id = tenant_wanted") =>
  `update public.${table} x set ${column} = ${JSON_WITHOUT(column)}
      where ${where} and x.${column}::text ~* wide_words;`;
const TO_STAFF = "x.tenant_id = tenant_wanted and x.subscriber_id is null";

/** What names them in rows of others, but for the two logs. */
const ERASE_WIDE =
  `create function erase_wide_words(erasure_wanted uuid, wide_words text) returns void ${DEFINER} as $$
  declare tenant_wanted uuid := ${TENANT};
  begin
    ${MUST_BE_STARTED}
    ${JSON_WIDE("staff_preferences", "value")}
    ${WIDE("saved_views", "query")}
    ${WIDE("saved_views", "name")}
    ${WIDE("outages", "cause")}
    ${WIDE("outages", "take_back_reason")}
    ${WIDE("runs", "error_message")}
    ${WIDE("import_batches", "error_message")}
    ${WIDE("import_rows", "outcome_message")}
    ${WIDE("credit_memos", "reason")}
    ${
    ["subject_label", "reason", "note", "failure"].map((column) => WIDE("approval_requests", column)).join(
      "\n    ",
    )
  }
    ${JSON_WIDE("approval_requests", "input")}
    ${JSON_WIDE("approval_requests", "effects")}
    ${JSON_WIDE("mail_messages", "facts", TO_STAFF)}
    update public.mail_messages x set subject = null where ${TO_STAFF} and x.subject ~* wide_words;
    ${WIDE("audit_known_breaks", "note")}
  end $$`;

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop function erase_wide_words(uuid, text)",
    "drop function erase_log_words(uuid, text, timestamptz, uuid, integer)",
    `alter table erasures drop column started_at, drop column started_by, drop column started_by_id,
      drop column words_print, drop column entries_looked, drop column entries_found, drop column log_looked_at,
      drop column log_looked_id, drop column log_looked`,
  ]);
}
