import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { withScene } from "@/tests/support/scene.ts";
import { hashPassword } from "@/web/gateways/passwords/mod.ts";
import { changeOwnPassword } from "@/web/services/access/change_own_password.ts";
import { acceptStaffInvite } from "@/web/services/access/accept_invite.ts";
import { disableStaff } from "@/web/services/access/disable_staff.ts";
import { inviteStaff } from "@/web/services/access/invite_staff.ts";
import { findBrokenAuditEntry } from "@/web/services/audit.ts";
import { saveOwnName } from "@/web/services/access/save_own_name.ts";
import { resolveSession } from "@/web/services/access/session.ts";
import { signIn } from "@/web/services/access/sign_in.ts";
import { CLIENT, createTestInstallation, PASSWORD } from "./_company.ts";

const CHOSEN = "siomai tuwing biyernes";

Deno.test("one's own password: the old one proves it, every other session ends, this browser gets another token", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const person = await company.hire("Ben Reyes", [company.roles.Cashier!]);
  const { email } = await company.member(person.staffUserId);
  const login = { ...CLIENT, email, password: PASSWORD };
  const [here, elsewhere] = [assertOk(await signIn(context, login)), assertOk(await signIn(context, login))];
  const whose = {
    tenantId: company.tenantId,
    staffUserId: person.staffUserId,
    email,
    staffName: "Ben Reyes",
    sessionId: (await resolveSession(context, here.token))!.sessionId,
  };
  const change = (old: string, password: string) =>
    changeOwnPassword(context, person, { whose, typed: { old, password }, client: CLIENT });
  assertRefused(await change("not this one", CHOSEN), "old_password_wrong");
  assertRefused(await change(PASSWORD, PASSWORD), "password_same");
  assertRefused(await change(PASSWORD, "12345678"), "password_common");
  assert.notEqual(await resolveSession(context, elsewhere.token), null, "nothing has changed yet");
  const changed = assertOk(await change(PASSWORD, CHOSEN));
  assert.equal(await resolveSession(context, here.token), null, "the old token is worthless");
  assert.equal(await resolveSession(context, elsewhere.token), null);
  assert.equal((await resolveSession(context, changed.token))?.staffUserId, person.staffUserId);
  assertRefused(await signIn(context, login), "wrong_login");
  assertOk(await signIn(context, { ...login, password: CHOSEN }));
  assert.ok((await company.audited()).some(({ action }) => action === "staff.password_changed"));
  const events = await company.run((trx) =>
    trx.selectFrom("security_events").select(["kind", "reason"]).where("reason", "=", "new_password")
      .execute()
  );
  assert.deepEqual(events.map(({ kind }) => kind).toSorted(), ["session_ended", "sign_in_ok"]);
});

Deno.test("two changes at once with the same old password: one wins", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { staffUserId } = company.owner;
  const { email } = await company.member(staffUserId);
  const whose = {
    tenantId: company.tenantId,
    staffUserId,
    email,
    staffName: "Ana Cruz",
    sessionId: company.tenantId,
  };
  const outcomes = await Promise.all(
    [CHOSEN, `${CHOSEN} ulit`].map((password) =>
      changeOwnPassword(context, company.owner, { whose, typed: { old: PASSWORD, password }, client: CLIENT })
    ),
  );
  assert.deepEqual(outcomes.map(({ ok }) => ok).toSorted(), [false, true]);
});

Deno.test("wrong old passwords wait like wrong sign-ins: an open session is no way to guess", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { staffUserId } = company.owner;
  const whose = {
    tenantId: company.tenantId,
    staffUserId,
    email: "ana@x",
    staffName: "Ana",
    sessionId: company.tenantId,
  };
  const codes = [];
  for (let n = 0; n < 8; n++) {
    const typed = { old: `guess ${n}`, password: CHOSEN };
    const outcome = await changeOwnPassword(context, company.owner, { whose, typed, client: CLIENT });
    codes.push(outcome.ok ? "ok" : outcome.code);
  }
  assert.equal(codes[0], "old_password_wrong");
  assert.equal(codes.at(-1), "too_many_tries");
});

Deno.test("one's own name is the person's, and audited", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const call = [installation.context, company.tenantId, company.owner] as const;
  const { staffUserId } = company.owner;
  assertOk(await saveOwnName(...call, { staffUserId, name: "Ana Reyes" }));
  assertOk(await saveOwnName(...call, { staffUserId, name: "Ana Reyes" }));
  assert.equal((await company.member(staffUserId)).name, "Ana Reyes");
  const renamed = (await company.audited()).filter(({ action }) => action === "staff.renamed");
  assert.equal(renamed.length, 1);
  assert.match(renamed[0]!.summary, /Ana Cruz/);
});

