import assert from "node:assert/strict";
import { playedMorning } from "@/tests/cuts/tonight_isp.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { subjectOf } from "@/web/app/route_table.ts";
import { APPROVAL_KIND_IDS } from "@/web/domain/approvals/mod.ts";
import { Browser, hiddenFields } from "./_browser.ts";
import { type Company, createTestInstallation, type Installation, PASSWORD } from "./_company.ts";
import { everything } from "./_everything.ts";

async function signedInAt(installation: Installation, company: Company, staffUserId: string) {
  const browser = new Browser(await createWebApp(installation.context));
  const { email } = await company.member(staffUserId);
  assert.equal((await browser.send("/login", { email, password: PASSWORD })).status, 303);
  return browser;
}

/** Ana, who confirmed that it is her too long ago. */
async function lateOwner(installation: Installation) {
  const company = await installation.addCompany("Ilaya Net");
  const browser = await signedInAt(installation, company, company.owner.staffUserId);
  installation.clock.advance({ minutes: 16 });
  return { company, browser };
}

const ROLE = { name: "Night desk", permission: ["subscriber:read", "payment:read"] };

async function rolesOf(company: Company): Promise<string[]> {
  const rows = await company.run((trx) =>
    trx.selectFrom("roles").select("name").where("is_builtin", "=", false).execute()
  );
  return rows.map(({ name }) => name);
}

Deno.test("no route that asks again is reached by who confirmed too long ago, and all are by who has just done so", async () => {
  await using played = await playedMorning();
  const { isp } = played;
  const ids = await everything(isp);
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const confirmedAt = (at: Temporal.Instant | null) =>
    isp.run((trx) =>
      trx.updateTable("sessions").set({ confirmed_at: at, last_seen_at: isp.context.clock.now() }).execute()
    );
  const entries =
    (await isp.run((trx) => trx.selectFrom("audit_entries").select("sequence").execute())).length;
  const routes = (await loadRouteTable()).filter(({ confirm }) => confirm === true);
  assert.ok(routes.length > 60, `the walk has ${routes.length} routes`);
  const late = isp.context.clock.now().subtract({ minutes: 15 });
  const wrong: string[] = [];
  for (const { method, pattern } of routes) {
    const subject = subjectOf(pattern);
    const path = subject === null
      ? pattern.replace(":kind", APPROVAL_KIND_IDS[0])
      : pattern.replace(":id", ids[subject]);
    for (const at of [late, null]) {
      await confirmedAt(at);
      const answer = method === "GET" ? await owner.get(path) : await owner.post(path, { reason: "x" });
      const isAsked = method === "GET"
        ? answer.status === 303 && answer.location === `/admin/confirm?back=${encodeURIComponent(path)}`
        : answer.status === 403 && answer.html.includes('name="_password"');
      if (!isAsked) wrong.push(`${method} ${pattern}: ${answer.status} ${answer.location}`);
    }
  }
  assert.deepEqual(wrong, []);
  const after = (await isp.run((trx) => trx.selectFrom("audit_entries").select("sequence").execute())).length;
  assert.equal(after, entries, "nothing was done, and nothing taken out");
  await confirmedAt(isp.context.clock.now());
  const asked: string[] = [];
  for (const { method, pattern } of routes) {
    if (method !== "GET") continue;
    const subject = subjectOf(pattern);
    const path = subject === null
      ? pattern.replace(":kind", APPROVAL_KIND_IDS[0])
      : pattern.replace(":id", ids[subject]);
    const { location } = await owner.get(path);
    if (location.startsWith("/admin/confirm")) asked.push(pattern);
  }
  assert.deepEqual(asked, []);
});

