import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { until } from "@/tests/support/until.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { acceptStaffInvite } from "@/web/services/access/accept_invite.ts";
import { endStaffSessions } from "@/web/services/access/end_sessions.ts";
import { inviteStaff } from "@/web/services/access/invite_staff.ts";
import { signIn } from "@/web/services/access/sign_in.ts";
import { listenForLive, type LiveNotice } from "@/web/store/live/live_topics.ts";
import { listSecurityEvents } from "@/web/store/access/security_log_page.ts";
import { LiveWorld } from "@/tests/live/live_world.ts";
import { Browser } from "./_browser.ts";
import { CLIENT, type Company, createTestInstallation, type Installation, PASSWORD } from "./_company.ts";

const PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) " +
  "Chrome/141.0.0.0 Mobile Safari/537.36";
const PATH = "/admin/settings/sessions";

const textOf = (html: string) => html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

/** Ends that a page offers, as the fields of their forms. */
function offered(html: string): { session: string; company: string }[] {
  return [...html.matchAll(/name="session" value="([^"]+)"[^>]*><input[^>]*name="company" value="([^"]+)"/g)]
    .map(([, session, company]) => ({ session: session!, company: company! }));
}

async function signedIn(installation: Installation, email: string, userAgent?: string): Promise<Browser> {
  const browser = new Browser(await createWebApp(installation.context), userAgent);
  assert.equal((await browser.send("/login", { email, password: PASSWORD })).status, 303);
  return browser;
}

async function emailOf(company: Company): Promise<string> {
  return (await company.member(company.owner.staffUserId)).email;
}

async function logOf({ context }: Installation, company: Company): Promise<string[]> {
  await context.security.settled();
  const { rows } = await company.run((trx) => listSecurityEvents(trx, {}, { limit: 100 }));
  return rows.map(({ kind, reason, times }) => `${kind} ${reason} ${times}`).sort();
}

const isIn = async (browser: Browser) => (await browser.send("/admin/plans")).status === 200;

Deno.test("one's sessions are listed with device and address, and one of them is ended", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const email = await emailOf(company);
  const desk = await signedIn(installation, email);
  const phone = await signedIn(installation, email, PHONE);
  const page = await desk.send(PATH);
  assert.equal(page.status, 200);
  assert.match(textOf(page.html), /Firefox on Linux This one .*Chrome on Android/);
  const ends = offered(page.html);
  assert.equal(ends.length, 1, "not the one that asks");
  assert.equal((await desk.post(`${PATH}/end`, ends[0]!)).location, `${PATH}?done=ended`);
  assert.deepEqual([await isIn(desk), await isIn(phone)], [true, false]);
  assert.equal((await desk.post(`${PATH}/end`, ends[0]!)).status, 404, "sent twice");
  assert.ok((await logOf(installation, company)).includes("session_ended ended_by_person 1"));
});

Deno.test("all others end at once, at each company, and the one that asks stays", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const first = await installation.addCompany("Ilaya Net");
  const second = await installation.addCompany("Ibaba Net");
  const email = await emailOf(first);
  const { code } = assertOk(
    await inviteStaff(context, second.tenantId, second.owner, {
      email,
      name: "Ana",
      roleIds: [second.roles.Cashier!],
    }),
  );
  assertOk(await acceptStaffInvite(context, { ...CLIENT, code, name: "", password: PASSWORD }));
  const there = await signedIn(installation, email, PHONE);
  await there.post("/admin/companies", { tenant: second.tenantId });
  const here = await signedIn(installation, email);
  const page = await here.send(PATH);
  const text = textOf(page.html);
  assert.match(text, /Ilaya Net/);
  assert.match(text, /Ibaba Net/);
  const heard: LiveNotice[] = [];
  const ready = Promise.withResolvers<void>();
  const listener = listenForLive(installation.database.appUrl, {
    log: silentLogger,
    onNotice: (notice) => heard.push(notice),
    onReady: () => ready.resolve(),
  });
  await ready.promise;
  assert.equal((await here.post(`${PATH}/end-others`, {})).location, `${PATH}?done=others`);
  await until(() => heard.filter((notice) => "endedSession" in notice).length >= 2);
  await listener.stop();
  assert.deepEqual([await isIn(here), await isIn(there)], [true, false]);
  assert.equal(offered((await here.send(PATH)).html).length, 0);
});

Deno.test("nobody ends a session of somebody else by its id, nor one at a company that is not theirs", async () => {
  await using installation = await createTestInstallation();
  const first = await installation.addCompany("Ilaya Net");
  const second = await installation.addCompany("Ibaba Net");
  const colleague = await first.hire("Ben Reyes", [first.roles.Cashier!]);
  const ben = await signedIn(installation, (await first.member(colleague.staffUserId)).email);
  const stranger = await signedIn(installation, await emailOf(second));
  const ana = await signedIn(installation, await emailOf(first));
  const sessionsOf = (company: Company) =>
    company.run((trx) => trx.selectFrom("sessions").select(["id", "tenant_id", "staff_user_id"]).execute());
  for (
    const { id, tenant_id: company, staff_user_id: whose } of [
      ...await sessionsOf(first),
      ...await sessionsOf(second),
    ]
  ) {
    if (whose === first.owner.staffUserId) continue;
    for (const said of [company, first.tenantId]) {
      assert.equal((await ana.post(`${PATH}/end`, { session: id, company: said })).status, 404);
    }
  }
  assert.deepEqual([await isIn(ben), await isIn(stranger)], [true, true]);
});

