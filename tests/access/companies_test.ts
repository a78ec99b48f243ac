import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { acceptStaffInvite } from "@/web/services/access/accept_invite.ts";
import { disableStaff } from "@/web/services/access/disable_staff.ts";
import { inviteStaff } from "@/web/services/access/invite_staff.ts";
import { Browser } from "./_browser.ts";
import { CLIENT, type Company, createTestInstallation, type Installation, PASSWORD } from "./_company.ts";

/** Carla works for the second company, and then for the first as well. */
async function carlaOf({ context }: Installation, first: Company, second: Company) {
  const { staffUserId } = await second.hire("Carla Diaz", [second.roles.Owner!]);
  const { email } = await second.member(staffUserId);
  const roleIds = [first.roles.Cashier!];
  const { code } = assertOk(
    await inviteStaff(context, first.tenantId, first.owner, { email, name: "Carla", roleIds }),
  );
  assertOk(await acceptStaffInvite(context, { ...CLIENT, code, name: "", password: PASSWORD }));
  return { email, staffUserId };
}

Deno.test("who works for several companies chooses one after signing in, and changes in the menu", async () => {
  await using installation = await createTestInstallation();
  const first = await installation.addCompany("Ilaya Net");
  const second = await installation.addCompany("Other Net");
  const third = await installation.addCompany("Third Net");
  const { email, staffUserId } = await carlaOf(installation, first, second);
  const app = await createWebApp(installation.context);
  const browser = new Browser(app);
  const login = { email, password: PASSWORD, next: "/admin/subscribers" };
  const signedIn = await browser.send("/login", login);
  assert.equal(signedIn.location, "/admin/companies?next=%2Fadmin%2Fsubscribers");
  const choice = await browser.send(signedIn.location);
  assert.match(choice.html, /Go to Ilaya Net/);
  assert.match(choice.html, /href="\/admin\/subscribers"[^>]*>Stay here/);
  assert.doesNotMatch(choice.html, /Third Net/);
  assert.equal((await browser.send("/admin/settings/company")).status, 200);
  const went = await browser.post("/admin/companies", { tenant: first.tenantId });
  assert.deepEqual([went.status, went.location], [303, "/admin"]);
  const home = await browser.send("/admin");
  assert.match(home.html, /<span class="tenant-name">Ilaya Net/);
  assert.match(home.html, /Change company/);
  assert.equal((await browser.send("/admin/settings/company")).status, 404, "a cashier here");
  assert.equal((await browser.post("/admin/companies", { tenant: third.tenantId })).status, 404);
  // The session of the company that was left is over.
  const open = await second.run((trx) =>
    trx.selectFrom("sessions").select("id").where("ended_at", "is", null).execute()
  );
  assert.equal(open.length, 0);
  const call = [installation.context, first.tenantId, first.owner] as const;
  assertOk(await disableStaff(...call, { staffUserId }));
  assert.equal((await browser.send("/admin")).status, 303);
  assert.equal((await browser.send("/login", login)).location, "/admin/subscribers", "one is left");
  await app.security.settled();
});

Deno.test("who works for one company is asked nothing", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const { email } = await company.member(company.owner.staffUserId);
  const browser = new Browser(await createWebApp(installation.context));
  assert.equal((await browser.send("/login", { email, password: PASSWORD })).location, "/admin");
  assert.doesNotMatch((await browser.send("/admin/plans")).html, /Change company/);
});
