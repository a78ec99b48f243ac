import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

const WORDS =
  "s.name || ' ' || s.account_number || ' ' || coalesce(s.phone, '') || ' ' || coalesce(s.address, '')";
const PLACE = "coalesce(s.barangay, '') || ' ' || coalesce(s.city, '')";

/** The search finds people by their barangay and city too. */
export async function up(db: MigrationDatabase): Promise<void> {
  await searchIn(db, `${WORDS} || ' ' || ${PLACE}`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await searchIn(db, WORDS);
}

/** The index and the function that may use it under row level security (R18) have to name the same expression. */
async function searchIn(db: MigrationDatabase, words: string): Promise<void> {
  await runAll(db, [
    "drop index subscribers_words",
    `create index subscribers_words on subscribers using gin ((lower(${
      words.replaceAll(/\bs\./g, "")
    })) gin_trgm_ops)`,
    `create or replace function search_subscriber_ids(words text, most integer) returns table (subscriber_id uuid)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        with own as (select nullif(current_setting('app.tenant', true), '')::uuid as tenant_id),
        pattern as (select '%' || replace(replace(replace(lower(words), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%' as p)
        select found.id from (
          select s.id, s.name_lower from public.subscribers s, own, pattern
            where s.tenant_id = own.tenant_id and lower(${words}) like pattern.p
          union
          select s.id, s.name_lower from public.subscriptions c
            join public.subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id, own, pattern
            where c.tenant_id = own.tenant_id and c.ppp_name_lower like pattern.p
        ) found order by found.name_lower, found.id limit least(most, 1000) $$`,
  ]);
}
