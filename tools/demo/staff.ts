import { uuidv7 } from "@/shared/ids.ts";
import { hashPassword } from "@/web/gateways/passwords/mod.ts";
import { inviteStaff } from "@/web/services/access/invite_staff.ts";
import { createRole } from "@/web/services/access/save_role.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { insertStaffMember } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { listSiteNames } from "@/web/store/network/sites.ts";
import { must, type Seed } from "./books.ts";
import { DEMO_LIMITED } from "./demo_data.ts";

/** A person of the demo, and what they sign in with. */
interface Person {
  /** Name of a role that is there. */
  role: string;
  name: string;
  email: string;
  password: string;
}

/** Somebody who works for the company of the demo. @returns their id */
export async function addPerson(
  context: ServiceContext,
  tenantId: string,
  { role, name, email, password }: Person,
): Promise<string> {
  const passwordHash = await hashPassword(password);
  const id = uuidv7(context.clock.now().epochMilliseconds);
  await withTenant(context.db, tenantId, async (trx) => {
    const { id: roleId } = await trx.selectFrom("roles").select("id")
      .where("tenant_id", "=", tenantId).where("name", "=", role).executeTakeFirstOrThrow();
    await insertStaffMember(trx, { id, email, name, passwordHash, roleIds: [roleId] });
  });
  return id;
}

/** Somebody whose role counts at one site only, and an invitation with it that nobody has accepted yet. */
export async function leaveStaff({ context, tenantId, owner }: Seed): Promise<void> {
  const sites = await withTenant(context.db, tenantId, listSiteNames, { readOnly: true });
  const site = sites.find(({ name }) => name === DEMO_LIMITED.site);
  if (site === undefined) {
    throw new Error(`Cannot make a role for one site: there is no ${DEMO_LIMITED.site}`);
  }
  const { roleId } = must(
    await createRole(context, tenantId, owner, {
      name: DEMO_LIMITED.role,
      permissions: ["today:read", "subscriber:read", "bill:read", "payment:read", "payment:post"],
      siteIds: [site.id],
      limits: { backdating_days: 3n },
    }),
  );
  await addPerson(context, tenantId, DEMO_LIMITED);
  // Without keys it is not mailed: the newest mail of the demo is one to a subscriber, as its tour says.
  const { masterKeys: _, ...unmailed } = context;
  must(
    await inviteStaff(unmailed, tenantId, owner, {
      email: "liza@example.com",
      name: "Liza Manalo",
      roleIds: [roleId],
    }),
  );
}
