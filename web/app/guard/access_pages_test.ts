import assert from "node:assert/strict";
import { createLogger } from "@/shared/log.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import type { AppHandler } from "@/web/fresh/internal.ts";
import * as appFile from "@/web/routes/_app.tsx";
import * as errorFile from "@/web/routes/_error.tsx";
import * as signOutFile from "@/web/routes/admin/sign-out.ts";
import * as healthFile from "@/web/routes/health.ts";
import * as indexFile from "@/web/routes/index.ts";
import * as loginFile from "@/web/routes/login.tsx";
import * as setupFile from "@/web/routes/setup.tsx";
import {
  createInstallation,
  createOwner,
  OWNER,
  type TestInstallation,
} from "@/web/services/access/_test_access.ts";
import { SecurityLog } from "@/web/services/access/security_log.ts";
import { issueSetupCode, needsSetup } from "@/web/services/access/set_up_owner.ts";
import { resolveSession } from "@/web/services/access/session.ts";
import { isUnavailable, openDatabase } from "@/web/store/db/database.ts";
import { createApp } from "@/web/app/create_app.ts";
import { CsrfTokens } from "./csrf.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { noteRefusal } from "./note_refusal.ts";
import { processContext } from "@/web/app/serve/process_context.ts";
import type { RouteEntry } from "@/web/app/route_table.ts";
import { readSessionToken } from "./session_cookie.ts";

const PLAIN = "http://127.0.0.1:8400";
const FILES = {
  "_app.tsx": appFile,
  "_error.tsx": errorFile,
  "admin/sign-out.ts": signOutFile,
  "health.ts": healthFile,
  "index.ts": indexFile,
  "login.tsx": loginFile,
  "setup.tsx": setupFile,
};

interface Site {
  send(
    path: string,
    init?: { form?: Record<string, string>; headers?: Record<string, string> },
  ): Promise<Response>;
  /** Lines that were logged so far. */
  log: string[];
  security: SecurityLog;
}

/** The real pipeline with the pages of signing in and one page behind them. */
function openSite(
  { db, clock, browsers }: Pick<TestInstallation, "db" | "clock" | "browsers">,
  settings: { publicUrl?: string; trustProxy?: boolean } = {},
): Site {
  const { publicUrl: address = PLAIN, trustProxy = false } = settings;
  const publicUrl = new URL(address);
  const lines: string[] = [];
  const log = createLogger((line) => lines.push(line), () => clock.now());
  const services = { db, clock, log, notifyRouters: () => {}, notifyCommands: () => {} };
  const security = new SecurityLog(services);
  const table: RouteEntry[] = [{
    method: "GET",
    pattern: "/admin",
    audience: "staff",
    permission: "signed_in",
    summary: "Front page",
  }];
  const handler = createApp({
    cache: { files: Object.entries(FILES).map(([path, module]) => ({ path, module })), bundle: null },
    files: new Map(),
    log,
    table,
    csrf: new CsrfTokens(new Uint8Array(32).fill(7)),
    onRefused: noteRefusal,
    context: processContext({
      services,
      security,
      browsers,
      trustProxy,
      publicUrl,
      demo: null,
      agentUrl: "http://127.0.0.1:8401",
    }),
    publicUrl,
    hosts: { names: [publicUrl.hostname, new URL(PLAIN).hostname], ownAddresses: () => [] },
    isUnavailable,
    isSetupOpen: () => needsSetup(services),
    resolveSession: async (req, { isHttps }, audience) => {
      if (audience !== "staff") return null;
      const token = readSessionToken(audience, req.headers, isHttps);
      return token === null ? null : await resolveSession(services, token);
    },
    mount: (app) =>
      app.get("/admin", (ctx) => ctx.text(`${requireSession(ctx.state).staffName}|${ctx.state.csrfToken}`)),
  });
  return { log: lines, security, send: (path, init = {}) => send(handler, path, init) };
}

async function send(
  handler: AppHandler,
  path: string,
  { form, headers = {} }: { form?: Record<string, string>; headers?: Record<string, string> },
): Promise<Response> {
  const request = form === undefined
    ? new Request(PLAIN + path, { headers })
    : new Request(PLAIN + path, { method: "POST", headers, body: new URLSearchParams(form) });
  return await handler(request);
}

