import assert from "node:assert/strict";
import { ManualClock } from "@/shared/clock.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { silentLogger } from "@/shared/log.ts";
import { assertOk } from "@/tests/support/expect.ts";
import type { Result } from "@/shared/result.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { AskedSecond } from "@/web/services/access/factors/steps.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { type Permission, PERMISSIONS, ROLE_TEMPLATES } from "@/web/domain/access/mod.ts";
import { KnownBrowsers } from "@/web/gateways/known_browsers/mod.ts";
import { hashPassword } from "@/web/gateways/passwords/mod.ts";
import { SecurityLog } from "@/web/services/access/security_log.ts";
import type { SignInContext } from "@/web/services/access/session.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import { listAuditEntries } from "@/web/store/access/audit.ts";
import { findMember, type Member } from "@/web/store/access/members.ts";
import { insertRole } from "@/web/store/access/roles.ts";
import { insertStaffMember } from "@/web/store/access/staff.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";

/** What everybody of these tests signs in with. */
export const PASSWORD = "kape sa umaga";
let passwordHash: Promise<string> | undefined;

/** A browser somewhere. */
export const CLIENT = { ip: "203.0.113.7", userAgent: "test" };

/** An installation with companies on a clock of the test's own. */
export interface Installation extends AsyncDisposable {
  database: TestDatabase;
  context: ServiceContext & SignInContext;
  clock: ManualClock;
  addCompany(name: string): Promise<Company>;
}

/** A company with the built-in roles and one owner, Ana. */
export interface Company {
  tenantId: string;
  /** By name. */
  roles: Record<string, string>;
  owner: Actor & { staffUserId: string };
  run<T>(work: (trx: TenantTransaction) => Promise<T>): Promise<T>;
  /** Adds somebody who has these roles. */
  hire(name: string, roleIds: readonly string[]): Promise<Actor & { staffUserId: string }>;
  /** Adds a role of the company's own. */
  role(
    name: string,
    permissions: readonly Permission[],
    more?: { siteIds?: readonly string[]; limits?: Record<string, bigint> },
  ): Promise<string>;
  member(staffUserId: string): Promise<Member>;
  /** What was written down, by its action, newest last. */
  audited(): Promise<{ action: string; summary: string; details: unknown }[]>;
}

export async function createTestInstallation(): Promise<Installation> {
  const database = await createTestDatabase();
  const { db } = database;
  const clock = new ManualClock("2026-11-23T01:00:00Z");
  const security = new SecurityLog({ db, clock, log: silentLogger });
  const context = {
    db,
    clock,
    log: silentLogger,
    notifyRouters: () => {},
    notifyCommands: () => {},
    security,
    browsers: new KnownBrowsers(new Uint8Array(32).fill(3)),
    masterKeys: new MasterKeys([{ id: "k1", key: new Uint8Array(32).fill(5) }]),
  };
  return {
    database,
    context,
    clock,
    addCompany: (name) => addCompany(context, name),
    async [Symbol.asyncDispose]() {
      await security.settled();
      await database.close();
    },
  };
}

async function addCompany({ db, clock }: ServiceContext, name: string): Promise<Company> {
  const id = () => uuidv7(clock.now().epochMilliseconds);
  const tenantId = id();
  const slug = `isp-${tenantId.slice(-12)}`;
  const hash = await (passwordHash ??= hashPassword(PASSWORD));
  const run: Company["run"] = (work) => withTenant(db, tenantId, work);
  const roles: Record<string, string> = {};
  await run(async (trx) => {
    await insertTenant(trx, { slug, name, timeZone: "Asia/Manila" });
    for (const template of ROLE_TEMPLATES) {
      roles[template.name] = id();
      await insertRole(trx, { ...template, id: roles[template.name]! });
    }
  });
  const hire: Company["hire"] = async (person, roleIds) => {
    const staffUserId = id();
    const email = `${person.toLowerCase().replace(/\W+/g, ".")}@${slug}.example`;
    await run((trx) =>
      insertStaffMember(trx, { id: staffUserId, email, name: person, passwordHash: hash, roleIds })
    );
    return { kind: "staff", label: person, staffUserId };
  };
  return {
    tenantId,
    roles,
    run,
    hire,
    owner: await hire("Ana Cruz", [roles.Owner!]),
    async role(roleName, permissions, { siteIds, limits } = {}) {
      const roleId = id();
      await run((trx) =>
        insertRole(trx, {
          id: roleId,
          name: roleName,
          permissions,
          isBuiltin: false,
          ...(siteIds && { siteIds }),
          ...(limits && { limits }),
        })
      );
      return roleId;
    },
    async member(staffUserId) {
      const member = await run((trx) => findMember(trx, staffUserId));
      assert.ok(member !== null);
      return member;
    },
    audited: () => run((trx) => listAuditEntries(trx, { after: 0n, limit: 1000 })),
  };
}

/** A sign-in that is finished: no second factor was asked for. */
export function assertSignedIn<T extends object>(result: Result<T>): Exclude<T, AskedSecond> {
  const opened = assertOk(result);
  assert.ok(!("second" in opened), "a second factor was asked for");
  return opened as Exclude<T, AskedSecond>;
}

/** A sign-in whose second factor is asked for. */
export function assertAsked(result: Result<object>): AskedSecond["second"] {
  const asked = assertOk(result);
  assert.ok("second" in asked, "no second factor was asked for");
  return (asked as AskedSecond).second;
}

/** A role that may do everything, of the company's own. */
export function wholeRole(company: Company, name = "Partner"): Promise<string> {
  return company.role(name, PERMISSIONS);
}
