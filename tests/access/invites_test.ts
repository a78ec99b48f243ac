import assert from "node:assert/strict";
import { assertOk, assertRefused, assertRejectsWith } from "@/tests/support/expect.ts";
import { until } from "@/tests/support/until.ts";
import { acceptStaffInvite, openInvite } from "@/web/services/access/accept_invite.ts";
import { changeStaffRoles } from "@/web/services/access/change_staff_roles.ts";
import { disableStaff, enableStaff, leaveCompany } from "@/web/services/access/disable_staff.ts";
import { inviteStaff, renewStaffInvite, withdrawStaffInvite } from "@/web/services/access/invite_staff.ts";
import { resolveSession } from "@/web/services/access/session.ts";
import { signIn } from "@/web/services/access/sign_in.ts";
import { listStaffWith, lookupMemberships } from "@/web/store/access/staff.ts";
import { listenForLive, type LiveNotice } from "@/web/store/live/live_topics.ts";
import { silentLogger } from "@/shared/log.ts";
import {
  assertSignedIn,
  CLIENT,
  type Company,
  createTestInstallation,
  type Installation,
  PASSWORD,
} from "./_company.ts";

const NEW = { email: "ben@isp.example", name: "Ben Reyes" };
const CHOSEN = "siomai tuwing biyernes";

async function invited({ context }: Installation, company: Company, email = NEW.email) {
  return assertOk(
    await inviteStaff(context, company.tenantId, company.owner, {
      email,
      name: NEW.name,
      roleIds: [company.roles.Cashier!],
    }),
  );
}

Deno.test("a new person chooses a name and a password, and is signed in with the roles of the invitation", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { code } = await invited(installation, company);
  assert.deepEqual(await openInvite(context, code), {
    ...NEW,
    company: "Ilaya Net",
    isKnown: false,
  });
  const given = { ...CLIENT, code, name: "Benjie Reyes" };
  assertRefused(await acceptStaffInvite(context, { ...given, password: "12345678" }), "password_common");
  const { token, staffUserId } = assertSignedIn(
    await acceptStaffInvite(context, { ...given, password: CHOSEN }),
  );
  const session = await resolveSession(context, token);
  assert.equal(session?.staffName, "Benjie Reyes");
  assert.deepEqual((await company.member(staffUserId)).roles.map(({ name }) => name), ["Cashier"]);
  assertOk(await signIn(context, { ...CLIENT, email: NEW.email, password: CHOSEN }));
  assert.deepEqual((await company.audited()).map(({ action }) => action), ["staff.invited", "staff.joined"]);
});

Deno.test("wrong, used, withdrawn, run out, renewed, and of somebody who may not any more: one answer", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const call = [context, company.tenantId, company.owner] as const;
  const make = (email: string) => invited(installation, company, email);
  const [used, withdrawn, renewed, late] = [
    await make("a@isp.example"),
    await make("b@isp.example"),
    await make("c@isp.example"),
    await make("d@isp.example"),
  ];
  const accept = (code: string) =>
    acceptStaffInvite(context, { ...CLIENT, code, name: "Ben", password: CHOSEN });
  assertOk(await accept(used.code));
  assertOk(await withdrawStaffInvite(...call, withdrawn));
  assertRefused(await withdrawStaffInvite(...call, withdrawn), "invite_not_found");
  const again = assertOk(await renewStaffInvite(...call, renewed));
  const manager = await company.hire("Mia", [
    company.roles.Cashier!,
    await company.role("M", ["staff:write"]),
  ]);
  const byManager = assertOk(
    await inviteStaff(context, company.tenantId, manager, {
      email: "e@isp.example",
      name: "E",
      roleIds: [company.roles.Cashier!],
    }),
  );
  const { staffUserId } = manager;
  assertOk(await changeStaffRoles(...call, { staffUserId, roleIds: [company.roles.Cashier!] }));
  const gone = ["made-up", used.code, withdrawn.code, renewed.code, byManager.code];
  for (const code of gone) {
    assert.equal(await openInvite(context, code), null);
    assertRefused(await accept(code), "invite_gone");
  }
  clock.advance({ hours: 71, minutes: 59 });
  assert.notEqual(await openInvite(context, late.code), null);
  clock.advance({ minutes: 1 });
  for (const code of [late.code, again.code]) assertRefused(await accept(code), "invite_gone");
});

