import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { withScene } from "@/tests/support/scene.ts";
import { describeReset } from "@/tools/admin/reset_password.ts";
import { acceptStaffInvite } from "@/web/services/access/accept_invite.ts";
import { disableStaff } from "@/web/services/access/disable_staff.ts";
import { inviteStaff } from "@/web/services/access/invite_staff.ts";
import { makeResetLink, openReset, resetPassword } from "@/web/services/access/reset_password.ts";
import { openSession } from "@/web/services/access/open_session.ts";
import { resolveSession } from "@/web/services/access/session.ts";
import { signIn } from "@/web/services/access/sign_in.ts";
import { assertSignedIn, CLIENT, createTestInstallation, PASSWORD } from "./_company.ts";

const CHOSEN = "siomai tuwing biyernes";

Deno.test("a link changes a password once, within an hour; every session that had the old one ends", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const call = [context, company.tenantId, company.owner] as const;
  const person = await company.hire("Ben Reyes", [company.roles.Cashier!]);
  const { email } = await company.member(person.staffUserId);
  const login = { ...CLIENT, email, password: PASSWORD };
  const { token } = assertOk(await signIn(context, login));
  const before = assertOk(await makeResetLink(...call, person));
  const { code } = assertOk(await makeResetLink(...call, person));
  assert.equal(await openReset(context, before.code), null, "the one before is worthless");
  assert.deepEqual(await openReset(context, code), { email, name: "Ben Reyes", company: "Ilaya Net" });
  const given = { code, ip: CLIENT.ip };
  assertRefused(await resetPassword(context, { ...given, password: "12345678" }), "password_common");
  assert.notEqual(await resolveSession(context, token), null, "nothing has changed yet");
  assertOk(await resetPassword(context, { ...given, password: CHOSEN }));
  assert.equal(await resolveSession(context, token), null);
  assertRefused(await resetPassword(context, { ...given, password: CHOSEN }), "reset_gone");
  assertRefused(await signIn(context, login), "wrong_login");
  assertOk(await signIn(context, { ...login, password: CHOSEN }));
  const late = assertOk(await makeResetLink(...call, person));
  clock.advance({ minutes: 60 });
  assert.equal(await openReset(context, late.code), null);
  assertRefused(await resetPassword(context, { ...given, code: late.code, password: CHOSEN }), "reset_gone");
  const written = (await company.audited()).map(({ action }) => action);
  assert.deepEqual(written.slice(0, 3), [
    "staff.password_link_made",
    "staff.password_link_made",
    "staff.password_set",
  ]);
});

Deno.test("roles-01: nobody makes a link for who may do more, for themselves, or for who works elsewhere", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const [ours, theirs] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
  ];
  const manager = await ours.hire("Mia", [await ours.role("Manager", ["staff:read", "staff:write"])]);
  const { tenantId, owner } = ours;
  assertRefused(await makeResetLink(context, tenantId, manager, owner), "has_more_than_you");
  assertRefused(await makeResetLink(context, tenantId, owner, owner), "own_password");
  assertRefused(await makeResetLink(context, tenantId, owner, theirs.owner), "staff_not_found");
  assert.deepEqual((await ours.audited()).map(({ action }) => action), ["staff.refused"]);
  // A link that was made while they worked here alone is worthless once they work elsewhere too.
  const { code } = assertOk(await makeResetLink(context, tenantId, owner, manager));
  const { email } = await ours.member(manager.staffUserId);
  const invite = assertOk(
    await inviteStaff(context, theirs.tenantId, theirs.owner, {
      email,
      name: "Mia",
      roleIds: [theirs.roles.Cashier!],
    }),
  );
  assertOk(await acceptStaffInvite(context, { ...CLIENT, ...invite, name: "", password: PASSWORD }));
  assert.equal(await openReset(context, code), null);
  assertRefused(await makeResetLink(context, tenantId, owner, manager), "works_elsewhere");
});

