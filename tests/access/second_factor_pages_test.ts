import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { SoftPasskey } from "@/tests/support/soft_passkey.ts";
import { createWebApp, type WebApp } from "@/tests/support/web_app.ts";
import { collectRouteTable } from "@/web/app/route_table.ts";
import { loadBuildCache } from "@/web/fresh/internal.ts";
import { requireFactor } from "@/web/services/access/factors/require_factor.ts";
import { acceptStaffInvite } from "@/web/services/access/accept_invite.ts";
import { inviteStaff } from "@/web/services/access/invite_staff.ts";
import { assertAsked, CLIENT, type Company, createTestInstallation, PASSWORD } from "./_company.ts";
import { codeOf } from "./_factors.ts";

const BASE = "http://localhost";
const PLACE = { origin: BASE, rpId: "localhost" };
const FACTORS = "/admin/settings/second-factor";

/** A browser that keeps every cookie, each below its path. */
class Browser {
  readonly cookies = new Map<string, { value: string; path: string }>();
  constructor(readonly app: WebApp) {}

  async send(path: string, body?: URLSearchParams | string, more: Record<string, string> = {}) {
    const sent = [...this.cookies].filter(([, cookie]) => path.startsWith(cookie.path))
      .map(([name, { value }]) => `${name}=${value}`);
    const headers = { origin: BASE, cookie: sent.join("; "), ...more };
    const response = await this.app.handler(
      new Request(BASE + path, { headers, ...(body === undefined ? {} : { method: "POST", body }) }),
    );
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const at = /Path=([^;]+)/.exec(line)?.[1] ?? "/";
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, { value, path: at });
    }
    const location = response.headers.get("location")?.replace(BASE, "") ?? "";
    return { status: response.status, location, html: await response.text(), headers: response.headers };
  }

  async token(): Promise<string> {
    const { html } = await this.send(FACTORS);
    return /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? "";
  }

  async post(path: string, fields: Record<string, string> = {}) {
    return await this.send(path, new URLSearchParams({ _csrf: await this.token(), ...fields }));
  }

  login(email: string, next = "/admin") {
    return this.send("/login", new URLSearchParams({ email, password: PASSWORD, next }));
  }

  /** Asks for a question of a passkey, as the page's script does. */
  async question(path: string, ask: Record<string, string>): Promise<unknown> {
    const { status, html } = await this.send(path, JSON.stringify(ask), {
      "content-type": "application/json",
      "x-csrf-token": path.startsWith("/admin") ? await this.token() : "",
    });
    assert.equal(status, 200, html.slice(0, 300));
    return JSON.parse(html);
  }
}

async function createDesk(installation: Awaited<ReturnType<typeof createTestInstallation>>) {
  const company = await installation.addCompany("Ilaya Net");
  const app = await createWebApp(installation.context);
  const { email } = await company.member(company.owner.staffUserId);
  const browser = new Browser(app);
  assert.equal((await browser.login(email)).location, "/admin");
  return { company, app, email, browser };
}

function secretIn(html: string): string {
  return /[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}/.exec(html)?.[0].replaceAll(" ", "") ?? "";
}

