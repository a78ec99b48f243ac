import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findMember, lockStaff } from "@/web/store/access/members.ts";
import { lookupPerson, updateStaffName } from "@/web/store/access/staff.ts";
import { asTenant, type TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { recordAudit } from "../audit.ts";
import { businessNow } from "../business_clock.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/**
 * Changes the name of whoever is signed in. It is the person's, at each company that they are or were with, and each has it
 * in its audit log; what was written down keeps the old one.
 */
export async function saveOwnName(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { staffUserId, name }: { staffUserId: string; name: string },
): Promise<Result<null, "staff_not_found" | "name_missing">> {
  if (name === "") return err("name_missing");
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    await lockStaff(trx);
    const member = await findMember(trx, staffUserId);
    if (member === null || member.state !== "active") return err("staff_not_found");
    if (member.name === name) return ok(null);
    await updateStaffName(trx, staffUserId, name);
    const write = (there: TenantTransaction, businessOn: Temporal.PlainDate) =>
      recordAudit(there, actor, {
        action: "staff.renamed",
        subjectKind: "staff",
        subjectId: staffUserId,
        summary: coded("audit_staff_renamed", { before: member.name, name }),
        details: { before: member.name, after: name },
        at,
        businessOn,
      });
    // In one order for everybody: two people of the same companies do not wait for each other.
    const companies = (await lookupPerson(trx, member.email)).map(({ tenant_id }) => tenant_id).toSorted();
    for (const company of companies) {
      if (company === tenantId) await write(trx, business.today);
      else {
        await asTenant(trx, company, async (there) => {
          await write(there, businessNow(await getTenant(there), { now: () => at }).today);
        });
      }
    }
    return ok(null);
  });
}
