import { sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { hasFactorSql } from "./factors.ts";

/** Whether a role asks for a second factor. */
export async function findRoleRequires(trx: TenantTransaction, roleId: string): Promise<boolean> {
  const found = await trx.selectFrom("roles").select("requires_second_factor")
    .where("tenant_id", "=", trx.tenantId).where("id", "=", roleId).executeTakeFirst();
  return found?.requires_second_factor ?? false;
}

/** Makes a role ask for a second factor, or not. */
export async function setRoleRequires(
  trx: TenantTransaction,
  roleId: string,
  isRequired: boolean,
): Promise<void> {
  await trx.updateTable("roles").set({ requires_second_factor: isRequired })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", roleId).execute();
}

/** People who have a role and work here, and how many of them have no second factor. */
export async function countHolders(
  trx: TenantTransaction,
  roleId: string,
): Promise<{ people: number; without: number }> {
  const { rows } = await sql<{ people: number; without: number }>`
    select count(*)::int as people,
      (count(*) filter (where not ${hasFactorSql(sql`sr.staff_user_id`)}))::int as without
    from staff_roles sr join staff_memberships m on m.tenant_id = sr.tenant_id
      and m.staff_user_id = sr.staff_user_id and m.state = 'active'
    where sr.tenant_id = ${trx.tenantId} and sr.role_id = ${roleId}`.execute(trx);
  return rows[0] ?? { people: 0, without: 0 };
}
