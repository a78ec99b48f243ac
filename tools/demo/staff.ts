import { inviteStaff } from "@/web/services/access/invite_staff.ts";
import { createRole } from "@/web/services/access/save_role.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { listSiteNames } from "@/web/store/network/sites.ts";
import { must, type Seed } from "./books.ts";

/** A role that counts at one site only, and an invitation with it that nobody has accepted yet. */
export async function leaveStaff({ context, tenantId, owner }: Seed): Promise<void> {
  const [site] = await withTenant(context.db, tenantId, listSiteNames, { readOnly: true });
  if (site === undefined) throw new Error("Cannot make a role for one site: the demo has none");
  const { roleId } = must(
    await createRole(context, tenantId, owner, {
      name: `Cashier of ${site.name}`,
      permissions: ["today:read", "subscriber:read", "bill:read", "payment:read", "payment:post"],
      siteIds: [site.id],
      limits: { backdating_days: 3n },
    }),
  );
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
