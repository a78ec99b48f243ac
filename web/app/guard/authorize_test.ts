import assert from "node:assert/strict";
import { App } from "fresh";
import { Hono } from "hono";
import { z } from "zod";
import { silentLogger } from "@/shared/log.ts";
import { createApp } from "@/web/app/create_app.ts";
import { CsrfTokens } from "./csrf.ts";
import type { HonoEnv } from "@/web/app/hono.ts";
import { readInput, readParams, requireSession } from "@/web/app/form/input.ts";
import type { RouteEntry } from "@/web/app/route_table.ts";
import type { Session, StaffSession } from "./session.ts";
import type { AppState } from "@/web/app/state.ts";

const csrf = new CsrfTokens(new Uint8Array(32).fill(1));
const PaymentInput = z.object({
  amount: z.string().min(1, "Enter an amount"),
  tag: z.array(z.string()).optional(),
});
const BillParams = z.object({ id: z.uuid() });
const BILL = "/admin/bills/0197a000-0000-7000-8000-000000000000";

const TABLE: RouteEntry[] = [
  { method: "GET", pattern: "/login", audience: "public", permission: "public", summary: "Sign in" },
  { method: "POST", pattern: "/hook", audience: "public", permission: "public", summary: "Webhook" },
  { method: "GET", pattern: "/setup", audience: "public", permission: "setup", summary: "Set up" },
  { method: "GET", pattern: "/admin", audience: "staff", permission: "signed_in", summary: "Today" },
  {
    method: "GET",
    pattern: "/admin/bills/:id",
    audience: "staff",
    permission: "bill:read",
    params: BillParams,
    summary: "Bill",
  },
  {
    method: "POST",
    pattern: "/admin/pay",
    audience: "staff",
    permission: "payment:post",
    input: PaymentInput,
    summary: "Post",
  },
  {
    method: "GET",
    pattern: "/api/v1/bills/:id",
    audience: "staff",
    permission: "bill:read",
    summary: "Bill",
  },
  {
    method: "POST",
    pattern: "/api/v1/pay",
    audience: "staff",
    permission: "payment:post",
    input: PaymentInput,
    summary: "Post",
  },
];

function session(...permissions: string[]): StaffSession {
  return {
    audience: "staff",
    sessionId: "s1",
    tenantId: "t1",
    staffUserId: "u1",
    staffName: "Ana",
    email: "ana@example.com",
    permissions: new Set(permissions),
  };
}

function routes(): App<AppState> {
  return new App<AppState>()
    .get("/login", (ctx) => ctx.text("login"))
    .get("/setup", (ctx) => ctx.text("setup"))
    .post("/hook", async (ctx) => ctx.text(await ctx.req.text()))
    .get("/admin", (ctx) => ctx.text(`${requireSession(ctx.state).staffName} ${ctx.state.csrfToken}`))
    .get("/admin/bills/:id", (ctx) => ctx.text(readParams(ctx.state, BillParams).id))
    .post("/admin/pay", (ctx) => {
      if (ctx.state.inputProblems !== null) {
        return ctx.json({ problems: ctx.state.inputProblems, values: ctx.state.inputValues }, {
          status: 422,
        });
      }
      return ctx.json(readInput(ctx.state, PaymentInput));
    });
}

const api = new Hono<HonoEnv>()
  .get("/api/v1/bills/:id", (c) => c.json({ id: c.req.param("id"), staff: requireSession(c.env).staffName }))
  .post("/api/v1/pay", (c) => c.json(readInput(c.env, PaymentInput)));

interface Setting {
  session?: Session | null;
  isSetupOpen?: boolean;
  resolve?: () => Promise<Session | null>;
}

async function send(path: string, init: RequestInit = {}, setting: Setting = {}): Promise<Response> {
  const handler = createApp({
    table: TABLE,
    csrf,
    resolveSession: setting.resolve ?? (() => Promise.resolve(setting.session ?? null)),
    isSetupOpen: () => Promise.resolve(setting.isSetupOpen ?? false),
    hosts: { names: ["linya.test"], ownAddresses: () => [] },
    isUnavailable: (error) => error instanceof RangeError,
    cache: { files: [], bundle: null },
    files: new Map(),
    log: silentLogger,
    mount: (app) => app.mountApp("/", routes()),
    api: [api],
  });
  return await handler(new Request(`http://linya.test${path}`, init));
}

function form(fields: string, token = csrf.issue("s1")): RequestInit {
  return { method: "POST", body: new URLSearchParams(`${fields}&_csrf=${token}`) };
}

Deno.test("authorize sends a signed-out reader to the login page and back", async () => {
  const response = await send("/admin?day=2");
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("location"), "/login?next=%2Fadmin%3Fday%3D2");
});

