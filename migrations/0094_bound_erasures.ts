import { appRole, exposeFunction, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/**
 * Lines of the system log that are written while an erasure goes on are known by the transaction that wrote them, not by
 * the time that they are dated with: a pass looks at what came since the pass before began, in steps as the first does.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table erasures
      add column started_ip text,
      add column started_request_id text,
      add column log_from bigint,
      add column log_next bigint,
      add column log_changed bigint not null default 0`,
    "comment on column erasures.started_at is 'From when on it goes on by itself; taken back only while nothing is erased.'",
    "comment on column erasures.started_ip is 'Of whoever began it, for its entry in the audit log. Empty once it is done.'",
    "comment on column erasures.log_from is 'Oldest transaction whose lines of the system log this pass looks at; null: all.'",
    "comment on column erasures.log_next is 'The same of the next pass.'",
    "comment on column erasures.log_changed is 'Lines of the system log that words were taken out of: with one it is not taken back.'",
    // What has begun looks through the log anew: nobody knows since when.
    "alter table erasures no force row level security",
    `update erasures set words_print = null, log_changed = 1 where state = 'asked' and started_at is not null`,
    "alter table erasures force row level security",
    `drop function ${BEFORE}`,
    ERASE_LOG,
  ]);
  await run(
    db,
    `grant update (started_ip, started_request_id, log_from, log_next, log_changed) on erasures to ${await appRole(
      db,
    )}`,
  );
  await exposeFunction(db, AFTER);
}

const BEFORE = "erase_log_words(uuid, text, timestamptz, uuid, integer)";
const AFTER = "erase_log_words(uuid, text, bigint, timestamptz, uuid, integer)";
const DEFINER = "language plpgsql security definer set search_path = pg_catalog, public, pg_temp";
const TENANT = "(select nullif(current_setting('app.tenant', true), '')::uuid)";
const MUST_BE_STARTED = `if not exists (select from public.erasures r where r.tenant_id = tenant_wanted
      and r.id = erasure_wanted and r.started_at is not null and r.state = 'asked') then
      raise exception 'Cannot erase words for %: it has not begun', erasure_wanted;
    end if;`;
const BEHIND = (row: string) =>
  `${row}.tenant_id = tenant_wanted and (${row}.at, ${row}.id)
        > (coalesce(after_at, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000'))`;
const ERASE = `update public.system_log x set message = regexp_replace(x.message, wide_words, '—', 'gi'),
        fields = regexp_replace(x.fields::text, wide_words, '—', 'gi')::jsonb
      where looked > 0 and ${BEHIND("x")} and (x.at, x.id) <= (last_at, last_id)`;
const NAMED = "(x.message ~* wide_words or x.fields::text ~* wide_words)";
const PAGE = (where: string) =>
  `with page as (select l.at, l.id from public.system_log l where ${BEHIND("l")} ${where}
        order by l.at, l.id limit most)
      select count(*), max(p.at), (select q.id from page q order by q.at desc, q.id desc limit 1)
        into looked, last_at, last_id from page p;`;

/**
 * The age of a row is counted from a moment that may be some transactions later than the look at them, so some more are
 * taken. In a restored database numbers begin anew: then all are.
 */
const SINCE = (row: string) => `and (newest is null or age(${row}.xmin) <= newest)`;
const ERASE_LOG = `create function erase_log_words(erasure_wanted uuid, wide_words text, written_since bigint,
    after_at timestamptz, after_id uuid, most integer, out looked integer, out last_at timestamptz, out last_id uuid,
    out changed integer) ${DEFINER} as $$
  declare
    tenant_wanted uuid := ${TENANT};
    newest bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint - written_since;
  begin
    ${MUST_BE_STARTED}
    if newest < 0 then newest := null; end if;
    newest := newest + 100;
    ${PAGE(SINCE("l"))}
    ${ERASE} ${SINCE("x")} and ${NAMED};
    get diagnostics changed = row_count;
  end $$`;

const ERASE_LOG_BEFORE =
  `create function erase_log_words(erasure_wanted uuid, wide_words text, after_at timestamptz,
    after_id uuid, most integer, out looked integer, out last_at timestamptz, out last_id uuid) ${DEFINER} as $$
  declare tenant_wanted uuid := ${TENANT};
  begin
    ${MUST_BE_STARTED}
    ${PAGE("")}
    ${ERASE} and ${NAMED};
  end $$`;

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `drop function ${AFTER}`,
    ERASE_LOG_BEFORE,
    "comment on column erasures.started_at is 'From when on it cannot be taken back.'",
    `alter table erasures drop column started_ip, drop column started_request_id, drop column log_from,
      drop column log_next, drop column log_changed`,
  ]);
  await exposeFunction(db, BEFORE);
}
