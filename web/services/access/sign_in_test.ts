import assert from "node:assert/strict";
import { hash } from "@node-rs/argon2";
import { silentLogger } from "@/shared/log.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { until } from "@/tests/support/until.ts";
import { needsRehash } from "@/web/gateways/passwords/mod.ts";
import { listenForLive, type LiveNotice } from "@/web/store/live/live_topics.ts";
import { findStaffUser, lookupLogin, updatePasswordHash } from "@/web/store/access/staff.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import {
  addStaff,
  CLIENT,
  createInstallation,
  createOwner,
  OWNER,
  type TestInstallation,
} from "./_test_access.ts";
import { issueSetupCode, setUpOwner } from "./set_up_owner.ts";
import { cleanUpAccess } from "./clean_up_access.ts";
import { resolveSession, signOut } from "./session.ts";
import { signIn } from "./sign_in.ts";
import { admitTry } from "./sign_in_limits.ts";

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
  const timed = async (input: typeof WRONG) => {
    const startedAt = performance.now();
    assertRefused(await signIn(installation, input), "wrong_login");
    return performance.now() - startedAt;
  };
  // By turns, so that what else the machine does slows both; few enough for one budget, should both share a counter.
  let [known, unknown] = [Infinity, Infinity];
  for (let i = 0; i < 2; i++) {
    known = Math.min(known, await timed(WRONG));
    unknown = Math.min(unknown, await timed({ ...WRONG, email: "nobody@example.com" }));
  }
  assert.ok(unknown > known / 3, `unknown ${unknown} ms, known ${known} ms`);
});

/** Seconds that a refused try has to wait; null when it does not. */
function waitIn(answer: Awaited<ReturnType<typeof signIn>>): number | null {
  if (answer.ok || answer.code !== "too_many_tries") return null;
  return Number(answer.values.minutes) * 60 + Number(answer.values.seconds);
}

Deno.test("after five wrong tries each further one waits, longer each time, and the right password is then taken", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  for (let i = 0; i < 5; i++) assertRefused(await signIn(installation, WRONG), "wrong_login");
  const waits: (number | null)[] = [];
  const waitOf = async (input: typeof RIGHT) => {
    const answer = await signIn(installation, input);
    return waitIn(answer);
  };
  assert.equal(await waitOf(RIGHT), 30);
  installation.clock.advance({ seconds: 10 });
  assert.equal(await waitOf(RIGHT), 20, "who asks too early changes nothing");
  installation.clock.advance({ seconds: 20 });
  for (let turn = 0; turn < 5; turn++) {
    assertRefused(await signIn(installation, WRONG), "wrong_login");
    const seconds = await waitOf(RIGHT) ?? 0;
    waits.push(seconds);
    if (turn < 4) installation.clock.advance({ seconds });
  }
  assert.deepEqual(waits, [60, 120, 240, 300, 300].slice(0, waits.length));
  assertOk(await signIn(installation, { ...RIGHT, ip: "203.0.113.8" }));
  installation.clock.advance({ seconds: 300 });
  assertOk(await signIn(installation, RIGHT));
  assertRefused(await signIn(installation, WRONG), "wrong_login");
});

Deno.test("a turn is one try: of many at the same time one is looked at", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  for (let i = 0; i < 6; i++) await signIn(installation, WRONG);
  installation.clock.advance({ seconds: 30 });
  const results = await Promise.all(Array.from({ length: 8 }, () => signIn(installation, WRONG)));
  assert.equal(results.filter((result) => !result.ok && result.code === "wrong_login").length, 1);
});

Deno.test("nothing that strangers try keeps somebody out of the browser in which they signed in before", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const { known } = assertOk(await signIn(installation, RIGHT));
  // Made-up names and the account itself, from the owner's own network and from many others.
  for (let i = 0; i < 60; i++) await signIn(installation, { ...WRONG, email: `staff${i}@example.com` });
  for (let i = 0; i < 12; i++) await signIn(installation, WRONG);
  for (let i = 0; i < 40; i++) await signIn(installation, { ...WRONG, ip: `198.51.100.${i}` });
  assertRefused(await signIn(installation, RIGHT), "too_many_tries");
  for (let i = 0; i < 3; i++) assertOk(await signIn(installation, { ...RIGHT, known }));
  // From wherever that browser is now.
  assertOk(await signIn(installation, { ...RIGHT, known, ip: "192.0.2.1" }));
});

Deno.test("a new browser waits half a minute while an account is attacked from everywhere, and then gets in", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const attack = () =>
    Promise.all(
      Array.from({ length: 40 }, (_, i) => signIn(installation, { ...WRONG, ip: `198.51.100.${i}` })),
    );
  await attack();
  const home = { ...RIGHT, ip: "192.0.2.77" };
  const refused = await signIn(installation, home);
  assert.equal(waitIn(refused), 30);
  await attack();
  installation.clock.advance({ seconds: 30 });
  await attack();
  assertOk(await signIn(installation, home));
});