Deno.test("authorize sends a signed-out reader to set-up until the owner exists, and closes it then", async () => {
  assert.equal((await send("/admin", {}, { isSetupOpen: true })).headers.get("location"), "/setup");
  assert.equal((await send("/setup", {}, { isSetupOpen: true })).status, 200);
  assert.equal((await send("/setup")).status, 404);
});

Deno.test("authorize answers 401 as JSON below /api", async () => {
  const response = await send("/api/v1/bills/7");
  assert.equal(response.status, 401);
  assert.equal((await response.json()).error.code, "not_signed_in");
});

Deno.test("authorize answers 503 and not 401 when sessions cannot be read", async () => {
  const resolve = () => Promise.reject(new RangeError("database away"));
  assert.equal((await send("/admin", {}, { resolve })).status, 503);
});

Deno.test("authorize answers 404 where the permission is missing, as for a page that does not exist", async () => {
  const denied = await send(BILL, {}, { session: session("payment:post") });
  const absent = await send("/admin/nothing", {}, { session: session("payment:post") });
  assert.deepEqual([denied.status, absent.status], [404, 404]);
  assert.equal((await send(BILL, {}, { session: session("bill:read") })).status, 200);
});

for (
  const path of [`/${BILL}`, `${BILL}/`, BILL.replace("admin", "%61dmin"), BILL.replace("bills", "/bills")]
) {
  Deno.test(`authorize guards ${path} as it guards the plain address`, async () => {
    assert.equal((await send(path)).status, 303);
    assert.equal((await send(path, {}, { session: session() })).status, 404);
  });
}

Deno.test("authorize answers 404 for path parameters that cannot exist", async () => {
  assert.equal((await send("/admin/bills/7", {}, { session: session("bill:read") })).status, 404);
});

Deno.test("authorize gives the parsed form to the handler, repeated keys as a list", async () => {
  const response = await send("/admin/pay", form("amount=10&tag=a&tag=b"), {
    session: session("payment:post"),
  });
  assert.deepEqual(await response.json(), { amount: "10", tag: ["a", "b"] });
});

Deno.test("authorize gives the problems and what was typed to the handler", async () => {
  const response = await send("/admin/pay", form("amount=&note=x"), { session: session("payment:post") });
  assert.equal(response.status, 422);
  assert.deepEqual(await response.json(), {
    problems: { amount: "Enter an amount" },
    values: { amount: "", note: "x" },
  });
});

for (const token of ["", "x", csrf.issue("s2")]) {
  Deno.test(`authorize refuses a form with the token "${token.slice(0, 4)}"`, async () => {
    const response = await send("/admin/pay", form("amount=1", token), { session: session("payment:post") });
    assert.equal(response.status, 403);
  });
}

Deno.test("authorize takes the token of its own page", async () => {
  const page = await (await send("/admin", {}, { session: session() })).text();
  const token = page.split(" ")[1] ?? "";
  const response = await send("/admin/pay", form("amount=1", token), { session: session("payment:post") });
  assert.equal(response.status, 200);
});

Deno.test("authorize leaves the raw body to a public route without a schema", async () => {
  const response = await send("/hook", { method: "POST", body: '{"a": 1}' });
  assert.equal(await response.text(), '{"a": 1}');
});

Deno.test("authorize answers 405 with Allow for a known address", async () => {
  const response = await send("/login", { method: "POST" });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "GET, HEAD");
});

Deno.test("API routes carry the same guards and see the session", async () => {
  const response = await send("/api/v1/bills/7", {}, { session: session("bill:read") });
  assert.deepEqual(await response.json(), { id: "7", staff: "Ana" });
  assert.equal((await send("/api/v1/bills/7", {}, { session: session() })).status, 404);
  const headers = { "content-type": "application/json", "x-csrf-token": csrf.issue("s1") };
  const invalid = await send("/api/v1/pay", { method: "POST", headers, body: '{"amount":""}' }, {
    session: session("payment:post"),
  });
  assert.equal(invalid.status, 422);
  assert.deepEqual((await invalid.json()).error.fields, { amount: "Enter an amount" });
});

Deno.test("createApp refuses to start when a mounted route is not listed", () => {
  assert.throws(
    () =>
      createApp({
        table: [],
        csrf,
        resolveSession: () => Promise.resolve(null),
        cache: { files: [], bundle: null },
        files: new Map(),
        log: silentLogger,
        hosts: { names: ["linya.test"], ownAddresses: () => [] },
        api: [api],
      }),
    /Cannot start.*\n.*GET \/api\/v1\/bills\/:id: mounted but not in the route table/,
  );
});

Deno.test("every answer carries the security headers, errors included", async () => {
  for (const path of ["/login", "/nothing", "/admin", "/api/v1/bills/1"]) {
    const { headers } = await send(path);
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.ok(headers.get("x-request-id"));
  }
});