/** The cookie of an answer, as the browser sends it back. */
function cookieOf(response: Response): string {
  return (response.headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
}

const LOGIN = { email: OWNER.email, password: OWNER.password };

Deno.test("the owner is made on the set-up page, is signed in by it, and the page is gone", async () => {
  await using installation = await createInstallation();
  const site = openSite(installation);
  assert.equal((await site.send("/admin")).headers.get("location"), "/setup");
  const code = await issueSetupCode(installation);
  const { timeZone: _, ...form } = { ...OWNER, code };
  const made = await site.send("/setup", { form });
  assert.equal(made.status, 303);
  assert.equal(made.headers.get("location"), "/admin/setup/company");
  const front = await site.send("/admin", { headers: { cookie: cookieOf(made) } });
  assert.match(await front.text(), /^Ana Cruz\|/);
  assert.equal((await site.send("/setup")).status, 404);
  assert.equal((await site.send("/setup", { form })).status, 404);
});

Deno.test("the set-up page keeps what was typed, but never the password, and names what is wrong", async () => {
  await using installation = await createInstallation();
  const site = openSite(installation);
  const { timeZone: _, ...typed } = { ...OWNER, code: "AAAA" };
  const refused = await site.send("/setup", { form: typed });
  const html = await refused.text();
  assert.equal(refused.status, 422);
  assert.match(html, /not the newest set-up code/);
  assert.match(html, /Barangay Net/);
  assert.ok(!html.includes(OWNER.password));
});

Deno.test("the set-up and the sign-in page name each field that is wrong and lead to it", async () => {
  await using installation = await createInstallation();
  const site = openSite(installation);
  const { timeZone: _, ...typed } = { ...OWNER, code: "AAAA" };
  const coded = await (await site.send("/setup", { form: typed })).text();
  assert.match(coded, /<a href="#f-code">Set-up code: /);
  const empty = await (await site.send("/setup", { form: { ...typed, companyName: "", password: "" } }))
    .text();
  assert.match(empty, /<a href="#f-companyName">Company: /);
  assert.match(empty, /<a href="#f-password">Password: /);
  await createOwner(installation);
  const login = await (await site.send("/login", { form: { email: "", password: "" } })).text();
  assert.match(login, /<a href="#f-email">E-mail address: /);
  assert.match(login, /<a href="#f-password">Password: /);
});

Deno.test("signing in leads to the page that was asked for, and the cookie opens it", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const site = openSite(installation);
  const asked = await site.send("/admin?tab=a%20b");
  assert.equal(asked.headers.get("location"), "/login?next=%2Fadmin%3Ftab%3Da%2520b");
  const login = await site.send("/login?next=%2Fadmin%3Ftab%3Da%2520b");
  assert.match(await login.text(), /name="next" value="\/admin\?tab=a%20b"/);
  const answer = await site.send("/login", { form: { ...LOGIN, next: "/admin?tab=a%20b" } });
  assert.equal(answer.headers.get("location"), "/admin?tab=a%20b");
  assert.match(
    answer.headers.get("set-cookie") ?? "",
    /^linya=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Expires=/,
  );
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const front = await site.send("/admin", { headers: { cookie: cookieOf(answer) } });
  assert.equal(front.status, 200);
});

const ELSEWHERE = [
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/\n//evil.example",
  "\\\\evil.example",
  "https://evil.example",
  "javascript:alert(1)",
  "/.//evil.example",
];

Deno.test("signing in never leads to another site", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const site = openSite(installation);
  for (const next of ELSEWHERE) {
    const answer = await site.send("/login", { form: { ...LOGIN, next } });
    assert.equal(answer.status, 303, JSON.stringify(next));
    assert.equal(answer.headers.get("location"), "/admin", JSON.stringify(next));
    const page = await (await site.send(`/login?next=${encodeURIComponent(next)}`)).text();
    assert.match(page, /name="next" value="\/admin"/, JSON.stringify(next));
    const failed = await site.send("/login", { form: { email: "", password: "", next } });
    assert.ok(!(await failed.text()).includes("evil"), JSON.stringify(next));
  }
});

Deno.test("whoever is signed in and opens the login page again goes on, and not to another site", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const site = openSite(installation);
  const cookie = cookieOf(await site.send("/login", { form: LOGIN }));
  const to = async (next: string) =>
    (await site.send(`/login?next=${encodeURIComponent(next)}`, { headers: { cookie } })).headers.get(
      "location",
    );
  assert.equal(await to("/admin?x=1"), "/admin?x=1");
  for (const next of ELSEWHERE) assert.equal(await to(next), "/admin");
});

Deno.test("a wrong password answers 422 with the form, without the password and without a cookie", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const site = openSite(installation);
  const answer = await site.send("/login", { form: { ...LOGIN, password: "wrong-canary" } });
  const html = await answer.text();
  assert.equal(answer.status, 422);
  assert.equal(answer.headers.get("set-cookie"), null);
  assert.match(html, /do not match/);
  assert.ok(!html.includes("wrong-canary"));
  assert.ok(!site.log.join().includes("wrong-canary"));
});

Deno.test("the sixth try answers 429 and says how long to wait", async () => {
  await using installation = await createInstallation();
  const site = openSite(installation);
  const form = { ...LOGIN, password: "wrong" };
  for (let i = 0; i < 5; i++) assert.equal((await site.send("/login", { form })).status, 422);
  const answer = await site.send("/login", { form });
  assert.equal(answer.status, 429);
  assert.equal(answer.headers.get("retry-after"), "30");
  assert.match(await answer.text(), /Wait 30 seconds, then sign in again/);
});

