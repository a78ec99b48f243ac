import assert from "node:assert/strict";
import { hash } from "@node-rs/argon2";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { needsRehash } from "@/web/gateways/passwords/mod.ts";
import { findStaffUser, updatePasswordHash } from "@/web/store/access/staff.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { CLIENT, createInstallation, createOwner, OWNER, type TestInstallation } from "./_test_access.ts";
import { issueSetupCode, setUpOwner } from "./set_up_owner.ts";
import { resolveSession, signIn, signOut } from "./sign_in.ts";

const RIGHT = { email: OWNER.email, password: OWNER.password, ...CLIENT };
const WRONG = { ...RIGHT, password: "kape sa gabi" };

async function createSignedIn(installation: TestInstallation) {
  const owner = await createOwner(installation);
  const { token, expiresAt } = assertOk(await signIn(installation, RIGHT));
  return { ...owner, token, expiresAt };
}

Deno.test("the right password opens a session that names the person and their permissions", async () => {
  await using installation = await createInstallation();
  const { tenantId, staffUserId, token } = await createSignedIn(installation);
  const session = await resolveSession(installation, token);
  assert.equal(session?.tenantId, tenantId);
  assert.equal(session?.staffUserId, staffUserId);
  assert.equal(session?.staffName, "Ana Cruz");
  assert.ok((session?.permissions.size ?? 0) > 5);
});

Deno.test("the case of the e-mail address does not matter", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  assertOk(await signIn(installation, { ...RIGHT, email: "ANA@EXAMPLE.COM" }));
});

Deno.test("the session token is not in the database, only its hash", async () => {
  await using installation = await createInstallation();
  const { tenantId, token } = await createSignedIn(installation);
  const rows = await withTenant(
    installation.db,
    tenantId,
    (trx) => trx.selectFrom("sessions").selectAll().execute(),
  );
  assert.equal(rows.length, 1);
  assert.ok(!JSON.stringify(rows.map((row) => ({ ...row }))).includes(token));
  assert.equal(rows[0]?.token_hash.length, 32);
});

Deno.test("a wrong password and an unknown e-mail address answer alike", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const wrong = await signIn(installation, WRONG);
  const unknown = await signIn(installation, { ...RIGHT, email: "nobody@example.com" });
  assertRefused(wrong, "wrong_login");
  assert.deepEqual(unknown, wrong);
});

Deno.test("an unknown e-mail address takes as long as a wrong password", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const fastest = async (input: typeof WRONG) => {
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const startedAt = performance.now();
      assertRefused(await signIn(installation, input), "wrong_login");
      times.push(performance.now() - startedAt);
    }
    return Math.min(...times);
  };
  const known = await fastest(WRONG);
  const unknown = await fastest({ ...WRONG, email: "nobody@example.com" });
  assert.ok(unknown > known / 3, `unknown ${unknown} ms, known ${known} ms`);
});

Deno.test("five wrong tries close an account for its network until the 15 minutes are over", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  for (let i = 0; i < 5; i++) assertRefused(await signIn(installation, WRONG), "wrong_login");
  const message = assertRefused(await signIn(installation, RIGHT), "too_many_tries");
  assert.match(message, /Wait 15 minutes/);
  assertOk(await signIn(installation, { ...RIGHT, ip: "203.0.113.8" }));
  installation.clock.advance({ minutes: 14, seconds: 30 });
  assert.match(assertRefused(await signIn(installation, RIGHT), "too_many_tries"), /Wait 1 minute,/);
  installation.clock.advance({ seconds: 30 });
  assertOk(await signIn(installation, RIGHT));
});

Deno.test("an unknown account is closed as a known one is", async () => {
  await using installation = await createInstallation();
  const nobody = { ...RIGHT, email: "nobody@example.com" };
  for (let i = 0; i < 5; i++) assertRefused(await signIn(installation, nobody), "wrong_login");
  assertRefused(await signIn(installation, nobody), "too_many_tries");
});

Deno.test("the right password starts the count again", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 4; i++) assertRefused(await signIn(installation, WRONG), "wrong_login");
    assertOk(await signIn(installation, RIGHT));
  }
});

Deno.test("tries at the same time do not pass the limit together", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const results = await Promise.all(Array.from({ length: 9 }, () => signIn(installation, WRONG)));
  const codes = results.map((result) => result.ok ? "in" : result.code).sort();
  assert.deepEqual(codes, [
    ...Array(4).fill("too_many_tries"),
    ...Array(5).fill("wrong_login"),
  ]);
});

Deno.test("other spellings of the same address share its limit", async () => {
  await using installation = await createInstallation();
  const code = await issueSetupCode(installation);
  assertOk(await setUpOwner(installation, { ...OWNER, code, email: "mimi@example.com" }));
  // To PostgreSQL a dotted capital is an "i", to JavaScript it is not.
  for (
    const email of ["mimi@example.com", "MIMI@example.com", "m\u0130mi@example.com", "mim\u0130@example.com"]
  ) {
    assertRefused(await signIn(installation, { ...WRONG, email }), "wrong_login");
  }
  assertRefused(await signIn(installation, { ...WRONG, email: "Mimi@example.com" }), "wrong_login");
  assertRefused(
    await signIn(installation, { ...WRONG, email: "m\u0130m\u0130@example.com" }),
    "too_many_tries",
  );
});

