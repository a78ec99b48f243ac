import { exposeFunction, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

const SIMILAR = "find_similar_subscribers(text, text, text, text, integer)";

/** Subscribers that are added by hand: where they live, how their connection begins, the secret that Linya makes. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table subscribers
      add column barangay text check (length(barangay) <= 120),
      add column city text check (length(city) <= 120)`,
    // secret: who made it. `wanted` is not on the router yet, so no desired state may name it: the name could belong
    // to somebody else's secret.
    `alter table subscriptions
      add column secret text not null default 'found' check (secret in ('found', 'wanted', 'made')),
      add column secret_command_id uuid,
      add column activation text not null default 'by_hand' check (activation in ('day', 'first_session', 'by_hand')),
      add column activate_on date,
      add foreign key (tenant_id, secret_command_id) references commands (tenant_id, id)`,
    "create index subscriptions_pending on subscriptions (tenant_id, router_id, ppp_name) where status = 'pending'",
    "create index subscriptions_by_secret_command on subscriptions (tenant_id, secret_command_id) where secret_command_id is not null",
    "create index subscribers_by_phone_end on subscribers (tenant_id, right(phone_digits, 10))",
    "create index subscribers_name_trigrams on subscribers using gin (name_lower gin_trgm_ops)",
    "create index subscribers_address_trigrams on subscribers using gin (lower(address) gin_trgm_ops)",
    // People who may be the one that is being added, with how alike they are. As the search (rule R18) it takes the
    // tenant from the setting; what counts as alike enough is decided by the domain.
    `create function find_similar_subscribers
        (name_wanted text, phone_end text, email_wanted text, address_wanted text, most integer)
      returns table (subscriber_id uuid, name_score real, address_score real, same_phone boolean, same_email boolean)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp
      set pg_trgm.similarity_threshold = 0.4 as $$
        with own as (select nullif(current_setting('app.tenant', true), '')::uuid as tenant_id),
        candidates as (
          select s.id from public.subscribers s, own
            where s.tenant_id = own.tenant_id and s.name_lower % lower(name_wanted)
          union select s.id from public.subscribers s, own
            where s.tenant_id = own.tenant_id and phone_end <> '' and right(s.phone_digits, 10) = phone_end
          union select s.id from public.subscribers s, own
            where s.tenant_id = own.tenant_id and email_wanted <> '' and lower(s.email) = lower(email_wanted)
          union select s.id from public.subscribers s, own
            where s.tenant_id = own.tenant_id and address_wanted <> '' and lower(s.address) % lower(address_wanted))
        select s.id, similarity(s.name_lower, lower(name_wanted)),
          case when address_wanted = '' then 0 else similarity(lower(coalesce(s.address, '')), lower(address_wanted)) end,
          phone_end <> '' and right(coalesce(s.phone_digits, ''), 10) = phone_end,
          email_wanted <> '' and lower(coalesce(s.email, '')) = lower(email_wanted)
        from public.subscribers s, own
        where s.tenant_id = own.tenant_id and s.id in (select id from candidates)
        order by 4 desc, 5 desc, 2 desc, s.id limit least(most, 50) $$`,
  ]);
  await exposeFunction(db, SIMILAR);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, `drop function ${SIMILAR}`);
  await runAll(db, [
    "drop index subscribers_address_trigrams",
    "drop index subscribers_name_trigrams",
    "drop index subscribers_by_phone_end",
    "drop index subscriptions_by_secret_command",
    "drop index subscriptions_pending",
    `alter table subscriptions drop column activate_on, drop column activation, drop column secret_command_id,
      drop column secret`,
    "alter table subscribers drop column city, drop column barangay",
  ]);
}