Deno.test("signing out needs the form token, kills the session and takes the cookie back", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const site = openSite(installation);
  const cookie = cookieOf(await site.send("/login", { form: LOGIN }));
  const headers = { cookie, origin: PLAIN };
  const token = (await (await site.send("/admin", { headers })).text()).split("|")[1] ?? "";
  assert.equal((await site.send("/admin/sign-out", { form: {}, headers })).status, 403);
  assert.equal(
    (await site.send("/admin/sign-out", {
      form: { _csrf: token },
      headers: { cookie, origin: "https://evil.example" },
    }))
      .status,
    403,
  );
  assert.equal((await site.send("/admin", { headers })).status, 200);
  const out = await site.send("/admin/sign-out", { form: { _csrf: token }, headers });
  assert.equal(out.headers.get("location"), "/login?done=signed_out");
  assert.match(out.headers.get("set-cookie") ?? "", /^linya=; .*Max-Age=0/);
  const again = await site.send("/admin", { headers });
  assert.equal(again.headers.get("location"), "/login?next=%2Fadmin&done=ended");
});

Deno.test("another site cannot sign somebody in", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const site = openSite(installation);
  const answer = await site.send("/login", { form: LOGIN, headers: { origin: "https://evil.example" } });
  assert.equal(answer.status, 403);
  assert.equal(answer.headers.get("set-cookie"), null);
});

Deno.test("behind a proxy that ends TLS the cookie is Secure, and the form of the public address is taken", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const site = openSite(installation, { publicUrl: "https://isp.example", trustProxy: true });
  const headers = {
    origin: "https://isp.example",
    "x-forwarded-proto": "https",
    "x-forwarded-for": "203.0.113.7",
  };
  const answer = await site.send("/login", { form: LOGIN, headers });
  assert.equal(answer.status, 303);
  assert.match(answer.headers.get("set-cookie") ?? "", /^__Host-linya=.*; Secure$/);
  assert.match(answer.headers.get("strict-transport-security") ?? "", /max-age=31536000/);
  const cookie = cookieOf(answer);
  const front = await site.send("/admin", { headers: { ...headers, cookie } });
  const token = (await front.text()).split("|")[1] ?? "";
  const out = await site.send("/admin/sign-out", { form: { _csrf: token }, headers: { ...headers, cookie } });
  assert.match(out.headers.get("set-cookie") ?? "", /^__Host-linya=; .*Secure$/);
});

Deno.test("the limit counts the client that the trusted proxy names, and nobody who only claims to be one", async () => {
  await using installation = await createInstallation();
  const form = { ...LOGIN, password: "wrong" };
  const statuses = async (trustProxy: boolean) => {
    const site = openSite(installation, { trustProxy });
    const found: number[] = [];
    for (let i = 0; i < 6; i++) {
      const headers = { "x-forwarded-for": `203.0.113.${i}` };
      found.push((await site.send("/login", { form, headers })).status);
    }
    return found;
  };
  assert.deepEqual(await statuses(true), [422, 422, 422, 422, 422, 422]);
  assert.deepEqual(await statuses(false), [422, 422, 422, 422, 422, 429]);
});

Deno.test("a NUL in a field or in the address is refused as bad input", async () => {
  await using installation = await createInstallation();
  const site = openSite(installation);
  const post = await site.send("/login", { form: { ...LOGIN, email: "ana\0@example.com" } });
  assert.equal(post.status, 400);
  assert.equal((await site.send("/login?done=a%00b")).status, 400);
});

Deno.test("health is 200 while the database answers and 503 with Retry-After when it does not", async () => {
  await using database = await createTestDatabase();
  await using installation = await createInstallation();
  const healthy = await openSite(installation).send("/health");
  assert.deepEqual(await healthy.json(), { status: "ok" });
  const { db, close } = openDatabase({
    url: database.appUrl.replace(/:\d+\//, ":1/"),
    log: createLogger(() => {}, () => installation.clock.now()),
  });
  try {
    const away = openSite({ ...installation, db });
    const answer = await away.send("/health");
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get("retry-after"), "5");
    // A reader with a session is told to come back, and not sent to the login page.
    const page = await away.send("/admin", { headers: { cookie: `linya=${"t".repeat(43)}` } });
    assert.equal(page.status, 503);
    assert.match(await page.text(), /database is away/);
    const referer = `${PLAIN}/admin?tab=1`;
    const posted = await away.send("/admin/sign-out", {
      form: {},
      headers: { cookie: `linya=${"t".repeat(43)}`, origin: PLAIN, referer },
    });
    assert.equal(posted.status, 503);
    assert.match(await posted.text(), /href="\/admin\?tab=1"/);
  } finally {
    await close();
  }
});

Deno.test("an error page is titled by what happened, not by the page that failed", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const site = openSite(installation);
  const missing = await site.send("/nowhere");
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /<title>There is no page here for you · /);
  const foreign = await site.send("/login", { form: LOGIN, headers: { origin: "https://evil.example" } });
  assert.match(await foreign.text(), /<title>This form is no longer valid · /);
});
