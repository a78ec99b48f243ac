import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { formatRecoveryCode } from "@/web/domain/access/second_factor.ts";
import { makeRecoveryCodes } from "@/web/services/access/factors/own_factors.ts";
import { removeApp, removePasskey } from "@/web/services/access/factors/remove_factor.ts";
import { requireFactor } from "@/web/services/access/factors/require_factor.ts";
import { resetFactors } from "@/web/services/access/factors/reset_factors.ts";
import { makeResetLink, resetPassword } from "@/web/services/access/reset_password.ts";
import { openSession } from "@/web/services/access/open_session.ts";
import { findSessionAccess, resolveSession } from "@/web/services/access/session.ts";
import { signIn } from "@/web/services/access/sign_in.ts";
import { findFactors } from "@/web/store/access/factors.ts";
import { disableStaff } from "@/web/services/access/disable_staff.ts";
import { describeFactorReset } from "@/tools/admin/reset_factor.ts";
import { CLIENT, createTestInstallation, PASSWORD } from "./_company.ts";
import { addApp, addSoftPasskey, begin, codeOf, enter, withCode } from "./_factors.ts";

const LATER = { seconds: 30 };

Deno.test("with an app the password alone opens no session, and a code of the app does", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  const { secret } = await addApp(installation, company, ben);
  assert.notEqual(await resolveSession(context, ben.token), null, "the session in which it was added stays");
  clock.advance(LATER);
  assertRefused(
    await signIn(context, { ...CLIENT, email: ben.email, password: PASSWORD }),
    "second_factor_needed",
  );
  const step = await begin(installation, ben.email);
  assert.equal(await resolveSession(context, step), null, "the step is no session");
  assertRefused(await withCode(installation, step, "000000"), "wrong_code");
  const { token } = assertOk(await withCode(installation, step, codeOf(secret, clock.now())));
  assert.equal((await resolveSession(context, token))?.staffUserId, ben.actor.staffUserId);
  assertRefused(await withCode(installation, step, codeOf(secret, clock.now().add(LATER))), "step_gone");
});

Deno.test("a session that was opened before the factor was added is over, also a stream of it", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  const { token } = assertOk(await signIn(context, { ...CLIENT, email: ben.email, password: PASSWORD }));
  const other = await resolveSession(context, token);
  assert.ok(other !== null);
  await addApp(installation, company, ben);
  assert.equal(await resolveSession(context, token), null);
  assert.equal(await findSessionAccess(context, other), null);
  assert.equal(
    await openSession(context, company.tenantId, ben.actor.staffUserId, CLIENT),
    null,
    "nothing opens one without the factor",
  );
});

Deno.test("a code of an app is taken once, also by two at the same time, and none that is older", async () => {
  await using installation = await createTestInstallation();
  const { clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  const { secret } = await addApp(installation, company, ben);
  const first = codeOf(secret, clock.now());
  assertRefused(
    await withCode(installation, await begin(installation, ben.email), first),
    "factor_code_used",
  );
  clock.advance(LATER);
  const code = codeOf(secret, clock.now());
  const steps = [await begin(installation, ben.email), await begin(installation, ben.email)];
  const both = await Promise.all(steps.map((step) => withCode(installation, step, code)));
  assert.deepEqual(both.map(({ ok }) => ok).sort(), [false, true]);
  assertRefused(both.find(({ ok }) => !ok)!, "factor_code_used");
  // The clock set back: what was taken stays taken.
  clock.advance({ seconds: -30 });
  assertRefused(
    await withCode(installation, await begin(installation, ben.email), first),
    "factor_code_used",
  );
});

Deno.test("two ends of one step open one session", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  const { codes } = await addApp(installation, company, ben);
  const step = await begin(installation, ben.email);
  const both = await Promise.all([codes[0]!, codes[1]!].map((code) => withCode(installation, step, code)));
  assert.deepEqual(both.map(({ ok }) => ok).sort(), [false, true]);
});

