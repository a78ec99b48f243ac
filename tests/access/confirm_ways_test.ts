import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { CONFIRM_TRIES_MAX } from "@/web/domain/access/mod.ts";
import { confirmIdentity } from "@/web/services/access/confirm_identity.ts";
import { askToConfirm } from "@/web/services/access/factors/verify_factor.ts";
import { requireFactor } from "@/web/services/access/factors/require_factor.ts";
import { resolveSession, type StaffSession } from "@/web/services/access/session.ts";
import { listSecurityEvents } from "@/web/store/access/security_log_page.ts";
import { Browser, hiddenFields } from "./_browser.ts";
import { CLIENT, type Company, createTestInstallation, type Installation, PASSWORD } from "./_company.ts";
import { addApp, addSoftPasskey, begin, codeOf, enter, PLACE, withCode } from "./_factors.ts";

async function sessionOf({ context }: Installation, token: string): Promise<StaffSession> {
  const session = await resolveSession(context, token);
  assert.ok(session !== null);
  return session;
}

async function openCompany(installation: Installation) {
  const company = await installation.addCompany("Ilaya Net");
  const enrolled = await enter(installation, company, "Ben Reyes", [company.roles.Owner!]);
  return { company, enrolled, session: await sessionOf(installation, enrolled.token) };
}

async function reasonsOf({ context }: Installation, company: Company): Promise<string[]> {
  await context.security.settled();
  const { rows } = await company.run((trx) => listSecurityEvents(trx, {}, { limit: 100 }));
  return rows.map(({ kind, reason, times }) => `${kind} ${reason} ${times}`);
}

const code = (answer: string) => ({ way: "code", answer }) as const;

Deno.test("a code of the app confirms once; the same one again does not, and the log has both", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const { company, enrolled, session } = await openCompany(installation);
  const { secret } = await addApp(installation, company, enrolled);
  clock.advance({ minutes: 16 });
  const shown = codeOf(secret, clock.now());
  assertOk(await confirmIdentity(context, session, code(shown), CLIENT));
  assert.ok((await sessionOf(installation, enrolled.token)).confirmedAt?.equals(clock.now()));
  const again = await confirmIdentity(context, session, code(shown), CLIENT);
  assert.deepEqual(again, {
    ok: false,
    code: "confirm_code_used",
    values: { left: CONFIRM_TRIES_MAX - 1 },
  });
  const written = await reasonsOf(installation, company);
  assert.ok(written.includes("confirmed app_code 1"), written.join());
  assert.ok(written.includes("confirm_failed wrong_code 1"), written.join());
});

Deno.test("a code that confirmed does not sign in, and the other way round", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const { company, enrolled, session } = await openCompany(installation);
  const { secret } = await addApp(installation, company, enrolled);
  clock.advance({ minutes: 1 });
  const first = codeOf(secret, clock.now());
  assertOk(await confirmIdentity(context, session, code(first), CLIENT));
  const step = await begin(installation, enrolled.email);
  assertRefused(await withCode(installation, step, first), "factor_code_used");
  clock.advance({ minutes: 1 });
  const second = codeOf(secret, clock.now());
  assertOk(await withCode(installation, step, second));
  assertRefused(await confirmIdentity(context, session, code(second), CLIENT), "confirm_code_used");
});

Deno.test("a code is taken once by two at the same time", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const { company, enrolled, session } = await openCompany(installation);
  const { secret } = await addApp(installation, company, enrolled);
  clock.advance({ minutes: 1 });
  const shown = codeOf(secret, clock.now());
  const both = await Promise.all(
    [1, 2].map(() => confirmIdentity(context, session, code(shown), CLIENT)),
  );
  assert.equal(both.filter(({ ok }) => ok).length, 1);
});

Deno.test("wrong codes and wrong passwords count together; the fifth in a row ends the session", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const { company, enrolled, session } = await openCompany(installation);
  const { secret, codes } = await addApp(installation, company, enrolled);
  clock.advance({ minutes: 1 });
  const known = context.browsers.issue(null, session.staffUserId, clock.now());
  const client = { ...CLIENT, known };
  const wrong = codeOf(secret, clock.now().subtract({ hours: 5 }));
  assertRefused(await confirmIdentity(context, session, code(wrong), client), "wrong_confirm_code");
  assertRefused(await confirmIdentity(context, session, code(codes[0]!), client), "wrong_confirm_code");
  assertRefused(
    await confirmIdentity(context, session, { way: "password", answer: "kape sa gabi" }, client),
    "wrong_confirmation",
  );
  assertRefused(await confirmIdentity(context, session, code("x"), client), "wrong_confirm_code");
  assertRefused(
    await confirmIdentity(context, session, { way: "passkey", answer: "{}" }, client),
    "session_over",
  );
  assert.equal(await resolveSession(context, enrolled.token), null);
});