Deno.test("a whole office signs in from one address, and spraying from it is stopped", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const wrongElsewhere = (i: number) => signIn(installation, { ...WRONG, email: `staff${i}@example.com` });
  assertRefused(await wrongElsewhere(1), "wrong_login");
  await installation.db.updateTable("rate_limits").set({ hits: 48 }).where("key", "like", "login-ip:%")
    .execute();
  for (let i = 0; i < 4; i++) assertOk(await signIn(installation, RIGHT));
  for (let i = 2; i < 4; i++) assertRefused(await wrongElsewhere(i), "wrong_login");
  assertRefused(await wrongElsewhere(4), "too_many_tries");
  assertRefused(await signIn(installation, RIGHT), "too_many_tries");
});

Deno.test("counting tries drops the windows that are over", async () => {
  await using installation = await createInstallation();
  for (let i = 0; i < 10; i++) {
    await signIn(installation, { ...WRONG, email: `staff${i}@example.com` });
  }
  installation.clock.advance({ minutes: 15 });
  await signIn(installation, WRONG);
  const rows = await installation.db.selectFrom("rate_limits").select("key").execute();
  assert.equal(rows.length, 2);
});

Deno.test("a password of an older cost is stored at today's cost when it is used", async () => {
  await using installation = await createInstallation();
  const { tenantId, staffUserId } = await createOwner(installation);
  const old = await hash(OWNER.password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  await withTenant(installation.db, tenantId, (trx) => updatePasswordHash(trx, staffUserId, old));
  assertRefused(await signIn(installation, WRONG), "wrong_login");
  assertOk(await signIn(installation, RIGHT));
  const stored = await withTenant(installation.db, tenantId, (trx) => findStaffUser(trx, staffUserId));
  assert.equal(needsRehash(stored?.password_hash ?? ""), false);
  assertOk(await signIn(installation, RIGHT));
});

Deno.test("a disabled person cannot sign in, and their open sessions are dead at once", async () => {
  await using installation = await createInstallation();
  const { tenantId, token } = await createSignedIn(installation);
  await withTenant(
    installation.db,
    tenantId,
    (trx) => trx.updateTable("staff_users").set({ is_disabled: true }).execute(),
  );
  assert.equal(await resolveSession(installation, token), null);
  assertRefused(await signIn(installation, RIGHT), "wrong_login");
});

Deno.test("a session ends after 30 minutes without a request", async () => {
  await using installation = await createInstallation();
  const { token } = await createSignedIn(installation);
  installation.clock.advance({ minutes: 29, seconds: 59 });
  assert.notEqual(await resolveSession(installation, token), null);
  installation.clock.advance({ minutes: 29, seconds: 59 });
  assert.notEqual(await resolveSession(installation, token), null);
  installation.clock.advance({ minutes: 30 });
  assert.equal(await resolveSession(installation, token), null);
});

Deno.test("a session ends 12 hours after signing in, however busy it is", async () => {
  await using installation = await createInstallation();
  const { token, expiresAt } = await createSignedIn(installation);
  for (let i = 0; i < 35; i++) {
    installation.clock.advance({ minutes: 20 });
    assert.notEqual(await resolveSession(installation, token), null, `after ${(i + 1) * 20} minutes`);
  }
  installation.clock.set(expiresAt.subtract({ seconds: 1 }));
  assert.notEqual(await resolveSession(installation, token), null);
  installation.clock.set(expiresAt);
  assert.equal(await resolveSession(installation, token), null);
});

Deno.test("signing out kills the session at once, and no other one", async () => {
  await using installation = await createInstallation();
  const { token } = await createSignedIn(installation);
  const other = assertOk(await signIn(installation, RIGHT));
  const session = await resolveSession(installation, token);
  assert.ok(session !== null);
  await signOut(installation, session);
  assert.equal(await resolveSession(installation, token), null);
  assert.notEqual(await resolveSession(installation, other.token), null);
});

Deno.test("a session of one tenant cannot be ended, seen or resolved through another", async () => {
  await using installation = await createInstallation();
  const { token } = await createSignedIn(installation);
  const otherTenant = crypto.randomUUID();
  await withTenant(
    installation.db,
    otherTenant,
    (trx) => insertTenant(trx, { slug: "other", name: "Other", timeZone: "Asia/Manila" }),
  );
  const session = await resolveSession(installation, token);
  assert.ok(session !== null);
  await signOut(installation, { ...session, tenantId: otherTenant });
  assert.notEqual(await resolveSession(installation, token), null);
  const seen = await withTenant(
    installation.db,
    otherTenant,
    (trx) => trx.selectFrom("sessions").select("id").execute(),
  );
  assert.deepEqual(seen, []);
});

Deno.test("a token that was never given out is nobody", async () => {
  await using installation = await createInstallation();
  await createSignedIn(installation);
  assert.equal(await resolveSession(installation, "A".repeat(43)), null);
  assert.equal(await resolveSession(installation, ""), null);
});