Deno.test("a link is worthless once its maker, or whom it is for, is disabled", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const second = await company.hire("Eva", [company.roles.Owner!]);
  const person = await company.hire("Ben", [company.roles.Cashier!]);
  const call = [context, company.tenantId, company.owner] as const;
  const bySecond = assertOk(await makeResetLink(context, company.tenantId, second, person));
  assertOk(await disableStaff(...call, second));
  assert.equal(await openReset(context, bySecond.code), null);
  const { code } = assertOk(await makeResetLink(...call, person));
  assertOk(await disableStaff(...call, person));
  assert.equal(await openReset(context, code), null);
});

Deno.test("at the server a link is made for anybody who may sign in, also for the only owner and who works for several", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const [ours, theirs] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
  ];
  const { email } = await ours.member(ours.owner.staffUserId);
  const invite = assertOk(
    await inviteStaff(context, theirs.tenantId, theirs.owner, {
      email,
      name: "Ana",
      roleIds: [theirs.roles.Cashier!],
    }),
  );
  const there = assertSignedIn(
    await acceptStaffInvite(context, { ...CLIENT, ...invite, name: "", password: PASSWORD }),
  );
  const publicUrl = "https://isp.example";
  const { lines } = await describeReset(context, { email: email.toUpperCase(), publicUrl });
  const code = /^https:\/\/isp\.example\/reset\/([\w-]{43})$/.exec(lines[0] ?? "")?.[1];
  assert.ok(code !== undefined, lines.join("\n"));
  assertOk(await resetPassword(context, { code, ip: CLIENT.ip, password: CHOSEN }));
  assert.equal(await resolveSession(context, there.token), null, "also at the other company");
  assert.deepEqual(await describeReset(context, { email: "nobody@isp.example", publicUrl }), {
    isMade: false,
    lines: ["Nobody who may sign in has the address nobody@isp.example"],
  });
  const [made] = await ours.run((trx) =>
    trx.selectFrom("audit_entries").select(["actor", "actor_kind"])
      .where("action", "=", "staff.password_link_made").execute()
  );
  assert.deepEqual({ ...made }, { actor: "Server", actor_kind: "system" });
});

Deno.test("a sign-in whose password is changed while it is looked at opens nothing", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { staffUserId } = company.owner;
  const old = await company.run((trx) =>
    trx.selectFrom("staff_users").select("password_hash").executeTakeFirstOrThrow()
  );
  const { email } = await company.member(staffUserId);
  const { lines } = await describeReset(context, { email, publicUrl: "" });
  const code = lines[0]!.slice("/reset/".length);
  assertOk(await resetPassword(context, { code, ip: CLIENT.ip, password: CHOSEN }));
  const late = { ...CLIENT, passwordHash: old.password_hash };
  assert.equal(await openSession(context, company.tenantId, staffUserId, late), null);
});

Deno.test("an owner makes the link on a person's page, and the person chooses the password", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, app, owner }) => {
    await app.signIn(isp.tenantId, "Cashier");
    const { id } = await isp.run((trx) =>
      trx.selectFrom("staff_roles as s").innerJoin("roles as r", "r.id", "s.role_id")
        .select("s.staff_user_id as id").where("r.name", "like", "Cashier%").executeTakeFirstOrThrow()
    );
    const made = await owner.post(`/admin/staff/${id}/password`, {});
    assert.deepEqual([made.status, made.location], [303, `/admin/staff/${id}?done=link_no_mail_server`]);
    const cookie = made.headers.getSetCookie()[0]!.split(";")[0]!;
    const shown = await owner.get(made.location, { cookie });
    const path = /http:\/\/linya\.test(\/reset\/[\w-]{43})/.exec(shown.html)?.[1];
    assert.ok(path !== undefined);
    assert.doesNotMatch((await owner.get(made.location)).html, /\/reset\/[\w-]{43}/);
    const send = (fields?: Record<string, string>) =>
      app.handler(
        new Request(`http://linya.test${path}`, {
          headers: { origin: "http://linya.test" },
          ...(fields && { method: "POST", body: new URLSearchParams(fields) }),
        }),
      );
    assert.match(await (await send()).text(), /A new password/);
    const set = await send({ password: CHOSEN });
    assert.deepEqual([set.status, set.headers.get("location")], [303, "/login?done=reset"]);
    const again = await send({ password: CHOSEN });
    assert.equal(again.status, 404);
    assert.match(await again.text(), /This link cannot be used/);
    assert.equal((await send()).status, 404);
  });
});
