import {
  appRole,
  exposeFunction,
  type MigrationDatabase,
  protectTenantTable,
  run,
  runAll,
} from "./_tenant_table.ts";

const OCCASIONS = "'bill_issued', 'payment_received', 'reminder', 'cut_notice', 'cut', 'restored', " +
  "'hold_granted', 'credit_given'";

/**
 * Mail to subscribers: the ISP's server, what is said when, the outbox, and which addresses are refused. A message is one
 * row, written with the money that it speaks of; one of an occasion (dedupe_key) and channel is ever written.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table tenants
      add column subscriber_language text not null default 'en' check (subscriber_language in ('en', 'fil')),
      add column ways_to_pay text check (length(ways_to_pay) <= 2000)`,
    "comment on column tenants.ways_to_pay is 'In the company''s words, printed on statements; lines kept.'",
    `alter table subscribers
      add column language text check (language in ('en', 'fil')),
      add column mail_wanted text not null default 'all' check (mail_wanted in ('all', 'no_reminders', 'none'))`,
    "comment on column subscribers.language is 'Of what is sent to them; null: the company''s.'",
    "alter table bills add column link_generation integer not null default 0",
    "comment on column bills.link_generation is 'Counts up when the public address of the bill is taken back.'",
    ...SERVER,
    ...MESSAGES,
    ...REST,
  ]);
  for (const table of ["mail_servers", "mail_senders", "mail_refusals", "mail_texts", "reminder_settings"]) {
    await protectTenantTable(db, table, "select, insert, update, delete", {
      isLookup: table === "mail_senders",
    });
  }
  await protectTenantTable(db, "mail_messages", "select, insert, update", { isLookup: true });
  await protectTenantTable(db, "mail_consents", "select, insert");
  await run(db, "create policy owner_lookup on bills for select to current_user using (true)");
  await createLookups(db);
  await run(db, `grant update (link_generation) on bills to ${await appRole(db)}`);
  for (const [permission, roles] of PERMISSIONS) {
    await acrossTenants(
      db,
      `insert into role_permissions (tenant_id, role_id, permission)
        select tenant_id, id, '${permission}' from roles where name in (${roles}) and is_builtin on conflict do nothing`,
    );
  }
}

/** What the built-in roles of tenants that are there already get. */
const PERMISSIONS = [
  ["mail:read", "'Owner', 'Billing', 'Cashier', 'Read-only'"],
  ["mail:send", "'Owner', 'Billing'"],
  ["system_log:read", "'Owner', 'Technician'"],
] as const;

/** Runs a statement on the roles of all tenants, which their rules hide from it otherwise. */
async function acrossTenants(db: MigrationDatabase, statement: string): Promise<void> {
  const tables = ["roles", "role_permissions"];
  for (const table of tables) await run(db, `alter table ${table} no force row level security`);
  await run(db, statement);
  for (const table of tables) await run(db, `alter table ${table} force row level security`);
}

const SERVER = [
  `create table mail_servers (
    tenant_id uuid primary key references tenants (id),
    preset text not null check (preset in ('gmail', 'microsoft365', 'zoho', 'brevo', 'ses', 'own')),
    host text not null check (length(host) between 1 and 253),
    port integer not null check (port between 1 and 65535),
    encryption text not null check (encryption in ('starttls', 'tls', 'none')),
    auth text not null check (auth in ('none', 'password', 'oauth2')),
    username text check (length(username) <= 320),
    password_sealed text,
    oauth_client_id text check (length(oauth_client_id) <= 500),
    oauth_client_secret_sealed text,
    oauth_refresh_token_sealed text,
    oauth_token_url text check (length(oauth_token_url) <= 500),
    from_name text not null check (length(from_name) between 1 and 100),
    from_address text not null check (length(from_address) between 3 and 254),
    reply_to text check (length(reply_to) <= 254),
    hourly_max integer check (hourly_max between 1 and 1000000),
    daily_max integer check (daily_max between 1 and 1000000),
    revision integer not null,
    saved_at timestamptz not null,
    saved_by text not null
  )`,
  "comment on column mail_servers.hourly_max is 'Messages in any 60 minutes; null: as many as it takes.'",
  `create table mail_senders (
    tenant_id uuid primary key references tenants (id),
    problem text check (length(problem) <= 50),
    problem_words text check (length(problem_words) <= 2000),
    problem_at timestamptz,
    tries integer not null default 0,
    not_before_at timestamptz,
    leased_by uuid,
    leased_until timestamptz,
    last_sent_at timestamptz
  )`,
  "comment on table mail_senders is 'How sending goes: what stops it, until when, and which process sends.'",
  "comment on column mail_senders.problem is 'Code of what stops the whole queue of the tenant; null: nothing.'",
  "comment on column mail_senders.tries is 'Tries since the problem began.'",
];

