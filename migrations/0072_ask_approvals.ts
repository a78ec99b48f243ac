import { appRole, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** What only the owner has at first, and what comes with any right of which somebody may have to be asked. */
const PERMISSIONS = ["approval:decide", "approval:policy"];
const READERS = [
  "subscriber:write",
  "service_end:approve",
  "bill:void",
  "payment:post",
  "payment:reverse",
  "charge:post",
  "memo:post",
  "memo:write_off",
  "refund:post",
  "plan:write",
  "subscription:suspend",
  "cut_run:approve",
  "site:write",
  "router:write",
  "settings:write",
];
const ROLES = ["roles", "role_permissions"];
/** Read across tenants below, which forced row level security would hide from the owner of the tables. */
const READ = ["tenants", "service_ends", "subscriptions", "subscribers", "routers", "audit_entries"];

/**
 * Requests for an approval of any kind, and the policy that says when one is needed. Ends of services that somebody has
 * asked for become requests; their rows in `service_ends` stay, since what bills and lists read of an end is there.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    REQUESTS,
    "comment on column approval_requests.input is 'What is to be done, frozen; its shape has a version of its own.'",
    "comment on column approval_requests.revision is 'Counts how often the asker changed it: a decision is about one.'",
    "comment on column approval_requests.site_id is 'Site of its subject, where that is at one; else that of its subscriber.'",
    "comment on column approval_requests.effects is 'What it did to money and to the router as it was asked, as codes.'",
    "comment on column approval_requests.seen is 'Hash of what was looked at when it was asked.'",
    "comment on column approval_requests.only_key is 'Set where a subject has one such request at a time.'",
    "comment on column approval_requests.asked_by_id is 'Person who asked; null where only the name was kept.'",
    "comment on column approval_requests.runs_at is 'When the own operation of a sole owner is carried out by itself.'",
    "comment on column approval_requests.how is 'How it was approved: by a person, at once as a sole owner, or after the cooling-off time.'",
    "comment on column approval_requests.failure is 'Why it could not be carried out any more, as a code.'",
    "create unique index approval_requests_only on approval_requests (tenant_id, only_key) where state = 'asked'",
    "create index approval_requests_open on approval_requests (tenant_id, asked_at, id) where state = 'asked'",
    "create index approval_requests_by_time on approval_requests (tenant_id, asked_at, id)",
    "create index approval_requests_mine on approval_requests (tenant_id, asked_by_id, asked_at, id)",
    `create index approval_requests_by_subscriber on approval_requests (tenant_id, subscriber_id, asked_at)
      where subscriber_id is not null`,
    `create index approval_requests_by_site on approval_requests (tenant_id, site_id) where site_id is not null`,
    `create table approval_policies (
      tenant_id uuid not null references tenants (id),
      kind text not null,
      mode text not null check (mode in ('off', 'always', 'above')),
      from_centavos bigint check (from_centavos >= 0),
      binds text not null check (binds in ('others', 'everyone')),
      expire_days integer not null check (expire_days between 1 and 90),
      primary key (tenant_id, kind),
      check ((mode = 'above') = (from_centavos is not null))
    )`,
    `create table approval_settings (
      tenant_id uuid primary key references tenants (id),
      sole_owner text not null check (sole_owner in ('at_once', 'cooling_off')),
      cooling_hours integer not null check (cooling_hours between 1 and 720)
    )`,
    `alter table service_ends add column why text check (why in
      ('moved', 'price', 'quality', 'other_provider', 'not_paid', 'closed', 'died', 'other'))`,
    "comment on column service_ends.why is 'Why they leave, chosen from a list.'",
  ]);
  await protectTenantTable(db, "approval_requests", "select, insert");
  await run(db, `grant update (${CHANGING}) on approval_requests to ${await appRole(db)}`);
  // Whoever asked changes the day and the reason.
  await run(db, `grant update (unused, reason, why) on service_ends to ${await appRole(db)}`);
  await protectTenantTable(db, "approval_policies", "select, insert, update");
  await protectTenantTable(db, "approval_settings", "select, insert, update");
  await openTo(db, [...ROLES, ...READ, "approval_requests", "approval_policies"], async () => {
    await run(
      db,
      `insert into role_permissions (tenant_id, role_id, permission)
        select r.tenant_id, r.id, p.permission from roles r,
          unnest(array['${PERMISSIONS.join("', '")}']) as p (permission)
        where r.name = 'Owner' and r.is_builtin on conflict do nothing`,
    );
    await run(
      db,
      `insert into role_permissions (tenant_id, role_id, permission)
        select distinct r.tenant_id, r.id, 'approval:read' from roles r
        where r.is_builtin or exists (select from role_permissions p where p.tenant_id = r.tenant_id and p.role_id = r.id
          and p.permission in ('${READERS.join("', '")}')) on conflict do nothing`,
    );
    await runAll(db, [KEEP_POLICY, KEEP_ASKED]);
  });
}

const CHANGING =
  `input, input_version, revision, subject_label, amount_centavos, effects, seen, reason, asked_at,
  expires_at, runs_at, state, decided_at, decided_by_id, decided_by, note, how, failure`;

const REQUESTS = `create table approval_requests (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  kind text not null,
  input jsonb not null,
  input_version integer not null,
  revision integer not null default 1,
  subject_kind text not null,
  subject_id text not null,
  subject_label text not null,
  subscriber_id uuid,
  site_id uuid,
  amount_centavos bigint check (amount_centavos >= 0),
  effects jsonb not null,
  seen text not null,
  only_key text,
  reason text not null check (length(reason) between 1 and 200),
  state text not null check (state in ('asked', 'approved', 'declined', 'expired', 'withdrawn', 'failed')),
  asked_at timestamptz not null,
  asked_by_id uuid,
  asked_by text not null,
  expires_at timestamptz not null,
  runs_at timestamptz,
  decided_at timestamptz,
  decided_by_id uuid,
  decided_by text,
  note text check (length(note) between 1 and 200),
  how text check (how in ('person', 'at_once', 'cooled_off')),
  failure text,
  primary key (tenant_id, id),
  foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id) on delete set null (subscriber_id),
  foreign key (tenant_id, site_id) references sites (tenant_id, id) on delete set null (site_id),
  check ((state = 'asked') = (decided_at is null)),
  check ((decided_at is null) = (decided_by is null)),
  check ((state = 'failed') = (failure is not null))
)`;

/** The one policy that there was: whoever may not approve asks. */
const KEEP_POLICY = `insert into approval_policies (tenant_id, kind, mode, binds, expire_days)
  select id, 'service_end', 'always', 'others', 7 from tenants where end_approval = 'on'`;

/** Who asked is in the audit log by person. They have the usual time from now on. */
const KEEP_ASKED =
  `insert into approval_requests (tenant_id, id, kind, input, input_version, subject_kind, subject_id,
    subject_label, subscriber_id, site_id, effects, seen, only_key, reason, state, asked_at, asked_by_id, asked_by,
    expires_at)
  select e.tenant_id, e.id, 'service_end', jsonb_build_object('subscriptionId', e.subscription_id,
      'lastDay', e.last_on::text, 'unused', e.unused), 1, 'subscription', e.subscription_id::text,
    s.name || ', ' || c.ppp_name, c.subscriber_id, r.site_id, '[]', '', 'service_end:' || e.subscription_id, e.reason,
    'asked', e.asked_at, a.staff_user_id, e.asked_by, now() + interval '7 days'
  from service_ends e
  join subscriptions c on c.tenant_id = e.tenant_id and c.id = e.subscription_id
  join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
  left join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
  left join lateral (select z.staff_user_id from audit_entries z where z.tenant_id = e.tenant_id
    and z.action in ('subscription.end_asked', 'approval.asked') and z.subject_id = e.subscription_id::text
    order by z.sequence desc limit 1) a on true
  where e.state = 'asked'`;

/** Lets the owner of these tables read and write all tenants' rows for a while. */
async function openTo(
  db: MigrationDatabase,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  for (const table of tables) await run(db, `alter table ${table} no force row level security`);
  await work();
  for (const table of tables) await run(db, `alter table ${table} force row level security`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, `revoke update (unused, reason, why) on service_ends from ${await appRole(db)}`);
  await runAll(db, [
    "alter table service_ends drop column why",
    "drop table approval_settings",
    "drop table approval_policies",
    "drop table approval_requests",
  ]);
  await openTo(
    db,
    ["role_permissions"],
    () => run(db, `delete from role_permissions where permission like 'approval:%'`),
  );
}