Deno.test("one code, many at once: one of them joins", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { code } = await invited(installation, company);
  const tries = await Promise.all(
    [1, 2, 3].map((n) =>
      acceptStaffInvite(context, { ...CLIENT, ip: `203.0.113.${n}`, code, name: "Ben", password: CHOSEN })
    ),
  );
  assert.equal(tries.filter(({ ok }) => ok).length, 1);
});

Deno.test("who works for another company joins with their own password, and it stays theirs", async () => {
  await using installation = await createTestInstallation();
  const { context, database } = installation;
  const [ours, theirs] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
  ];
  const person = await theirs.hire("Carla Diaz", [theirs.roles.Billing!]);
  const { email } = await theirs.member(person.staffUserId);
  const { code } = await invited(installation, ours, email);
  assert.equal((await openInvite(context, code))?.isKnown, true);
  const given = { ...CLIENT, code, name: "Somebody else" };
  assertRefused(await acceptStaffInvite(context, { ...given, password: CHOSEN }), "wrong_login");
  assert.deepEqual(await lookupMemberships(database.db, person.staffUserId), [theirs.tenantId]);
  const joined = assertSignedIn(await acceptStaffInvite(context, { ...given, password: PASSWORD }));
  assert.equal(joined.staffUserId, person.staffUserId);
  assert.equal((await ours.member(person.staffUserId)).name, "Carla Diaz");
  assert.deepEqual(await lookupMemberships(database.db, person.staffUserId), [
    theirs.tenantId,
    ours.tenantId,
  ]);
  const signedIn = assertOk(await signIn(context, { ...CLIENT, email, password: PASSWORD }));
  assert.equal(signedIn.companies, 2);
  // Nothing is left of the proof, and no other company is joined with it.
  const sessions = await theirs.run((trx) =>
    trx.selectFrom("sessions").select("user_agent").where("staff_user_id", "=", person.staffUserId).execute()
  );
  assert.deepEqual(sessions.map((row) => row.user_agent), ["test"]);
});

Deno.test("a company may disable somebody who works elsewhere, and makes nobody its member", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const [ours, theirs] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
  ];
  const person = await theirs.hire("Carla Diaz", [theirs.roles.Billing!]);
  const { email } = await theirs.member(person.staffUserId);
  const { code } = await invited(installation, ours, email);
  const { token } = assertSignedIn(
    await acceptStaffInvite(context, { ...CLIENT, code, name: "", password: PASSWORD }),
  );
  const { staffUserId } = person;
  assertOk(await disableStaff(context, ours.tenantId, ours.owner, { staffUserId }));
  assert.equal(await resolveSession(context, token), null);
  assert.equal((await theirs.member(staffUserId)).state, "active");
  const foreign = { tenant_id: ours.tenantId, staff_user_id: theirs.owner.staffUserId };
  await assertRejectsWith(
    () => ours.run((trx) => trx.insertInto("staff_memberships").values(foreign).execute()),
    "42501",
  );
  await assertRejectsWith(
    () => ours.run((trx) => trx.updateTable("staff_memberships").set(foreign).execute()),
    "42501",
  );
});