const MESSAGES = [
  `create table mail_messages (
    tenant_id uuid not null,
    id uuid not null,
    occasion text not null check (occasion in (${OCCASIONS})),
    channel text not null default 'email' check (channel in ('email')),
    dedupe_key text not null check (length(dedupe_key) between 1 and 200),
    priority smallint not null check (priority between 1 and 9),
    subscriber_id uuid not null,
    bill_id uuid,
    payment_id uuid,
    memo_id uuid,
    subscription_id uuid,
    facts jsonb not null default '{}',
    state text not null check (state in ('queued', 'sent', 'failed', 'refused', 'skipped')),
    reason text check (length(reason) <= 50),
    address text check (length(address) <= 254),
    subject text check (length(subject) <= 1000),
    message_id text check (length(message_id) <= 300),
    attachment_sha256 text check (length(attachment_sha256) = 64),
    server_words text check (length(server_words) <= 2000),
    attempts integer not null default 0,
    business_after_at timestamptz,
    next_attempt_at timestamptz not null,
    expires_at timestamptz,
    data_begun_at timestamptz,
    is_perhaps_double boolean not null default false,
    created_at timestamptz not null,
    created_on date not null,
    created_by text not null,
    sent_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, channel, dedupe_key),
    foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id),
    foreign key (tenant_id, bill_id) references bills (tenant_id, id),
    foreign key (tenant_id, payment_id) references payments (tenant_id, id),
    foreign key (tenant_id, memo_id) references credit_memos (tenant_id, id),
    foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id)
  )`,
  "comment on column mail_messages.dedupe_key is 'The occasion, e.g. bill_issued:<bill>; a second one is not written.'",
  "comment on column mail_messages.priority is '1 goes first: who paid does not wait behind a bill run.'",
  "comment on column mail_messages.facts is 'What is known only at the occasion; parsed in domain/mail.'",
  "comment on column mail_messages.reason is 'Code of why it is skipped, refused or failed; parsed in domain/mail.'",
  "comment on column mail_messages.address is 'Where it went, or was to go.'",
  "comment on column mail_messages.business_after_at is 'Business time before which it waits: quiet hours.'",
  "comment on column mail_messages.next_attempt_at is 'Real time.'",
  "comment on column mail_messages.data_begun_at is 'The whole message was being handed over; empty again once it was answered.'",
  "comment on column mail_messages.expires_at is 'Last moment of its retries, from its first try on.'",
  "comment on column mail_messages.created_on is 'Business date.'",
  "create index mail_messages_due on mail_messages (tenant_id, priority, next_attempt_at, id) where state = 'queued'",
  "create index mail_messages_sent on mail_messages (tenant_id, sent_at) where state = 'sent'",
  "create index mail_messages_failed on mail_messages (tenant_id, created_on) where state = 'failed'",
  "create index mail_messages_by_subscriber on mail_messages (tenant_id, subscriber_id, id)",
  "create index mail_messages_by_bill on mail_messages (tenant_id, bill_id, id) where bill_id is not null",
  "create index mail_messages_by_payment on mail_messages (tenant_id, payment_id) where payment_id is not null",
  "create index mail_messages_by_message_id on mail_messages (tenant_id, message_id) where message_id is not null",
];

