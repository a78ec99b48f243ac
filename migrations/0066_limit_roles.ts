import { SEARCH } from "./0024_fold_search.ts";
import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** Bounds of what a role's permissions allow; the words are those of `web/domain/access/limits_of_roles.ts`. */
const LIMITS =
  "'discount_centavos', 'credit_centavos', 'void_centavos', 'reverse_centavos', 'refund_centavos', 'backdating_days', 'hold_days'";

/**
 * Roles that are limited: in amounts and days, and to some sites. A role that is limited to sites and names none shows
 * nothing, so that a site that goes never opens all the others.
 *
 * Where a subscriber is served is kept on the subscriber, by triggers: a list of fifty must not look through all
 * connections to know whom a limited person may see.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table roles add column is_limited_to_sites boolean not null default false",
    `create table role_sites (
      tenant_id uuid not null,
      role_id uuid not null,
      site_id uuid not null,
      primary key (tenant_id, role_id, site_id),
      foreign key (tenant_id, role_id) references roles (tenant_id, id) on delete cascade,
      foreign key (tenant_id, site_id) references sites (tenant_id, id) on delete cascade
    )`,
    "create index role_sites_by_site on role_sites (tenant_id, site_id)",
    `create table role_limits (
      tenant_id uuid not null,
      role_id uuid not null,
      kind text not null check (kind in (${LIMITS})),
      most bigint not null check (most >= 0),
      primary key (tenant_id, role_id, kind),
      foreign key (tenant_id, role_id) references roles (tenant_id, id) on delete cascade
    )`,
    "alter table subscribers add column site_ids uuid[] not null default '{}'",
    "create index subscribers_by_site on subscribers using gin (site_ids)",
    ...FOLLOW,
    LIMITED_SEARCH,
  ]);
  await protectTenantTable(db, "role_sites", "select, insert, update, delete");
  await protectTenantTable(db, "role_limits", "select, insert, update, delete");
  await fillSites(db);
}

const FUNCTION = "language plpgsql set search_path = pg_catalog, public, pg_temp as $$";
const SITES_OF = `coalesce((select array_agg(distinct r.site_id order by r.site_id) from subscriptions c
  join routers r on r.tenant_id = c.tenant_id and r.id = c.router_id
  where c.tenant_id = s.tenant_id and c.subscriber_id = s.id), '{}')`;

/** Writes down where subscribers are served; those who are where they were are left alone. */
const follow = (whose: string) =>
  `update subscribers s set site_ids = ${SITES_OF} where ${whose} and s.site_ids is distinct from ${SITES_OF}`;

const FOLLOW = [
  `create function follow_new_subscriptions() returns trigger ${FUNCTION}
    begin
      ${follow("(s.tenant_id, s.id) in (select n.tenant_id, n.subscriber_id from added n)")};
      return null;
    end $$`,
  `create function follow_subscription() returns trigger ${FUNCTION}
    begin
      if tg_op = 'UPDATE' then
        ${follow("s.tenant_id = new.tenant_id and s.id = new.subscriber_id")};
      end if;
      ${follow("s.tenant_id = old.tenant_id and s.id = old.subscriber_id")};
      return null;
    end $$`,
  `create function follow_router() returns trigger ${FUNCTION}
    begin
      ${
    follow(`(s.tenant_id, s.id) in (select c.tenant_id, c.subscriber_id from subscriptions c
        where c.tenant_id = new.tenant_id and c.router_id = new.id)`)
  };
      return null;
    end $$`,
  `create trigger subscribers_follow_new after insert on subscriptions referencing new table as added
    for each statement execute function follow_new_subscriptions()`,
  `create trigger subscribers_follow_moved after update of router_id, subscriber_id on subscriptions
    for each row when (new.router_id is distinct from old.router_id or new.subscriber_id is distinct from old.subscriber_id)
    execute function follow_subscription()`,
  `create trigger subscribers_follow_gone after delete on subscriptions
    for each row execute function follow_subscription()`,
  `create trigger subscribers_follow_router after update of site_id on routers
    for each row when (new.site_id is distinct from old.site_id) execute function follow_router()`,
];

/** The search looks with its owner's rights, so it is limited by itself: the most that it gives are then all seen. */
const LIMITED_SEARCH = SEARCH.replaceAll(
  "like pattern.p",
  `like pattern.p and (coalesce(current_setting('app.sites', true), '') = ''
        or s.site_ids && nullif(current_setting('app.sites', true), '')::uuid[])`,
);

/** Of all tenants, which their rules hide from a migration otherwise. */
async function fillSites(db: MigrationDatabase): Promise<void> {
  const tables = ["subscribers", "subscriptions", "routers"];
  for (const table of tables) await run(db, `alter table ${table} no force row level security`);
  await run(db, follow("true"));
  for (const table of tables) await run(db, `alter table ${table} force row level security`);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    SEARCH,
    "drop trigger subscribers_follow_router on routers",
    "drop trigger subscribers_follow_gone on subscriptions",
    "drop trigger subscribers_follow_moved on subscriptions",
    "drop trigger subscribers_follow_new on subscriptions",
    "drop function follow_router()",
    "drop function follow_subscription()",
    "drop function follow_new_subscriptions()",
    "alter table subscribers drop column site_ids",
    "drop table role_limits",
    "drop table role_sites",
    "alter table roles drop column is_limited_to_sites",
  ]);
}
