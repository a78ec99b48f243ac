import { SEARCH } from "./0024_fold_search.ts";
import { type MigrationDatabase, protectTenantTable, runAll } from "./_tenant_table.ts";

/** Bounds of what a role's permissions allow; the words are those of `web/domain/access/limits_of_roles.ts`. */
const LIMITS =
  "'discount_centavos', 'credit_centavos', 'void_centavos', 'reverse_centavos', 'refund_centavos', 'backdating_days', 'hold_days'";

/**
 * Roles that are limited: in amounts and days, and to some sites. A role that is limited to sites and names none shows
 * nothing, so that a site that goes never opens all the others.
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
    LIMITED_SEARCH,
  ]);
  await protectTenantTable(db, "role_sites", "select, insert, update, delete");
  await protectTenantTable(db, "role_limits", "select, insert, update, delete");
}

/** The search looks with its owner's rights, so it is limited by itself: the most that it gives are then all seen. */
const LIMITED_SEARCH = SEARCH.replaceAll(
  "like pattern.p",
  `like pattern.p and (coalesce(current_setting('app.sites', true), '') = '' or exists (
        select from public.subscriptions there join public.routers r on r.tenant_id = there.tenant_id and r.id = there.router_id
        where there.tenant_id = s.tenant_id and there.subscriber_id = s.id
          and r.site_id = any(nullif(current_setting('app.sites', true), '')::uuid[])))`,
);

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    SEARCH,
    "drop table role_limits",
    "drop table role_sites",
    "alter table roles drop column is_limited_to_sites",
  ]);
}
