import { err, ok, type Result } from "@/shared/result.ts";
import { isFreshFactor } from "@/web/domain/access/second_factor.ts";
import { findProvenAt } from "@/web/store/access/factors.ts";
import { lookupMemberships } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { type AskedSecond, askSecond } from "./factors/steps.ts";
import { openSession, type SignedIn } from "./open_session.ts";
import type { Client, SignInContext, StaffSession } from "./session.ts";

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

/**
 * Ends the session at one company and opens one at another that the person works for: they see one at a time. Who has a
 * second factor is asked for it, unless they have given it just now.
 */
export async function switchCompany(
  context: SignInContext,
  { staffUserId, tenantId: here, sessionId, confirmedAt }:
    & Whose
    & Pick<StaffSession, "sessionId">
    & { confirmedAt?: Temporal.Instant | null },
  tenantId: string,
  client: Client,
): Promise<Result<SignedIn | AskedSecond, "not_found">> {
  if (!(await lookupMemberships(context.db, staffUserId)).includes(tenantId)) return err("not_found");
  const provenAt = await withTenant(context.db, here, (trx) => findProvenAt(trx, sessionId), {
    readOnly: true,
  });
  const secondFactorAt = isFreshFactor(provenAt, context.clock.now()) ? provenAt : null;
  const asked = secondFactorAt === null ? await askSecond(context, { tenantId, staffUserId }) : null;
  if (asked !== null) return ok(asked);
  const proven = { secondFactorAt, confirmedAt: confirmedAt ?? null };
  const opened = await openSession(context, tenantId, staffUserId, { ...client, ...proven }, "switched");
  return opened === null ? err("not_found") : ok({ ...opened, tenantId, staffUserId });
}