Deno.test("a renaming is in the audit log of each company that the person is or was with", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const [first, second, third] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
    await installation.addCompany("Third Net"),
  ];
  const { staffUserId } = first.owner;
  const { email } = await first.member(staffUserId);
  for (const company of [second, third]) {
    const roleIds = [company.roles.Cashier!];
    const invite = assertOk(
      await inviteStaff(context, company.tenantId, company.owner, { email, name: "Ana", roleIds }),
    );
    assertOk(await acceptStaffInvite(context, { ...CLIENT, ...invite, name: "", password: PASSWORD }));
  }
  assertOk(await disableStaff(context, third.tenantId, third.owner, { staffUserId }));
  assertOk(await saveOwnName(context, second.tenantId, first.owner, { staffUserId, name: "Ana Reyes" }));
  for (const company of [first, second, third]) {
    const renamed = (await company.audited()).filter(({ action }) => action === "staff.renamed");
    assert.deepEqual(renamed.map(({ details }) => details), [{ before: "Ana Cruz", after: "Ana Reyes" }]);
    assert.equal(await company.run(findBrokenAuditEntry), null, "and its chain is whole");
  }
});

Deno.test("the pages: the form asks for both passwords, keeps none, and settings lead to it", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    const hash = await hashPassword(PASSWORD);
    await isp.run((trx) => trx.updateTable("staff_users").set({ password_hash: hash }).execute());
    const me = await owner.get("/admin/settings/me");
    assert.match(me.html, /href="\/admin\/settings\/password"/);
    assert.match(me.html, /name="name"/);
    const page = await owner.get("/admin/settings/password");
    assert.equal(page.status, 200);
    const wrong = await owner.post("/admin/settings/password", {
      old_password: "nope nope",
      password: CHOSEN,
    });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /not your password of now/);
    assert.ok(!wrong.html.includes(CHOSEN) && !wrong.html.includes("nope nope"));
    const changed = await owner.post("/admin/settings/password", {
      old_password: PASSWORD,
      password: CHOSEN,
    });
    assert.deepEqual([changed.status, changed.location], [303, "/admin/settings/me?done=password"]);
    assert.match(changed.headers.getSetCookie().join(), /linya=[\w-]{43};/);
    assert.equal((await owner.get("/admin/settings/me")).status, 303, "the token of before opens nothing");
  });
});

Deno.test("a name is changed among the preferences, which a page of before leaves as it is", async () => {
  await withScene("2026-02-14T10:00", async ({ owner }) => {
    const saved = await owner.post("/admin/settings/me", {
      name: "Ana Dela Cruz",
      density: "default",
      locale: "",
    });
    assert.equal(saved.status, 303, saved.text);
    assert.match((await owner.get("/admin/settings/me")).html, /value="Ana Dela Cruz"/);
    assert.equal((await owner.post("/admin/settings/me", { density: "default", locale: "" })).status, 303);
    assert.match((await owner.get("/admin/settings/me")).html, /value="Ana Dela Cruz"/);
    assert.equal(
      (await owner.post("/admin/settings/me", { name: " ", density: "default", locale: "" })).status,
      422,
    );
  });
});

Deno.test("a page opened before a renaming does not put the old name back, and two names of one moment are looked at", async () => {
  await withScene("2026-02-14T10:00", async ({ owner }) => {
    const { html } = await owner.get("/admin/settings/me");
    const name = /name="name"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="name"/.exec(html)!.slice(1)
      .find((value) => value !== undefined)!;
    const opened = /name="opened" value="([^"]*)"/.exec(html)![1]!;
    const save = (over: Record<string, string>) =>
      owner.post("/admin/settings/me", {
        name,
        density: "default",
        locale: "",
        shortcuts: "on",
        opened,
        ...over,
      });
    assert.equal((await save({ name: "Ana Dela Cruz" })).status, 303);
    assert.equal((await save({ density: "compact" })).status, 303);
    const after = (await owner.get("/admin/settings/me")).html;
    assert.match(after, /value="Ana Dela Cruz"/);
    assert.match(after, /value="compact"[^>]*checked|checked[^>]*value="compact"/);
    assert.equal((await save({ name: "Ana Lim" })).status, 409);
    assert.match((await owner.get("/admin/settings/me")).html, /value="Ana Dela Cruz"/);
  });
});