Deno.test("an app is added without scripts, its recovery codes are shown once, and the next sign-in asks for it", async () => {
  await using installation = await createTestInstallation();
  const { clock } = installation;
  const { company, app, email, browser } = await createDesk(installation);
  assert.match((await browser.send("/admin/settings/me")).html, /href="\/admin\/settings\/second-factor"/);
  assert.equal((await browser.send(`${FACTORS}/app`)).location, FACTORS, "nothing waits yet");
  assert.equal((await browser.post(`${FACTORS}/app-new`)).location, `${FACTORS}/app`);
  const page = await browser.send(`${FACTORS}/app`);
  const secret = secretIn(page.html);
  assert.match(page.html, /<svg class="qr"/);
  assert.equal(secretIn((await browser.send(`${FACTORS}/app`)).html), secret, "read again it is the same");
  const wrong = await browser.post(`${FACTORS}/app`, { code: "000000" });
  assert.equal(wrong.status, 422);
  const right = await browser.post(`${FACTORS}/app`, { code: codeOf(secret, clock.now()) });
  assert.equal(right.location, `${FACTORS}/codes`);
  const shown = await browser.send(`${FACTORS}/codes`);
  const codes = [...new Set(shown.html.match(/\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b/g))];
  assert.equal(codes.length, 10);
  const file = await browser.send(`${FACTORS}/codes/text`);
  assert.match(file.headers.get("content-disposition") ?? "", /attachment/);
  assert.ok(codes.every((code) => file.html.includes(code)));
  const next = new Browser(app);
  next.cookies.set("linya_codes", browser.cookies.get("linya_codes")!);
  await next.login((await company.member((await company.hire("Eva Cruz", [])).staffUserId)).email);
  assert.ok(!(await next.send(`${FACTORS}/codes`)).html.includes(codes[0]!), "who signs in there next");
  assert.equal((await next.send(`${FACTORS}/codes/text`)).location, `${FACTORS}/codes`);
  assert.equal((await browser.post(`${FACTORS}/codes/kept`)).location, `${FACTORS}?done=codes`);
  assert.equal((await browser.send(`${FACTORS}/codes/text`)).location, `${FACTORS}/codes`);
  assert.ok(!(await browser.send(`${FACTORS}/codes`)).html.includes(codes[0]!));
  const sealed = await installation.database.db.selectFrom("sign_in_steps").selectAll().execute();
  assert.ok(!JSON.stringify(sealed).includes(secret));

  clock.advance({ seconds: 30 });
  const other = new Browser(app);
  const begun = await other.login(email, "/admin/plans");
  assert.equal(begun.location, "/login/second");
  assert.ok(!other.cookies.has("linya"), "no session yet");
  assert.equal((await other.send("/admin")).location, "/login?next=%2Fadmin");
  assert.match((await other.send("/login/second")).html, /autocomplete="one-time-code"/);
  const stays = await other.send("/login/second", new URLSearchParams({ code: "000000" }));
  assert.equal(stays.status, 422);
  const code = new URLSearchParams({ code: codeOf(secret, clock.now()) });
  assert.equal((await other.send("/login/second", code)).location, "/admin/plans");
  assert.equal((await other.send("/admin/plans")).status, 200);
  assert.equal((await other.send("/login/second", code)).status, 410, "the step is used up");

  const third = new Browser(app);
  await third.login(email);
  const recovered = await third.send("/login/second", new URLSearchParams({ code: codes[0]!.toLowerCase() }));
  assert.equal(recovered.location, `${FACTORS}?done=recovery`);
  assert.match((await third.send(recovered.location)).html, /You used a recovery code\. 9 are left/);
  await app.security.settled();
});

Deno.test("a passkey is added and signs in, after the password and alone; the token of a step is no session", async () => {
  await using installation = await createTestInstallation();
  const { app, email, browser } = await createDesk(installation);
  const passkey = new SoftPasskey();
  const asked = await browser.question(`${FACTORS}/passkey-options`, {});
  const added = await browser.post(`${FACTORS}/passkey`, {
    name: "Laptop",
    passkey: passkey.register(asked, PLACE),
  });
  assert.equal(added.location, `${FACTORS}/codes`);
  assert.match((await browser.send(FACTORS)).html, /Laptop/);

  const second = new Browser(app);
  await second.login(email);
  const question = await second.question("/login/passkey-options", { for: "second" });
  const signed = new URLSearchParams({ passkey: passkey.answer(question, PLACE) });
  assert.equal((await second.send("/login/second", signed)).location, "/admin");

  const alone = new Browser(app);
  const open = await alone.question("/login/passkey-options", { for: "alone" });
  assert.deepEqual((open as { allowCredentials: unknown[] }).allowCredentials ?? [], [], "it names nobody");
  const step = alone.cookies.get("linya-passkey")?.value ?? "";
  const disguised = new Browser(app);
  disguised.cookies.set("linya", { value: step, path: "/" });
  assert.equal((await disguised.send("/admin")).status, 303);
  const fields = new URLSearchParams({ passkey: passkey.answer(open, PLACE), next: "/admin/plans" });
  assert.equal((await alone.send("/login/passkey", fields)).location, "/admin/plans");
  assert.equal((await alone.send("/admin/plans")).status, 200);

  const [taken] = [...(await browser.send(FACTORS)).html.matchAll(/remove\?what=([0-9a-f-]{36})/g)];
  const removed = await browser.post(`${FACTORS}/remove`, { what: taken?.[1] ?? "" });
  assert.equal(removed.location, `${FACTORS}?done=removed`);
  assert.equal((await browser.send(`${FACTORS}/remove?what=${taken?.[1]}`)).location, FACTORS);
  assert.equal((await new Browser(app).login(email)).location, "/admin", "the password alone again");
  await app.security.settled();
});

