import { exposeFunction, type MigrationDatabase, protectTenantTable, runAll } from "./_tenant_table.ts";

/**
 * What a server was given and did not take is kept: the provider has counted it. What is due is found by the moment from
 * which it is, and what is being handed over by itself: both were looked for among all that is queued, or ever was.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table mail_handovers (
      tenant_id uuid not null references tenants (id),
      message_id uuid not null,
      at timestamptz not null,
      primary key (tenant_id, at, message_id),
      foreign key (tenant_id, message_id) references mail_messages (tenant_id, id)
    )`,
    "comment on table mail_handovers is 'Messages that a server was given and did not take; kept as long as limits count.'",
    // A mail that came back was taken all the same.
    "drop index mail_messages_sent",
    "create index mail_messages_sent on mail_messages (tenant_id, sent_at) where sent_at is not null",
    "create index mail_messages_begun on mail_messages (tenant_id, id) where state = 'queued' and data_begun_at is not null",
    `create index mail_messages_untried on mail_messages (tenant_id, (coalesce(business_after_at, '-infinity')))
      where state = 'queued' and attempts = 0`,
    "create index mail_messages_tried on mail_messages (tenant_id, next_attempt_at) where state = 'queued' and attempts > 0",
    LOOKUP,
  ]);
  await protectTenantTable(db, "mail_handovers", "select, insert, delete");
  await exposeFunction(db, "lookup_mail_due(timestamptz)");
}

/**
 * The first of each order is asked for and not any: whatever the planner believes of the queue, it reads one row of an
 * index. In quiet hours it believed that most was due, and read all mails of all years, every three seconds.
 */
const LOOKUP =
  `create or replace function lookup_mail_due(now_wanted timestamptz) returns table (tenant_id uuid)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.id from public.tenants t left join public.mail_senders s on s.tenant_id = t.id
      cross join lateral (select now_wanted + make_interval(secs => t.business_offset_seconds) as at) business
    where (s.leased_until is null or s.leased_until not between clock_timestamp()
        and clock_timestamp() + interval '10 minutes')
      and (s.not_before_at is null or s.not_before_at not between now_wanted and now_wanted + interval '25 hours')
      and coalesce(
        (select true from public.mail_messages m where m.tenant_id = t.id and m.state = 'queued' and m.attempts = 0
          and coalesce(m.business_after_at, '-infinity') <= business.at
          order by coalesce(m.business_after_at, '-infinity') limit 1),
        (select true from public.mail_messages m where m.tenant_id = t.id and m.state = 'queued' and m.attempts > 0
          and m.next_attempt_at <= now_wanted and coalesce(m.business_after_at, '-infinity') <= business.at
          order by m.next_attempt_at limit 1),
        (select true from public.mail_messages m where m.tenant_id = t.id and m.state = 'queued' and m.attempts > 0
          and m.next_attempt_at > now_wanted + interval '12 hours'
          and coalesce(m.business_after_at, '-infinity') <= business.at
          order by m.next_attempt_at desc limit 1))
    order by t.id $$`;

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    LOOKUP_BEFORE,
    "drop index mail_messages_tried",
    "drop index mail_messages_untried",
    "drop index mail_messages_begun",
    "drop index mail_messages_sent",
    "create index mail_messages_sent on mail_messages (tenant_id, sent_at) where state = 'sent'",
    "drop table mail_handovers",
  ]);
}

const LOOKUP_BEFORE =
  `create or replace function lookup_mail_due(now_wanted timestamptz) returns table (tenant_id uuid)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.id from public.tenants t left join public.mail_senders s on s.tenant_id = t.id
    where (s.leased_until is null or s.leased_until not between clock_timestamp()
        and clock_timestamp() + interval '10 minutes')
      and (s.not_before_at is null or s.not_before_at not between now_wanted and now_wanted + interval '25 hours')
      and (select true from public.mail_messages m where m.tenant_id = t.id and m.state = 'queued'
        and (m.attempts = 0 or m.next_attempt_at not between now_wanted and now_wanted + interval '12 hours')
        and (m.business_after_at is null
          or m.business_after_at <= now_wanted + make_interval(secs => t.business_offset_seconds)) limit 1)
    order by t.id $$`;
