import type { TestStack } from "@/tests/support/stack.ts";
import { newId } from "@/tests/support/stack_parts.ts";
import { type Permission, ROLE_TEMPLATES } from "@/web/domain/access/mod.ts";
import { KnownBrowsers } from "@/web/gateways/known_browsers/mod.ts";
import { SecurityLog } from "@/web/services/access/security_log.ts";
import { openSession } from "@/web/services/access/open_session.ts";
import { insertRole } from "@/web/store/access/roles.ts";
import { insertStaffMember } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { Visitor } from "./_visitor.ts";

/** Permissions of a built-in role. */
export function permissionsOf(role: string): ReadonlySet<Permission> {
  return new Set(ROLE_TEMPLATES.find(({ name }) => name === role)?.permissions ?? []);
}

/** Makes somebody with a built-in role in a tenant of this installation, signed in. */
export async function hire(provider: TestStack, tenantId: string, role: string): Promise<Visitor> {
  const { context, stack } = provider;
  const [roleId, id] = [newId(), newId()];
  await withTenant(context.db, tenantId, async (trx) => {
    await insertRole(trx, { id: roleId, name: `${role} ${roleId}`, permissions: [...permissionsOf(role)] });
    const email = `${id}@ilaya.test`;
    await insertStaffMember(trx, { id, email, name: "Jun Cruz", passwordHash: "none", roleIds: [roleId] });
  });
  const access = {
    ...context,
    security: new SecurityLog(context),
    browsers: new KnownBrowsers(crypto.getRandomValues(new Uint8Array(32))),
  };
  // In a browser that they know: a new one would be told of.
  const known = access.browsers.issue(null, id, context.clock.now());
  const opened = await openSession(access, tenantId, id, { ip: "192.0.2.9", userAgent: null, known });
  if (opened === null) throw new Error("Cannot sign in: the person is disabled");
  const { token } = opened;
  return new Visitor(stack.url, `linya=${token}`);
}

/** Another provider on the same installation, with nothing but an owner. */
export async function hireNeighbour(provider: TestStack): Promise<Visitor> {
  const tenantId = newId();
  await withTenant(provider.context.db, tenantId, async (trx) => {
    const slug = `kapitbahay-${tenantId.slice(-6)}`;
    await trx.insertInto("tenants").values({ id: tenantId, slug, name: "Kapitbahay Net" }).execute();
  });
  return await hire(provider, tenantId, "Owner");
}
