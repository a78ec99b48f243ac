import { ManualClock } from "@/shared/clock.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { hashPassword } from "@/web/gateways/passwords/mod.ts";
import { insertStaffMember } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { silentLogger } from "@/shared/log.ts";
import { KnownBrowsers } from "@/web/gateways/known_browsers/mod.ts";
import { SecurityLog } from "./security_log.ts";
import { issueSetupCode, setUpOwner } from "./set_up_owner.ts";

/** A fresh installation on a clock of the test's own. */
export interface TestInstallation extends AsyncDisposable {
  database: TestDatabase;
  db: TestDatabase["db"];
  clock: ManualClock;
  security: SecurityLog;
  browsers: KnownBrowsers;
}

export async function createInstallation(): Promise<TestInstallation> {
  const database = await createTestDatabase();
  const { db } = database;
  const clock = new ManualClock("2026-11-23T01:00:00Z");
  const security = new SecurityLog({ db, clock, log: silentLogger });
  return {
    database,
    db,
    clock,
    security,
    browsers: new KnownBrowsers(new Uint8Array(32).fill(3)),
    async [Symbol.asyncDispose]() {
      await security.settled();
      await database.close();
    },
  };
}

/** The owner of {@link createOwner}, as typed on the set-up page. */
export const OWNER = {
  companyName: "Barangay Net",
  name: "Ana Cruz",
  email: "Ana@example.com",
  password: "kape sa umaga",
  timeZone: "Asia/Manila",
};

/** Sets the installation up. */
export async function createOwner(installation: TestInstallation) {
  const code = await issueSetupCode(installation);
  return assertOk(await setUpOwner(installation, { ...OWNER, code }));
}

/** A browser somewhere. */
export const CLIENT = { ip: "203.0.113.7", userAgent: "test" };

/** Adds a person without a role, with the owner's password. */
export async function addStaff(
  { db, clock }: TestInstallation,
  tenantId: string,
  email: string,
): Promise<string> {
  const id = uuidv7(clock.now().epochMilliseconds);
  const passwordHash = await hashPassword(OWNER.password);
  await withTenant(
    db,
    tenantId,
    (trx) => insertStaffMember(trx, { id, email, name: "Ben Reyes", passwordHash, roleIds: [] }),
  );
  return id;
}