Deno.test("who is disabled or has left is out at once, stays out when enabled, and comes back by who may give their roles", async () => {
  await using installation = await createTestInstallation();
  const { context, database } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const call = [context, company.tenantId, company.owner] as const;
  const heard: LiveNotice[] = [];
  const ready = Promise.withResolvers<void>();
  const listening = listenForLive(database.appUrl, {
    log: silentLogger,
    onNotice: (notice) => heard.push(notice),
    onReady: ready.resolve,
  });
  await using _stop = { [Symbol.asyncDispose]: () => listening.stop() };
  await ready.promise;
  const person = await company.hire("Dan Ocampo", [company.roles.Billing!]);
  const { email } = await company.member(person.staffUserId);
  const login = { ...CLIENT, email, password: PASSWORD };
  const { token } = assertOk(await signIn(context, login));
  const { staffUserId } = person;
  const startedAt = performance.now();
  assertOk(await disableStaff(...call, { staffUserId }));
  assert.equal(await resolveSession(context, token), null);
  await until(() => heard.some((notice) => "endedSession" in notice), { what: "every node hears of it" });
  assert.ok(performance.now() - startedAt < 1000);
  assertRefused(await signIn(context, login), "wrong_login");
  assert.ok(!(await company.run((trx) => listStaffWith(trx, "plan:write"))).includes("Dan Ocampo"));
  assertOk(await enableStaff(...call, { staffUserId }));
  assert.equal(await resolveSession(context, token), null);
  assertOk(await signIn(context, login));
  assertOk(await leaveCompany(context, company.tenantId, person));
  assertRefused(await enableStaff(...call, { staffUserId }), "staff_is_away");
  assertRefused(await signIn(context, login), "wrong_login");
  const manager = await company.hire("Mia", [await company.role("M", ["staff:write"])]);
  assertRefused(
    await inviteStaff(context, company.tenantId, manager, {
      email,
      name: "Dan",
      roleIds: [company.roles.Billing!],
    }),
    "not_yours_to_give",
  );
  const { code } = await invited(installation, company, email.toUpperCase());
  assertOk(await acceptStaffInvite(context, { ...CLIENT, code, name: "", password: PASSWORD }));
  assert.deepEqual((await company.member(staffUserId)).roles.map(({ name }) => name), ["Cashier"]);
});

Deno.test("whoever was invited by somebody who was disabled since does not get in", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const second = await company.hire("Eva", [company.roles.Owner!]);
  const { code, inviteId } = assertOk(
    await inviteStaff(context, company.tenantId, second, {
      ...NEW,
      roleIds: [company.roles.Owner!],
    }),
  );
  const call = [context, company.tenantId, company.owner] as const;
  assertOk(await disableStaff(...call, { staffUserId: second.staffUserId }));
  const given = { ...CLIENT, code, name: "Ben", password: CHOSEN };
  assertRefused(await acceptStaffInvite(context, given), "invite_gone");
  assertRefused(await renewStaffInvite(...call, { inviteId }), "invite_not_found");
});

Deno.test("an invitation that gives more than one has is neither renewed nor withdrawn, and the try is written down", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const manager = await company.hire("Mia", [await company.role("M", ["staff:write"])]);
  const made = await invited(installation, company);
  const call = [context, company.tenantId, manager] as const;
  assertRefused(await withdrawStaffInvite(...call, made), "not_yours_to_give");
  assertRefused(await renewStaffInvite(...call, made), "not_yours_to_give");
  assert.notEqual(await openInvite(context, made.code), null);
  const refused = (await company.audited()).filter(({ action }) => action === "staff.refused");
  assert.equal(refused.length, 2);
});

Deno.test("an address has one open invitation, and none while its owner works here", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const call = [context, company.tenantId, company.owner] as const;
  await invited(installation, company);
  const again = { ...NEW, email: "Ben@ISP.example", roleIds: [company.roles.Cashier!] };
  assertRefused(await inviteStaff(...call, again), "invite_open_already");
  clock.advance({ hours: 73 });
  assertOk(await inviteStaff(...call, again));
  const { email } = await company.member(company.owner.staffUserId);
  assertRefused(await inviteStaff(...call, { ...again, email }), "staff_here_already");
});

Deno.test("passwords are guessed through invitations no faster than through the sign-in page", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const [ours, theirs] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
  ];
  const { email } = await theirs.member(theirs.owner.staffUserId);
  const { code } = await invited(installation, ours, email);
  const codes: string[] = [];
  for (let n = 0; n < 7; n++) {
    const tried = await acceptStaffInvite(context, {
      ...CLIENT,
      code,
      name: "",
      password: `guess ${n} of it`,
    });
    codes.push(tried.ok ? "" : tried.code);
  }
  assert.deepEqual(codes.slice(0, 5), Array(5).fill("wrong_login"));
  assert.equal(codes.at(-1), "too_many_tries");
  const login = { ...CLIENT, email, password: PASSWORD };
  assertRefused(await signIn(context, login), "too_many_tries");
});
