import assert from "node:assert/strict";
import { CONFIRM_TRIES_MAX } from "@/web/domain/access/mod.ts";
import { confirmIdentity } from "@/web/services/access/confirm_identity.ts";
import { openSession } from "@/web/services/access/open_session.ts";
import { resolveSession, signOut } from "@/web/services/access/session.ts";
import { signIn } from "@/web/services/access/sign_in.ts";
import { switchCompany } from "@/web/services/access/switch_company.ts";
import { listSecurityEvents } from "@/web/store/access/security_log_page.ts";
import { silentLogger } from "@/shared/log.ts";
import { migrate } from "@/web/store/db/migrate.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import {
  assertSignedIn,
  CLIENT,
  type Company,
  createTestInstallation,
  type Installation,
  PASSWORD,
} from "./_company.ts";

/** Ana, signed in at a company in a browser that she knows. */
async function signedInAt(installation: Installation, company: Company) {
  const { context } = installation;
  const { email } = await company.member(company.owner.staffUserId);
  const known = context.browsers.issue(null, company.owner.staffUserId, context.clock.now());
  const { token } = assertOk(await signIn(context, { ...CLIENT, email, password: PASSWORD, known }));
  const session = await resolveSession(context, token);
  assert.ok(session !== null);
  return { token, session, client: { ...CLIENT, known } };
}

const proof = (answer: string) => ({ way: "password", answer }) as const;

async function reasonsOf({ context }: Installation, company: Company): Promise<string[]> {
  await context.security.settled();
  const { rows } = await company.run((trx) => listSecurityEvents(trx, {}, { limit: 100 }));
  return rows.map(({ kind, reason, times }) => `${kind} ${reason} ${times}`).sort();
}

Deno.test("to sign in confirms; the right password confirms again from that moment, and both are in the log", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { token, session, client } = await signedInAt(installation, company);
  assert.ok(session.confirmedAt?.equals(clock.now()));
  clock.advance({ minutes: 20 });
  assert.ok((await resolveSession(context, token))?.confirmedAt?.equals(session.confirmedAt!));
  assertOk(await confirmIdentity(context, session, proof(PASSWORD), client));
  assert.ok((await resolveSession(context, token))?.confirmedAt?.equals(clock.now()));
  assert.deepEqual(await reasonsOf(installation, company), ["confirmed password 1", "sign_in_ok password 1"]);
});

Deno.test("wrong passwords confirm nothing; the fifth in a row ends the session, on every node", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { token, session, client } = await signedInAt(installation, company);
  for (let left = CONFIRM_TRIES_MAX - 1; left > 0; left--) {
    const refused = await confirmIdentity(context, session, proof("kape sa gabi"), client);
    assert.deepEqual(refused, { ok: false, code: "wrong_confirmation", values: { left } });
  }
  assert.ok((await resolveSession(context, token))?.confirmedAt?.equals(session.confirmedAt!));
  assertRefused(await confirmIdentity(context, session, proof("kape sa gabi"), client), "session_over");
  assert.equal(await resolveSession(context, token), null);
  assertRefused(await confirmIdentity(context, session, proof(PASSWORD), client), "session_over");
  assert.deepEqual(await reasonsOf(installation, company), [
    "confirm_failed wrong_password 5",
    "session_ended not_confirmed 1",
    "sign_in_ok password 1",
  ]);
});

Deno.test("the right password begins the count anew", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { session, client } = await signedInAt(installation, company);
  for (let round = 0; round < 2; round++) {
    for (let i = 1; i < CONFIRM_TRIES_MAX; i++) {
      assertRefused(
        await confirmIdentity(context, session, proof("x"), client),
        "wrong_confirmation",
      );
    }
    assertOk(await confirmIdentity(context, session, proof(PASSWORD), client));
  }
});

Deno.test("tries at the same time cannot pass the limit together", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { token, session, client } = await signedInAt(installation, company);
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => confirmIdentity(context, session, proof(`guess ${i}`), client)),
  );
  const codes = answers.map((answer) => answer.ok ? "ok" : answer.code);
  assert.equal(codes.filter((code) => code === "wrong_confirmation").length, CONFIRM_TRIES_MAX - 1);
  assert.ok(codes.includes("session_over"), codes.join());
  assert.equal(await resolveSession(context, token), null);
});

Deno.test("it is no second door: tries count together with those of signing in", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { session } = await signedInAt(installation, company);
  const { email } = await company.member(company.owner.staffUserId);
  for (let i = 0; i < 4; i++) {
    assertRefused(await signIn(context, { ...CLIENT, email, password: "x" }), "wrong_login");
  }
  assertRefused(await confirmIdentity(context, session, proof("x"), CLIENT), "wrong_confirmation");
  const waiting = await confirmIdentity(context, session, proof(PASSWORD), CLIENT);
  assertRefused(waiting, "too_many_tries");
});

Deno.test("a session that ended while the password was looked at stays ended", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { token, session, client } = await signedInAt(installation, company);
  await signOut(context, session, CLIENT);
  assertRefused(await confirmIdentity(context, session, proof(PASSWORD), client), "session_over");
  assert.equal(await resolveSession(context, token), null);
});

Deno.test("to go to another company proves nothing: the confirmation is as old as it was", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { session, client } = await signedInAt(installation, company);
  clock.advance({ minutes: 14 });
  const moved = assertSignedIn(await switchCompany(context, session, company.tenantId, client));
  assert.ok((await resolveSession(context, moved.token))?.confirmedAt?.equals(session.confirmedAt!));
  const unknown = await openSession(
    context,
    company.tenantId,
    company.owner.staffUserId,
    CLIENT,
    "switched",
  );
  assert.equal((await resolveSession(context, unknown!.token))?.confirmedAt, null);
});

Deno.test("the schema runs back over confirmed sessions and entries of new kinds, and people stay signed in", async () => {
  await using installation = await createTestInstallation();
  const { context, database } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { email } = await company.member(company.owner.staffUserId);
  const { token } = assertOk(await signIn(context, { ...CLIENT, email, password: PASSWORD }));
  assert.equal((await reasonsOf(installation, company)).length, 2, "a new device, and the sign-in");
  await migrate(database.ownerUrl, { to: "0068_lighten_mail" }, silentLogger);
  await migrate(database.ownerUrl, {}, silentLogger);
  assert.deepEqual(await reasonsOf(installation, company), ["sign_in_ok password 1"]);
  assert.equal((await resolveSession(context, token))?.confirmedAt, null, "asked once more");
});