Deno.test("who has to add a factor is led there from every page, and to them no other route is there", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const { company, browser } = await createDesk(installation);
  const call = [context, company.tenantId, company.owner] as const;
  assertOk(await requireFactor(...call, { roleId: company.roles.Owner!, isRequired: true }));
  const web = new URL("../../web/", import.meta.url);
  const { files } = await loadBuildCache({
    routesDir: new URL("routes/", web),
    islandsDir: new URL("islands/", web),
  });
  const WAYS = [
    "/admin/sign-out",
    "/admin/companies",
    "/logo",
    // To add a factor asks again who it is.
    "/admin/confirm",
    "/admin/confirm/passkey-options",
  ];
  let asked = 0;
  const token = await browser.token();
  for (const { audience, method, pattern } of collectRouteTable(files)) {
    if (audience !== "staff" || WAYS.includes(pattern) || pattern.startsWith(FACTORS)) continue;
    const path = pattern.replace(/:[^/]+/g, crypto.randomUUID());
    const answer = method === "GET"
      ? await browser.send(path)
      : await browser.send(path, new URLSearchParams({ _csrf: token }));
    const expected = method === "GET" ? [303, FACTORS] : [404, ""];
    assert.deepEqual([answer.status, answer.location], expected, `${method} ${pattern}`);
    asked++;
  }
  assert.ok(asked > 150, `${asked} routes`);
  const stream = await browser.send("/admin/events?topics=today", undefined, { accept: "text/event-stream" });
  assert.equal(stream.status, 404);
  const page = await browser.send(FACTORS);
  assert.equal(page.status, 200);
  assert.match(page.html, /Add a second factor to go on/);
  assert.doesNotMatch(page.html, /href="\/admin\/subscribers"/, "the menu leads nowhere");
  await browser.post(`${FACTORS}/app-new`);
  const secret = secretIn((await browser.send(`${FACTORS}/app`)).html);
  await browser.post(`${FACTORS}/app`, { code: codeOf(secret, clock.now()) });
  assert.equal((await browser.send("/admin/plans")).status, 200);
  const kept = await browser.post(`${FACTORS}/remove`, { what: "app" });
  assert.match(kept.html, /this is your last one/);
});

Deno.test("changing company and accepting an invitation ask for the second factor too", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const { company, email, browser } = await createDesk(installation);
  await browser.post(`${FACTORS}/app-new`);
  const secret = secretIn((await browser.send(`${FACTORS}/app`)).html);
  await browser.post(`${FACTORS}/app`, { code: codeOf(secret, clock.now()) });
  const other: Company = await installation.addCompany("Other Net");
  const invite = assertOk(
    await inviteStaff(context, other.tenantId, other.owner, {
      email,
      name: "Ana",
      roleIds: [other.roles.Cashier!],
    }),
  );
  const given = { ...CLIENT, code: invite.code, name: "", password: PASSWORD };
  assertAsked(await acceptStaffInvite(context, given));
  assert.equal(
    (await browser.post("/admin/companies", { tenant: other.tenantId })).location,
    "/admin",
    "given just now",
  );
  clock.advance({ minutes: 11 });
  const asked = await browser.post("/admin/companies", { tenant: company.tenantId });
  assert.equal(asked.location, "/login/second");
  const code = new URLSearchParams({ code: codeOf(secret, clock.now()) });
  const went = await browser.send("/login/second", code);
  assert.match(went.location, /^\/admin/);
  assert.match((await browser.send("/admin")).html, /<span class="tenant-name">Ilaya Net/);
});

Deno.test("the owner sees on the list and the page of staff who has a second factor, and turns it on for a role", async () => {
  await using installation = await createTestInstallation();
  const { company, browser } = await createDesk(installation);
  const list = await browser.send("/admin/staff");
  assert.match(list.html, /1 person signs in with a password alone/);
  const roleId = company.roles.Cashier!;
  const ben = await company.hire("Ben Reyes", [roleId]);
  const question = await browser.send(`/admin/roles/${roleId}/second-factor`);
  assert.match(question.html, /1 person has none/);
  const turned = await browser.post(`/admin/roles/${roleId}/second-factor`, { required: "on" });
  assert.equal(turned.location, `/admin/roles/${roleId}?done=factor_on`);
  assert.match((await browser.send("/admin/staff")).html, /None, asked for/);
  assert.match((await browser.send(`/admin/staff/${ben.staffUserId}`)).html, /None, asked for/);
  assert.match((await browser.send(`/admin/roles/${roleId}`)).html, /Ask for no second factor/);
});