Deno.test("a passkey confirms by what this session asked it, once and at its own host", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const { company, enrolled, session } = await openCompany(installation);
  const { passkey } = await addSoftPasskey(installation, enrolled);
  clock.advance({ minutes: 16 });
  const question = await askToConfirm(context, session, PLACE);
  assert.ok(question !== null);
  const answer = passkey.answer(question.options, PLACE);
  const client = { ...CLIENT, place: PLACE };
  assertRefused(
    await confirmIdentity(context, session, { way: "passkey", answer }, CLIENT),
    "passkey_not_confirmed",
  );
  assertOk(await confirmIdentity(context, session, { way: "passkey", answer }, client));
  assertRefused(
    await confirmIdentity(context, session, { way: "passkey", answer }, client),
    "passkey_not_confirmed",
  );
  assert.equal(await askToConfirm(context, session, { rpId: "other.example" }), null);
  assert.ok((await reasonsOf(installation, company)).includes("confirmed passkey 1"));
});

Deno.test("a passkey of somebody else confirms nothing", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const { company, enrolled, session } = await openCompany(installation);
  const other = await enter(installation, company, "Lita Ramos", [company.roles.Cashier!]);
  await addSoftPasskey(installation, enrolled);
  const { passkey } = await addSoftPasskey(installation, other);
  const question = await askToConfirm(context, session, PLACE);
  const answer = passkey.answer(question?.options, PLACE);
  const client = { ...CLIENT, place: PLACE };
  assertRefused(
    await confirmIdentity(context, session, { way: "passkey", answer }, client),
    "passkey_not_confirmed",
  );
});

Deno.test("the question offers a code to who has an app, and a waiting form goes out with it, without scripts", async () => {
  await using installation = await createTestInstallation();
  const { clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const enrolled = await enter(installation, company, "Ben Reyes", [company.roles.Owner!]);
  const browser = new Browser(await createWebApp(installation.context));
  const plain = new Browser(browser.app);
  const { email } = await company.member(company.owner.staffUserId);
  await plain.send("/login", { email, password: PASSWORD });
  const { secret } = await addApp(installation, company, enrolled);
  await browser.send("/login", { email: enrolled.email, password: PASSWORD });
  clock.advance({ minutes: 1 });
  assert.equal((await browser.send("/login/second", { code: codeOf(secret, clock.now()) })).status, 303);
  clock.advance({ minutes: 16 });
  assert.doesNotMatch((await plain.send("/admin/confirm?back=/admin/roles/new")).html, /name="_code"/);
  const page = await browser.send("/admin/confirm?back=/admin/roles/new");
  assert.match(page.html, /name="_code"/);
  assert.match(page.html, /name="_password"/);
  const waits = await browser.post("/admin/roles/new", { name: "Night desk", permission: ["payment:read"] });
  assert.match(waits.html, /name="_code"/);
  const fields = hiddenFields(waits.html, "/admin/roles/new");
  const empty = await browser.send("/admin/roles/new", { ...fields, _password: "", _code: "" });
  assert.equal(empty.status, 403);
  const wrong = await browser.send("/admin/roles/new", { ...fields, _password: "", _code: "12" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.html, /not the code that your app shows/);
  // A browser fills the password in by itself: the code that somebody typed counts.
  const sent = await browser.send("/admin/roles/new", {
    ...fields,
    _password: "kape sa gabi",
    _code: codeOf(secret, clock.now()),
  });
  assert.match(sent.location, /^\/admin\/roles\/[0-9a-f-]{36}\?done=made$/);
  assert.equal((await browser.post("/admin/confirm/passkey-options", {})).status, 404, "has none");
});

Deno.test("who must add a factor first is asked who they are, and comes back to where they add it", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const person = await company.hire("Ben Reyes", [company.roles.Cashier!]);
  const { email } = await company.member(person.staffUserId);
  const browser = new Browser(await createWebApp(context));
  await browser.send("/login", { email, password: PASSWORD });
  assertOk(
    await requireFactor(context, company.tenantId, company.owner, {
      roleId: company.roles.Cashier!,
      isRequired: true,
    }),
  );
  clock.advance({ minutes: 16 });
  const path = "/admin/settings/second-factor/passkey";
  const asked = await browser.send(path);
  assert.equal(asked.location, `/admin/confirm?back=${encodeURIComponent(path)}`);
  const question = await browser.send(asked.location);
  assert.equal(question.status, 200);
  const fields = hiddenFields(question.html, "/admin/confirm");
  const right = await browser.send("/admin/confirm", { ...fields, _password: PASSWORD });
  assert.equal(right.location, path);
  assert.equal((await browser.send(path)).status, 200);
});
