import { uuidv7 } from "@/shared/ids.ts";
import { insertInvite } from "@/web/store/access/invites.ts";
import { insertRole } from "@/web/store/access/roles.ts";
import { insertStaffMember } from "@/web/store/access/staff.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** A role of the company's own, somebody who has it, and an open invitation that gives it; their ids. */
export async function insertSomeStaff(
  trx: TenantTransaction,
  at: Temporal.Instant,
): Promise<{ staff: string; roles: string; invites: string }> {
  const id = () => uuidv7(at.epochMilliseconds);
  const [staff, roles, invites] = [id(), id(), id()];
  await insertRole(trx, {
    id: roles,
    name: "Night desk",
    permissions: ["subscriber:read", "payment:post", "bill:void", "hold:write"],
    limits: { void_centavos: 50_000n, hold_days: 3n },
    isBuiltin: false,
  });
  const email = `night-${staff.slice(-12)}@linya.test`;
  await insertStaffMember(trx, {
    id: staff,
    email,
    name: "Nilo Santos",
    passwordHash: "not used",
    roleIds: [roles],
  });
  await insertInvite(trx, {
    id: invites,
    codeHash: crypto.getRandomValues(new Uint8Array(32)),
    email: `new-${email}`,
    name: "Berto Cruz",
    invitedBy: staff,
    invitedByName: "Nilo Santos",
    at,
    expiresAt: at.add({ hours: 72 }),
    roleIds: [roles],
  });
  return { staff, roles, invites };
}
