import { sql } from "kysely";
import type { PppService } from "@/shared/protocol/mod.ts";
import type { Page, PageRequest } from "../db/keyset.ts";
import { orderingOf, type SortKey, windowOf } from "../db/ordering.ts";
import type { ObservedSecretsTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** What Linya manages on a router, and how far the router differs. */
export interface RouterFiguresRow {
  router_id: string;
  site_id: string;
  managed: number;
  /** Of the managed: those that should be disabled. */
  disabled: number;
  online: number;
  /** Secrets that differ, but for those of the next figure. */
  drift: number;
  /** Secrets that wait for a profile which the router does not have: one difference, however many they are. */
  without_profile: number;
  /** Last complete report; null before the first. */
  observed_at: Temporal.Instant | null;
}

/** Figures of routers in use, of one site or of all. */
export async function listRouterFigures(
  trx: TenantTransaction,
  siteId?: string,
): Promise<RouterFiguresRow[]> {
  const site = siteId === undefined ? sql`true` : sql`r.site_id = ${siteId}`;
  const { rows } = await sql<RouterFiguresRow>`
    select r.id as router_id, r.site_id, coalesce(d.managed, 0) as managed, coalesce(d.disabled, 0) as disabled,
      coalesce(o.online, 0) as online, coalesce(o.drift, 0) as drift, coalesce(o.without_profile, 0) as without_profile,
      s.observed_at
    from routers r
    left join router_states s on s.tenant_id = r.tenant_id and s.router_id = r.id
    left join lateral (select count(*)::int as managed, count(*) filter (where is_disabled)::int as disabled
      from desired_secrets where tenant_id = r.tenant_id and router_id = r.id and removed_at is null) d on true
    left join lateral (select count(*) filter (where is_online)::int as online,
        count(*) filter (where drift <> 'profile_missing')::int as drift,
        count(*) filter (where drift = 'profile_missing')::int as without_profile
      from observed_secrets where tenant_id = r.tenant_id and router_id = r.id) o on true
    where r.tenant_id = ${trx.tenantId} and r.archived_at is null and ${site}`.execute(trx);
  return rows;
}

/** Why a secret is not as the books want it. */
export type DriftKind = NonNullable<ObservedSecretsTable["drift"]>;

/** A secret that is not as the books want it, with both sides. */
export interface DriftRow {
  ppp_name: string;
  ppp_service: PppService;
  drift: DriftKind;
  subscriber_id: string | null;
  subscriber_name: string | null;
  wanted_disabled: boolean | null;
  wanted_profile: string | null;
  found_disabled: boolean | null;
  found_profile: string | null;
  observed_at: Temporal.Instant;
}

/** How many secrets of a router differ, by kind. */
export async function countDrift(
  trx: TenantTransaction,
  routerId: string,
): Promise<{ drift: DriftKind; secrets: number }[]> {
  const { rows } = await sql<{ drift: DriftKind; secrets: number }>`
    select drift, count(*)::int as secrets from observed_secrets
    where tenant_id = ${trx.tenantId} and router_id = ${routerId} and drift is not null
    group by drift order by count(*) desc, drift`.execute(trx);
  return rows;
}

/** Profiles that the books want on a router and that it does not have, with how many secrets wait for each. */
export async function listMissingProfiles(
  trx: TenantTransaction,
  routerId: string,
): Promise<{ profile: string | null; secrets: number }[]> {
  const { rows } = await sql<{ profile: string | null; secrets: number }>`
    select d.profile, count(*)::int as secrets from observed_secrets o
    left join desired_secrets d on d.tenant_id = o.tenant_id and d.router_id = o.router_id
      and d.ppp_name = o.ppp_name and d.ppp_service = o.ppp_service and d.removed_at is null
    where o.tenant_id = ${trx.tenantId} and o.router_id = ${routerId} and o.drift = 'profile_missing'
    group by d.profile order by count(*) desc, d.profile limit 20`.execute(trx);
  return rows;
}

/** A secret stands once on a router for each service. */
const DRIFT_SORTS: Readonly<Record<string, readonly SortKey<DriftRow>[]>> = {
  user: [
    { by: sql`o.ppp_name`, kind: "text", of: (row) => row.ppp_name },
    { by: sql`o.ppp_service`, kind: "text", of: (row) => row.ppp_service },
  ],
};

/** Secrets of a router that differ, by name: of one kind, or all but those that wait for a missing profile. */
export async function listRouterDrift(
  trx: TenantTransaction,
  routerId: string,
  filter: { kind?: DriftKind | undefined },
  request: PageRequest & { sort?: string | undefined },
): Promise<Page<DriftRow>> {
  const kind = filter.kind === undefined ? sql`o.drift <> 'profile_missing'` : sql`o.drift = ${filter.kind}`;
  const window = windowOf(orderingOf(DRIFT_SORTS, request.sort, "user"), request);
  const { rows } = await sql<DriftRow>`
    select o.ppp_name, o.ppp_service, o.drift, b.id as subscriber_id, b.name as subscriber_name, d.is_disabled as wanted_disabled,
      d.profile as wanted_profile, o.is_disabled as found_disabled, o.profile as found_profile, o.observed_at
    from observed_secrets o
    left join desired_secrets d on d.tenant_id = o.tenant_id and d.router_id = o.router_id
      and d.ppp_name = o.ppp_name
      and d.ppp_service = o.ppp_service and d.removed_at is null
    left join subscriptions c on c.tenant_id = d.tenant_id and c.id = d.subscription_id
    left join subscribers b on b.tenant_id = c.tenant_id and b.id = c.subscriber_id
    where o.tenant_id = ${trx.tenantId} and o.router_id = ${routerId} and ${kind}
      and ${window.where}
    order by ${window.orderBy} limit ${window.limit}`.execute(trx);
  return window.toPage(rows);
}

/** A code that an agent can still be enrolled with. The secret is not kept. */
export interface OpenCodeRow {
  code_id: string;
  created_at: Temporal.Instant;
  expires_at: Temporal.Instant;
}

/** The code of a site that was neither used nor voided and has not expired. */
export async function findOpenCode(
  trx: TenantTransaction,
  siteId: string,
  now: Temporal.Instant,
): Promise<OpenCodeRow | null> {
  return await trx.selectFrom("enrolment_codes").select(["code_id", "created_at", "expires_at"])
    .where("tenant_id", "=", trx.tenantId).where("site_id", "=", siteId).where("used_at", "is", null)
    .where("voided_at", "is", null).where("expires_at", ">", now)
    .orderBy("created_at", "desc").limit(1).executeTakeFirst() ?? null;
}
