import { ManualClock } from "@/shared/clock.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { issueSetupCode, setUpOwner } from "./set_up_owner.ts";

/** A fresh installation on a clock of the test's own. */
export interface TestInstallation extends AsyncDisposable {
  database: TestDatabase;
  db: TestDatabase["db"];
  clock: ManualClock;
}

export async function createInstallation(): Promise<TestInstallation> {
  const database = await createTestDatabase();
  return {
    database,
    db: database.db,
    clock: new ManualClock("2026-11-23T01:00:00Z"),
    [Symbol.asyncDispose]: () => database.close(),
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