Deno.test("after five wrong codes a sixth is not looked at for a quarter of an hour, from wherever it comes", async () => {
  await using installation = await createTestInstallation();
  const { clock, context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  const { secret } = await addApp(installation, company, ben);
  clock.advance(LATER);
  const wrong = await begin(installation, ben.email);
  const tries = Array.from(
    { length: 8 },
    (_, n) => withCode(installation, wrong, "000000", { ip: `198.51.100.${n}` }),
  );
  const codes = (await Promise.all(tries)).map((answer) => answer.ok ? "" : answer.code).sort();
  assert.deepEqual(codes, [
    ...Array.from({ length: 3 }, () => "too_many_tries"),
    ...Array.from({ length: 5 }, () => "wrong_code"),
  ]);
  const step = await begin(installation, ben.email);
  assertRefused(await withCode(installation, step, codeOf(secret, clock.now())), "too_many_tries");
  clock.advance({ minutes: 15 });
  const again = await begin(installation, ben.email);
  assertOk(await withCode(installation, again, codeOf(secret, clock.now())));
  await context.security.settled();
  const seen = await company.run((trx) =>
    trx.selectFrom("security_events").select(["kind", "reason"]).execute()
  );
  const said = seen.map(({ kind, reason }) => `${kind} ${reason}`);
  for (
    const expected of ["sign_in_failed wrong_code", "sign_in_locked too_many_tries", "sign_in_ok second_app"]
  ) {
    assert.ok(said.includes(expected), `${expected} is in the security log: ${said.join(", ")}`);
  }
});

Deno.test("a step is over after ten minutes, with another password, and for somebody who was disabled", async () => {
  await using installation = await createTestInstallation();
  const { clock, context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  const { codes } = await addApp(installation, company, ben);
  const late = await begin(installation, ben.email);
  clock.advance({ minutes: 10 });
  assertRefused(await withCode(installation, late, codes[0]!), "step_gone");
  const before = await begin(installation, ben.email);
  const { staffUserId } = ben.actor;
  const link = assertOk(await makeResetLink(context, company.tenantId, company.owner, { staffUserId }));
  const password = "isang bagong kape";
  assertOk(await resetPassword(context, { code: link.code, password, ip: CLIENT.ip }));
  assertRefused(await withCode(installation, before, codes[0]!), "step_gone");
  assertRefused(
    await signIn(context, { ...CLIENT, email: ben.email, password }),
    "second_factor_needed",
  );
});

Deno.test("a recovery code stands for the factor once, of two at the same time for one, and says how many are left", async () => {
  await using installation = await createTestInstallation();
  const { clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  const { codes } = await addApp(installation, company, ben);
  assert.equal(new Set(codes).size, 10);
  const typed = formatRecoveryCode(codes[0]!).toLowerCase();
  const steps = [await begin(installation, ben.email), await begin(installation, ben.email)];
  const both = await Promise.all(steps.map((step) => withCode(installation, step, typed)));
  const won = both.find(({ ok }) => ok);
  assert.equal(won?.ok === true && won.value.codesLeft, 9);
  assertRefused(both.find(({ ok }) => !ok)!, "wrong_code");
  const { codes: anew } = assertOk(await makeRecoveryCodes(installation.context, ben.actor, ben.person));
  clock.advance({ minutes: 15 });
  assertRefused(await withCode(installation, await begin(installation, ben.email), codes[1]!), "wrong_code");
  assertOk(await withCode(installation, await begin(installation, ben.email), anew[1]!));
  const stored = await company.run((trx) => trx.selectFrom("staff_recovery_codes").selectAll().execute());
  assert.ok(!JSON.stringify(stored).includes(anew[0]!), "only hashes are stored");
});

Deno.test("the code of another person is worth nothing", async () => {
  await using installation = await createTestInstallation();
  const { clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  const eva = await enter(installation, company, "Eva Cruz", [company.roles.Cashier!]);
  await addApp(installation, company, ben);
  const hers = await addApp(installation, company, eva);
  clock.advance(LATER);
  const step = await begin(installation, ben.email);
  assertRefused(await withCode(installation, step, codeOf(hers.secret, clock.now())), "wrong_code");
  assertRefused(await withCode(installation, step, hers.codes[0]!), "wrong_code");
});

Deno.test("a role asks for a factor: who has none may do nothing but add one, at once and also by a stream", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const roleId = company.roles.Cashier!;
  const ben = await enter(installation, company, "Ben Reyes", [roleId]);
  assertOk(await requireFactor(context, company.tenantId, company.owner, { roleId, isRequired: true }));
  const held = await resolveSession(context, ben.token);
  assert.equal(held?.mustEnrol, true);
  assert.equal(held?.permissions.size, 0);
  assert.equal(await findSessionAccess(context, held!), null);
  await addApp(installation, company, ben);
  const free = await resolveSession(context, ben.token);
  assert.equal(free?.mustEnrol, false);
  assert.ok((free?.permissions.size ?? 0) > 0);
  assert.equal((await company.audited()).at(-2)?.action, "role.second_factor");
  assert.equal((await company.audited()).at(-1)?.action, "staff.factor_added");
});

Deno.test("the last factor stays while a role asks for one, also for two who take the two last ones away at once", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const roleId = company.roles.Cashier!;
  const ben = await enter(installation, company, "Ben Reyes", [roleId]);
  await addApp(installation, company, ben);
  await addSoftPasskey(installation, ben);
  assertOk(await requireFactor(context, company.tenantId, company.owner, { roleId, isRequired: true }));
  const [passkey] = (await company.run((trx) => findFactors(trx, ben.actor.staffUserId))).passkeys;
  const both = await Promise.all([
    removeApp(context, ben.actor, ben.person),
    removePasskey(context, ben.actor, ben.person, { passkeyId: passkey!.id }),
  ]);
  assert.deepEqual(both.map(({ ok }) => ok).sort(), [false, true]);
  assertRefused<null>(both.find(({ ok }) => !ok)!, "last_factor");
  assertOk(await requireFactor(context, company.tenantId, company.owner, { roleId, isRequired: false }));
  const left = await company.run((trx) => findFactors(trx, ben.actor.staffUserId));
  if (left.appSince !== null) assertOk(await removeApp(context, ben.actor, ben.person));
  else assertOk(await removePasskey(context, ben.actor, ben.person, { passkeyId: left.passkeys[0]!.id }));
  assert.equal((await company.run((trx) => findFactors(trx, ben.actor.staffUserId))).codesLeft, 0);
  assertOk(await signIn(context, { ...CLIENT, email: ben.email, password: PASSWORD }));
});

Deno.test("an owner resets the factors of somebody who works for them alone, and nobody their own", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const [company, other] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
  ];
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  await addApp(installation, company, ben);
  const { staffUserId } = ben.actor;
  const manager = await company.hire("Mia Lim", [await company.role("Desk", ["staff:write", "staff:read"])]);
  const reset = (by: typeof manager, whom = staffUserId, at = company.tenantId) =>
    resetFactors(context, at, by, { staffUserId: whom });
  assertRefused(await reset(manager), "has_more_than_you");
  assertRefused(await reset(company.owner, company.owner.staffUserId), "own_factor");
  const away = await enter(installation, company, "Leo Uy", [company.roles.Cashier!]);
  await addApp(installation, company, away);
  const gone = { staffUserId: away.actor.staffUserId };
  assertOk(await disableStaff(context, company.tenantId, company.owner, gone));
  assertRefused(await reset(company.owner, gone.staffUserId), "staff_is_away");
  assertRefused(await reset(other.owner, staffUserId, other.tenantId), "staff_not_found");
  assertOk(await reset(company.owner));
  assert.equal(await resolveSession(context, ben.token), null, "their sessions end");
  assertRefused(await reset(company.owner), "factor_gone");
  assertOk(await signIn(context, { ...CLIENT, email: ben.email, password: PASSWORD }));
  assert.equal((await company.audited()).at(-1)?.action, "staff.factors_reset");
});

Deno.test("admin:reset-factor takes them away for whoever sits at the server", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  await addApp(installation, company, ben);
  assert.equal((await describeFactorReset(context, "nobody@isp.example")).isDone, false);
  assert.equal((await describeFactorReset(context, ben.email.toUpperCase())).isDone, true);
  assert.equal((await describeFactorReset(context, ben.email)).isDone, false);
  assertOk(await signIn(context, { ...CLIENT, email: ben.email, password: PASSWORD }));
});