Deno.test("the mark of a browser is worth nothing for another account, changed, or after half a year", async () => {
  await using installation = await createInstallation();
  const { tenantId } = await createOwner(installation);
  const { known } = assertOk(await signIn(installation, RIGHT));
  const other = await addStaff(installation, tenantId, "ben@example.com");
  const now = installation.clock.now();
  const { browsers } = installation;
  const { staff_user_id: owner } = (await lookupLogin(installation.db, OWNER.email))[0] ?? assert.fail();
  assert.notEqual(browsers.find(known, owner, now), null);
  assert.equal(browsers.find(known, other, now), null);
  assert.equal(browsers.find(known.replace(/^./, (letter) => letter === "A" ? "B" : "A"), owner, now), null);
  assert.equal(browsers.find(known, owner, now.add({ hours: 24 * 181 })), null);
  assert.ok(!known.includes(owner.replaceAll("-", "")));
  // A counter that several people use knows them all.
  const both = browsers.issue(known, other, now);
  assert.notEqual(browsers.find(both, owner, now), null);
  assert.notEqual(browsers.find(both, other, now), null);
});

Deno.test("a known browser has a budget too: ten wrong tries, then it waits as others do", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const { known } = assertOk(await signIn(installation, RIGHT));
  let looked = 0;
  for (let i = 0; i < 30; i++) {
    const answer = await signIn(installation, { ...WRONG, known });
    if (!answer.ok && answer.code === "wrong_login") looked++;
  }
  assert.equal(looked, 15);
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
  await installation.db.updateTable("rate_limits").set({ hits: 48 }).where("key", "like", "login-network:%")
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
  assert.equal(rows.length, 3);
});

Deno.test("made-up names cannot fill the counters of a network", async () => {
  await using installation = await createInstallation();
  const context = installation;
  for (let i = 0; i < 600; i++) {
    await admitTry(context, { account: `made-up-${i}`, ip: CLIENT.ip, browser: null });
  }
  const rows = await installation.db.selectFrom("rate_limits").select("key")
    .where("key", "not like", "login-account:%").execute();
  assert.ok(rows.length <= 2 * 256 + 1, String(rows.length));
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

async function setDisabled(installation: TestInstallation, tenantId: string, isDisabled: boolean) {
  await withTenant(
    installation.db,
    tenantId,
    (trx) => trx.updateTable("staff_users").set({ is_disabled: isDisabled }).execute(),
  );
}

Deno.test("who is disabled is signed out for good: enabling them brings no session back", async () => {
  await using installation = await createInstallation();
  const { tenantId, token } = await createSignedIn(installation);
  await setDisabled(installation, tenantId, true);
  assert.equal(await resolveSession(installation, token), null);
  assertRefused(await signIn(installation, RIGHT), "wrong_login");
  await setDisabled(installation, tenantId, false);
  assert.equal(await resolveSession(installation, token), null);
  const { token: next } = assertOk(await signIn(installation, RIGHT));
  assert.notEqual(await resolveSession(installation, next), null);
});

Deno.test("a session that is being opened while its person is disabled does not outlive it", async () => {
  await using installation = await createInstallation();
  const { tenantId } = await createOwner(installation);
  const [opened] = await Promise.all([
    signIn(installation, RIGHT),
    setDisabled(installation, tenantId, true),
  ]);
  await setDisabled(installation, tenantId, false);
  if (opened.ok) assert.equal(await resolveSession(installation, opened.value.token), null);
});

Deno.test("signing in again in the same browser ends the session that was open there", async () => {
  await using installation = await createInstallation();
  const { token } = await createSignedIn(installation);
  const elsewhere = assertOk(await signIn(installation, RIGHT));
  assertRefused(await signIn(installation, { ...WRONG, openToken: token }), "wrong_login");
  assert.notEqual(await resolveSession(installation, token), null, "a wrong password ends nothing");
  const again = assertOk(await signIn(installation, { ...RIGHT, openToken: token }));
  assert.equal(await resolveSession(installation, token), null);
  assert.notEqual(await resolveSession(installation, again.token), null);
  assert.notEqual(await resolveSession(installation, elsewhere.token), null);
});

Deno.test("ended sessions are told to open pages, whoever ends them", async () => {
  await using installation = await createInstallation();
  const { tenantId, token } = await createSignedIn(installation);
  const session = await resolveSession(installation, token);
  const heard: LiveNotice[] = [];
  const ready = Promise.withResolvers<void>();
  const listener = listenForLive(installation.database.appUrl, {
    log: silentLogger,
    onNotice: (notice) => heard.push(notice),
    onReady: () => ready.resolve(),
  });
  await ready.promise;
  await setDisabled(installation, tenantId, true);
  await until(() => heard.length > 0);
  await listener.stop();
  assert.deepEqual(heard, [{ tenantId, endedSession: session?.sessionId }]);
});

Deno.test("sessions that are over are deleted 30 days later, others stay", async () => {
  await using installation = await createInstallation();
  const { tenantId, token } = await createSignedIn(installation);
  const session = await resolveSession(installation, token);
  assert.ok(session !== null);
  await signOut(installation, session, CLIENT);
  assertOk(await signIn(installation, RIGHT));
  const count = () =>
    withTenant(
      installation.db,
      tenantId,
      async (trx) => (await trx.selectFrom("sessions").select("id").execute()).length,
    );
  installation.clock.advance({ hours: 24 * 30 });
  await cleanUpAccess(installation);
  assert.equal(await count(), 2);
  installation.clock.advance({ seconds: 1 });
  await cleanUpAccess(installation);
  assert.equal(await count(), 1);
  installation.clock.advance({ hours: 13 });
  await cleanUpAccess(installation);
  assert.equal(await count(), 0);
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
  await signOut(installation, session, CLIENT);
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
  await signOut(installation, { ...session, tenantId: otherTenant }, CLIENT);
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