Deno.test("who may write staff sees a person's sessions on their page and ends them; others do not", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const hired = await company.hire("Ben Reyes", [company.roles.Cashier!]);
  const { email } = await company.member(hired.staffUserId);
  const [desk, phone] = [await signedIn(installation, email), await signedIn(installation, email, PHONE)];
  const owner = await signedIn(installation, await emailOf(company));
  const path = `/admin/staff/${hired.staffUserId}`;
  const page = await owner.send(path);
  assert.match(textOf(page.html), /Signed in now.*Chrome on Android/);
  const session = /name="session" value="([^"]+)"/.exec(page.html)?.[1] ?? "";
  assert.equal((await owner.post(`${path}/sessions`, { session })).location, `${path}?done=sessions`);
  assert.deepEqual([await isIn(desk), await isIn(phone)].filter(Boolean).length, 1);
  assert.equal((await owner.post(`${path}/sessions`, {})).location, `${path}?done=sessions`);
  assert.deepEqual([await isIn(desk), await isIn(phone)], [false, false]);
  assert.equal((await owner.post(`${path}/sessions`, {})).status, 409, "none is left");
  const cashier = await signedIn(installation, email);
  assert.equal((await cashier.post(`/admin/staff/${company.owner.staffUserId}/sessions`, {})).status, 404);
  assert.equal(await isIn(owner), true);
  const written = (await company.audited()).filter(({ action }) => action === "staff.sessions_ended");
  assert.equal(written.length, 2);
});

Deno.test("nobody ends the sessions of somebody who may do more, and the try is written down", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const manager = await company.hire("Mia Lim", [
    await company.role("Manager", ["staff:read", "staff:write"]),
  ]);
  const owner = await signedIn(installation, await emailOf(company));
  const refused = await endStaffSessions(context, company.tenantId, manager, {
    staffUserId: company.owner.staffUserId,
    client: CLIENT,
  });
  assertRefused(refused, "has_more_than_you");
  assert.equal(await isIn(owner), true);
  assert.ok((await company.audited()).some(({ action }) => action === "staff.refused"));
});

Deno.test("a browser that is new for a person is written down once, and a known one never", async () => {
  await using installation = await createTestInstallation();
  const { clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const email = await emailOf(company);
  const told = async () =>
    (await logOf(installation, company)).filter((line) => line.startsWith("new_device")).length;
  const desk = await signedIn(installation, email);
  assert.equal(await told(), 1);
  for (let i = 0; i < 2; i++) {
    clock.advance({ minutes: 5 });
    await desk.post("/admin/sign-out", {});
    assert.equal((await desk.send("/login", { email, password: PASSWORD })).status, 303);
  }
  assert.equal(await told(), 1, "the same browser");
  clock.advance({ minutes: 5 });
  await signedIn(installation, email, PHONE);
  assert.equal(await told(), 2);
  clock.advance({ hours: 24 * 181 });
  await desk.send("/login", { email, password: PASSWORD });
  assert.equal(await told(), 3, "after half a year it is nobody's any more");
});

Deno.test("who accepts an invitation is told of no device, and a sign-in sent twice is told of once", async () => {
  await using installation = await createTestInstallation();
  const { context } = installation;
  const company = await installation.addCompany("Ilaya Net");
  const { code } = assertOk(
    await inviteStaff(context, company.tenantId, company.owner, {
      email: "ben@isp.example",
      name: "Ben",
      roleIds: [company.roles.Cashier!],
    }),
  );
  const joining = { ...CLIENT, code, name: "Ben Reyes", password: "siomai tuwing biyernes" };
  assertOk(await acceptStaffInvite(context, joining));
  const log = () => logOf(installation, company);
  assert.ok(!(await log()).some((line) => line.startsWith("new_device")));
  installation.clock.advance({ minutes: 5 });
  const twice = { ...CLIENT, email: "ben@isp.example", password: joining.password };
  await Promise.all([signIn(context, twice), signIn(context, twice)]);
  assert.deepEqual((await log()).filter((line) => line.startsWith("new_device")), ["new_device password 1"]);
});

Deno.test("ended, a session is over within a second: its next request is refused and its open stream closes", async () => {
  await using live = await LiveWorld.start();
  const tenantId = await live.world.addTenant("ilaya");
  const owner = await live.app.signIn(tenantId, "Owner");
  const desk = await live.app.signIn(tenantId, "Cashier");
  const stream = await live.listen(desk.cookie, "money");
  await until(() => stream.count("beat") === 1);
  const people = await live.world.inTenant(
    tenantId,
    (trx) =>
      trx.selectFrom("staff_roles as s").innerJoin("roles as r", "r.id", "s.role_id")
        .select(["s.staff_user_id as id", "r.name"]).execute(),
  );
  const { id } = people.find(({ name }) => name.startsWith("Cashier"))!;
  const { status } = await owner.post(`/admin/staff/${id}/sessions`, {});
  const at = performance.now();
  assert.equal(status, 303);
  assert.equal((await desk.get("/admin/subscribers")).status, 303);
  await until(() => stream.isOver, { what: "the stream closing" });
  assert.ok(performance.now() - at < 1_000, `${performance.now() - at} ms`);
});