Deno.test("every change of staff and roles asks again, and every file with people in it", async () => {
  const table = await loadRouteTable();
  const open = table.filter(({ method, pattern, confirm }) =>
    confirm !== true &&
    (method === "POST" && /^\/admin\/(staff|roles)\//.test(pattern) || /\.(csv|pdf|json)$/.test(pattern))
  );
  assert.deepEqual(open.map(({ method, pattern }) => `${method} ${pattern}`).sort(), [
    "GET /admin/bills/:id/statement.pdf",
    "GET /admin/import.csv",
    "GET /admin/outages.csv",
    "GET /admin/plans.csv",
    "GET /admin/reports/accounts.csv",
    "GET /admin/reports/vat.csv",
    "GET /admin/runs.csv",
    "GET /admin/sites.csv",
    "GET /admin/subscribers/:id/ledger.csv",
    "GET /admin/subscribers/:id/statement.pdf",
    "GET /b/:token/statement.pdf",
    "POST /admin/roles/:id/see",
    "POST /admin/staff/:id/see",
    "POST /admin/staff/:id/sessions",
  ]);
});

Deno.test("a page asks first, and after the right password it is there; a wrong one changes nothing", async () => {
  await using installation = await createTestInstallation();
  const { browser } = await lateOwner(installation);
  const asked = await browser.send("/admin/roles/new?from=1");
  assert.deepEqual([asked.status, asked.location], [
    303,
    "/admin/confirm?back=%2Fadmin%2Froles%2Fnew%3Ffrom%3D1",
  ]);
  const question = await browser.send(asked.location);
  assert.match(question.html, /Confirm that it is you/);
  const { back } = hiddenFields(question.html, "/admin/confirm");
  const wrong = await browser.post("/admin/confirm", { back: back!, _password: "kape sa gabi" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.html, /not your password.*4 more wrong tries/);
  assert.doesNotMatch(wrong.html, /kape sa gabi/);
  assert.equal((await browser.send("/admin/roles/new")).status, 303);
  const right = await browser.post("/admin/confirm", { back: back!, _password: PASSWORD });
  assert.deepEqual([right.status, right.location], [303, "/admin/roles/new?from=1"]);
  assert.equal((await browser.send("/admin/roles/new")).status, 200);
  assert.equal((await browser.send("/admin/confirm?back=/admin/roles/new")).location, "/admin/roles/new");
});

Deno.test("a form that is sent late waits with all that was typed, and goes out with the password", async () => {
  await using installation = await createTestInstallation();
  const { company, browser } = await lateOwner(installation);
  const waits = await browser.post("/admin/roles/new", ROLE);
  assert.equal(waits.status, 403);
  assert.equal(waits.headers.get("cache-control"), "no-store");
  const fields = hiddenFields(waits.html, "/admin/roles/new");
  assert.deepEqual({ name: fields.name, permission: fields.permission }, {
    name: [ROLE.name],
    permission: ROLE.permission,
  });
  const wrong = await browser.send("/admin/roles/new", { ...fields, _password: "kape sa gabi" });
  assert.equal(wrong.status, 422);
  assert.deepEqual(
    hiddenFields(wrong.html, "/admin/roles/new").permission,
    ROLE.permission,
    "and waits again",
  );
  assert.doesNotMatch(wrong.html, /kape sa gabi/);
  assert.deepEqual(await rolesOf(company), []);
  const stolen = await browser.send("/admin/roles/new", { ...fields, _csrf: "x", _password: PASSWORD });
  assert.equal(stolen.status, 403);
  assert.doesNotMatch(stolen.html, /_password/, "a form of another site is not even asked about");
  const sent = await browser.send("/admin/roles/new", { ...fields, _password: PASSWORD });
  assert.match(sent.location, /^\/admin\/roles\/[0-9a-f-]{36}\?done=made$/);
  assert.deepEqual(await rolesOf(company), [ROLE.name]);
  assert.equal((await browser.post("/admin/roles/new", { ...ROLE, name: "Other" })).status, 303);
});

Deno.test("five wrong passwords on a waiting form end the session, and nothing was done", async () => {
  await using installation = await createTestInstallation();
  const { company, browser } = await lateOwner(installation);
  const fields = hiddenFields((await browser.post("/admin/roles/new", ROLE)).html, "/admin/roles/new");
  const guess = () => browser.send("/admin/roles/new", { ...fields, _password: "kape sa gabi" });
  for (let i = 0; i < 4; i++) assert.equal((await guess()).status, 422);
  assert.equal((await guess()).location, "/login?done=ended");
  assert.equal(browser.session, "");
  assert.deepEqual(await rolesOf(company), []);
});

Deno.test("a secret that was typed is not sent back; the page is filled in again without it", async () => {
  await using installation = await createTestInstallation();
  const { browser } = await lateOwner(installation);
  const typed = {
    revision: "0",
    host: "smtp.example.com",
    port: "587",
    encryption: "by_port",
    auth: "password",
    username: "mail@ilaya.example",
    password: "canary-secret",
    fromName: "Ilaya Net",
    fromAddress: "mail@ilaya.example",
  };
  const token = await browser.token();
  const waits = await browser.send("/admin/settings/mail", { _csrf: token, ...typed }, {
    referer: "http://linya.test/admin/settings/mail",
  });
  assert.equal(waits.status, 403);
  assert.doesNotMatch(waits.html, /canary-secret/);
  assert.match(waits.html, /without passwords and keys/);
  assert.match(waits.html, /action="\/admin\/confirm"/);
  const { back, form } = hiddenFields(waits.html, "/admin/confirm");
  assert.deepEqual(back, ["/admin/settings/mail"]);
  const confirmed = await browser.post("/admin/confirm", { back: back!, form: form!, _password: PASSWORD });
  assert.equal(confirmed.location, "/admin/settings/mail?draft=1");
  const page = await browser.send(confirmed.location);
  assert.match(page.html, /value="smtp\.example\.com"/);
  assert.doesNotMatch(page.html, /canary-secret/);
});

Deno.test("what is too large to be carried is said to be lost, and is not on the page", async () => {
  await using installation = await createTestInstallation();
  const { browser } = await lateOwner(installation);
  const waits = await browser.post("/admin/subscribers.csv", {
    id: Array.from({ length: 1_300 }, () => crypto.randomUUID()),
  });
  assert.equal(waits.status, 403);
  assert.match(waits.html, /could not be kept/);
  assert.ok(waits.html.length < 20_000, String(waits.html.length));
});

Deno.test("afterwards one goes to a page of the admin, and nowhere else", async () => {
  await using installation = await createTestInstallation();
  const { browser } = await lateOwner(installation);
  const ways = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/admin\\..\\..//evil.example",
    "/login",
    "/adminevil",
    "javascript:alert(1)",
    `/admin/${"a".repeat(5_000)}`,
  ];
  for (const back of ways) {
    await browser.send("/admin/settings/me");
    installation.clock.advance({ minutes: 16 });
    const { location } = await browser.post("/admin/confirm", { back, _password: PASSWORD });
    assert.match(location, /^\/admin(?:[/?]|$)/, back);
    assert.ok(new URL(location, "http://linya.test").origin === "http://linya.test", back);
    const { html, location: opened } = await browser.send(`/admin/confirm?back=${encodeURIComponent(back)}`);
    assert.doesNotMatch(html + opened, /evil/, back);
  }
});

Deno.test("a program gets a code and no page", async () => {
  await using installation = await createTestInstallation();
  const { browser } = await lateOwner(installation);
  const answer = await browser.send("/admin/subscribers.csv", undefined, { accept: "application/json" });
  assert.equal(answer.status, 403);
  assert.equal(JSON.parse(answer.html).error.code, "confirm_first");
});

Deno.test("a file is offered after the question, with the way back to its list", async () => {
  await using installation = await createTestInstallation();
  const { browser } = await lateOwner(installation);
  const asked = await browser.send("/admin/subscribers.csv?bill=overdue");
  const { back } = hiddenFields((await browser.send(asked.location)).html, "/admin/confirm");
  const { location } = await browser.post("/admin/confirm", { back: back!, _password: PASSWORD });
  const offered = await browser.send(location);
  assert.match(offered.html, /href="\/admin\/subscribers\.csv\?bill=overdue"[^>]*>/);
  assert.match(offered.html, /href="\/admin\/subscribers\?bill=overdue"/);
  assert.equal((await browser.send("/admin/subscribers.csv?bill=overdue")).status, 200);
});

Deno.test("who may only look at a page with a form is not asked", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const role = await company.role("Looks", ["staff:read", "settings:read"]);
  const { staffUserId } = await company.hire("Lita Ramos", [role]);
  const browser = await signedInAt(installation, company, staffUserId);
  installation.clock.advance({ minutes: 16 });
  assert.equal((await browser.send(`/admin/staff/${staffUserId}`)).status, 200);
  assert.equal((await browser.send("/admin/settings/mail")).status, 200);
  assert.equal(
    (await browser.post("/admin/settings/mail", {})).status,
    404,
    "and is not told of what they may not",
  );
});

Deno.test("a session of before the update has never confirmed: its person is asked once", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const browser = await signedInAt(installation, company, company.owner.staffUserId);
  await company.run((trx) => trx.updateTable("sessions").set({ confirmed_at: null }).execute());
  assert.equal((await browser.send("/admin/staff/invite")).status, 303);
});

Deno.test("who looks as a role does confirms and looks on; nothing else can be sent", async () => {
  await using installation = await createTestInstallation();
  const { company, browser } = await lateOwner(installation);
  await browser.post(`/admin/roles/${company.roles.Owner!}/see`, {});
  assert.equal((await browser.send("/admin/subscribers.csv")).status, 303);
  const { status } = await browser.post("/admin/confirm", { back: "/admin", _password: PASSWORD });
  assert.equal(status, 303);
  assert.equal((await browser.send("/admin/subscribers.csv")).status, 200);
  assert.equal((await browser.post("/admin/roles/new", ROLE)).status, 403);
});
