import { type RawBuilder, sql } from "kysely";
import type { HeldRole } from "@/web/domain/access/mod.ts";

/** A role of somebody as the database gives it: amounts are texts, since JSON has no bigint. */
export interface StoredRole {
  permissions: string[];
  siteIds: string[] | null;
  limits: Record<string, string>;
}

/** What a row `r` of `roles` allows, as the arguments of `json_build_object`. */
export const ROLE_CONTENT = sql`'permissions', array(select rp.permission from role_permissions rp
        where rp.tenant_id = r.tenant_id and rp.role_id = r.id order by rp.permission),
      'siteIds', case when r.is_limited_to_sites then array(select rs.site_id from role_sites rs
        where rs.tenant_id = r.tenant_id and rs.role_id = r.id order by rs.site_id) end,
      'limits', (select coalesce(json_object_agg(l.kind, l.most::text), '{}') from role_limits l
        where l.tenant_id = r.tenant_id and l.role_id = r.id)`;

/** The roles of a person in a tenant, as one JSON value of a statement that asks for something else as well. */
export function heldRoles(
  tenantId: RawBuilder<unknown>,
  staffUserId: RawBuilder<unknown>,
): RawBuilder<StoredRole[]> {
  return sql<StoredRole[]>`coalesce((select json_agg(json_build_object(${ROLE_CONTENT}))
    from staff_roles sr join roles r on r.tenant_id = sr.tenant_id and r.id = sr.role_id
    where sr.tenant_id = ${tenantId} and sr.staff_user_id = ${staffUserId}), '[]')`;
}

/** A stored role as the rules take it. */
export function readRole({ permissions, siteIds, limits }: StoredRole): HeldRole {
  return {
    permissions,
    siteIds,
    limits: Object.fromEntries(Object.entries(limits).map(([kind, most]) => [kind, BigInt(most)])),
  };
}
