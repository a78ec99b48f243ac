import { err, ok, type Result } from "@/shared/result.ts";
import { lookupMemberships } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { type Client, openSession, type SignedIn, type SignInContext, type StaffSession } from "./sign_in.ts";

/** Somebody who is signed in. */
type Whose = Pick<StaffSession, "staffUserId" | "tenantId">;

/** A company that somebody works for. */
export interface Workplace {
  tenantId: string;
  name: string;
  /** They are signed in there. */
  isHere: boolean;
}

/** The companies that somebody works for, the first one first. */
export async function listWorkplaces(
  { db }: Pick<SignInContext, "db">,
  { staffUserId, tenantId: here }: Whose,
): Promise<Workplace[]> {
  const workplaces: Workplace[] = [];
  for (const tenantId of await lookupMemberships(db, staffUserId)) {
    const { name } = await withTenant(db, tenantId, getTenant, { readOnly: true });
    workplaces.push({ tenantId, name, isHere: tenantId === here });
  }
  return workplaces;
}

/** Ends the session at one company and opens one at another that the person works for: they see one at a time. */
export async function switchCompany(
  context: SignInContext,
  { staffUserId, confirmedAt }: Whose & { confirmedAt?: Temporal.Instant | null },
  tenantId: string,
  client: Client,
): Promise<Result<SignedIn, "not_found">> {
  if (!(await lookupMemberships(context.db, staffUserId)).includes(tenantId)) return err("not_found");
  const opened = await openSession(
    context,
    tenantId,
    staffUserId,
    { ...client, confirmedAt: confirmedAt ?? null },
    "switched",
  );
  return opened === null ? err("not_found") : ok({ ...opened, tenantId, staffUserId });
}