const REST = [
  `create table mail_refusals (
    tenant_id uuid not null references tenants (id),
    address_lower text not null check (length(address_lower) between 1 and 254),
    kind text not null check (kind in ('hard', 'soft')),
    source text not null check (source in ('server', 'report')),
    status text check (length(status) <= 20),
    words text not null check (length(words) <= 2000),
    message_id uuid,
    refused_at timestamptz not null,
    primary key (tenant_id, address_lower),
    foreign key (tenant_id, message_id) references mail_messages (tenant_id, id)
  )`,
  "comment on table mail_refusals is 'Addresses that a server would not have. Hard ones get nothing more until a person says so.'",
  `create table mail_texts (
    tenant_id uuid not null references tenants (id),
    occasion text not null check (occasion in (${OCCASIONS})),
    language text not null check (language in ('en', 'fil')),
    subject text not null check (length(subject) between 1 and 200),
    body text not null check (length(body) between 1 and 5000),
    revision integer not null,
    saved_at timestamptz not null,
    saved_by text not null,
    primary key (tenant_id, occasion, language)
  )`,
  "comment on table mail_texts is 'Texts that the company changed; the others are in the messages.'",
  `create table reminder_settings (
    tenant_id uuid primary key references tenants (id),
    before_due_days smallint[] not null,
    before_cut_days smallint[] not null,
    silent_occasions text[] not null,
    quiet_from time,
    quiet_until time,
    cut_needs_notice boolean not null,
    unreachable text not null check (unreachable in ('hold', 'go_on')),
    revision integer not null,
    saved_at timestamptz not null,
    saved_by text not null,
    check ((quiet_from is null) = (quiet_until is null))
  )`,
  "comment on column reminder_settings.before_due_days is '3: three days before it; 0: on the due date.'",
  "comment on column reminder_settings.silent_occasions is 'Occasions of which nobody is told.'",
  "comment on column reminder_settings.unreachable is 'What becomes of a cut whose notice no mail can bring.'",
  `create table mail_consents (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    subscriber_id uuid not null,
    wanted text not null check (wanted in ('all', 'no_reminders', 'none')),
    source text not null check (source in ('staff', 'link')),
    said_at timestamptz not null,
    said_by text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id)
  )`,
  "create index mail_consents_by_subscriber on mail_consents (tenant_id, subscriber_id, id)",
  "comment on table mail_consents is 'What a subscriber wanted to be sent, and who said so; only added to.'",
];

/**
 * Asked before the tenant is known (decision R10); they return ids and marks only. Leases go by the database's clock. A
 * wait that is longer than any is one of a clock that was set back since, and is not waited for.
 *
 * What is due is asked for as one row and not by `exists`, which the planner makes a join of: it then reads all that is
 * queued, every few seconds.
 */
async function createLookups(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create function lookup_mail_due(now_wanted timestamptz) returns table (tenant_id uuid)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        select t.id from public.tenants t left join public.mail_senders s on s.tenant_id = t.id
        where (s.leased_until is null or s.leased_until not between clock_timestamp()
            and clock_timestamp() + interval '10 minutes')
          and (s.not_before_at is null or s.not_before_at not between now_wanted and now_wanted + interval '25 hours')
          and (select true from public.mail_messages m where m.tenant_id = t.id and m.state = 'queued'
            and (m.attempts = 0 or m.next_attempt_at not between now_wanted and now_wanted + interval '12 hours')
            and (m.business_after_at is null
              or m.business_after_at <= now_wanted + make_interval(secs => t.business_offset_seconds)) limit 1)
        order by t.id $$`,
    `create function lookup_bill_link(bill_wanted uuid) returns table (tenant_id uuid, link_generation integer)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        select b.tenant_id, b.link_generation from public.bills b where b.id = bill_wanted and b.status <> 'draft' $$`,
    "create index bills_by_id on bills (id)",
    "create index holds_by_subscription on holds (tenant_id, subscription_id)",
  ]);
  await exposeFunction(db, "lookup_mail_due(timestamptz)");
  await exposeFunction(db, "lookup_bill_link(uuid)");
}

export async function down(db: MigrationDatabase): Promise<void> {
  for (const [permission] of PERMISSIONS) {
    await acrossTenants(db, `delete from role_permissions where permission = '${permission}'`);
  }
  await runAll(db, [
    "drop index holds_by_subscription",
    "drop index bills_by_id",
    "drop function lookup_bill_link(uuid)",
    "drop function lookup_mail_due(timestamptz)",
    "drop policy owner_lookup on bills",
    ...[
      "mail_consents",
      "reminder_settings",
      "mail_texts",
      "mail_refusals",
      "mail_messages",
      "mail_senders",
      "mail_servers",
    ].map((table) => `drop table ${table}`),
    "alter table bills drop column link_generation",
    "alter table subscribers drop column mail_wanted, drop column language",
    "alter table tenants drop column ways_to_pay, drop column subscriber_language",
  ]);
}
