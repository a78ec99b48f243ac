import assert from "node:assert/strict";
import { App } from "fresh";
import { silentLogger } from "@/shared/log.ts";
import type { SignedInAudience } from "@/web/domain/access/mod.ts";
import { AUDIENCE_PLACES, audienceBelow, audienceOf } from "./audiences.ts";
import { createApp } from "./create_app.ts";
import { CsrfTokens } from "./guard/csrf.ts";
import { requireSession, sessionOf } from "./form/input.ts";
import { checkRouteTable, type RouteAccess, type RouteEntry } from "./route_table.ts";
import type { OperatorSession, Session, StaffSession, SubscriberSession } from "./guard/session.ts";
import { endedCookie, readSessionToken, sessionCookie } from "./guard/session_cookie.ts";
import type { AppState } from "./state.ts";

const STAFF: StaffSession = {
  audience: "staff",
  sessionId: "staff-session",
  tenantId: "t1",
  staffUserId: "ana",
  staffName: "Ana",
  email: "ana@example.com",
  permissions: new Set(["bill:read", "bill:void"]),
};
const SUBSCRIBER: SubscriberSession = {
  audience: "subscriber",
  sessionId: "portal-session",
  tenantId: "t1",
  subscriberId: "juan",
  name: "Juan",
};
const OPERATOR: OperatorSession = {
  audience: "operator",
  sessionId: "operator-session",
  operatorId: "op",
  name: "Op",
};
const tokenOf = ({ audience }: Session) => audience.charAt(1).repeat(43);
/** Every session there is, as one store would hold them: which cookie it came in is up to the guard. */
const SESSIONS = new Map<string, Session>([STAFF, SUBSCRIBER, OPERATOR].map((each) => [tokenOf(each), each]));

const csrf = new CsrfTokens(new Uint8Array(32).fill(1));
const TABLE: RouteEntry[] = [
  { method: "GET", pattern: "/login", audience: "public", permission: "public", summary: "Sign in" },
  { method: "GET", pattern: "/p/sign-in", audience: "public", permission: "public", summary: "Sign in" },
  { method: "GET", pattern: "/admin", audience: "staff", permission: "signed_in", summary: "Today" },
  { method: "POST", pattern: "/admin/void", audience: "staff", permission: "bill:void", summary: "Void" },
  { method: "GET", pattern: "/p", audience: "subscriber", permission: "signed_in", summary: "My bills" },
  { method: "POST", pattern: "/p/pay", audience: "subscriber", permission: "signed_in", summary: "Pay" },
  { method: "GET", pattern: "/operator", audience: "operator", permission: "signed_in", summary: "ISPs" },
];

interface Answer {
  status: number;
  location: string | null;
  text: string;
  /** What was carried out, and what was refused. */
  done: string[];
}

/** An app with the admin, a portal and the operator's pages. `cookies`: audience of the cookie to the session in it. */
async function send(
  path: string,
  cookies: Partial<Record<SignedInAudience, Session>>,
  fields?: Record<string, string>,
): Promise<Answer> {
  const done: string[] = [];
  const act = (what: string) => {
    done.push(what);
    return new Response(what);
  };
  const routes = new App<AppState>()
    .get("/login", (ctx) => ctx.text(`staff sign-in, ${ctx.state.session?.audience ?? "nobody"}`))
    .get("/p/sign-in", (ctx) => ctx.text(`portal sign-in, ${ctx.state.session?.audience ?? "nobody"}`))
    .get("/admin", (ctx) => ctx.text(`admin of ${requireSession(ctx.state).staffName}`))
    .post("/admin/void", () => act("voided"))
    .get("/p", (ctx) => ctx.text(`portal of ${sessionOf(ctx.state, "subscriber").name}`))
    .post("/p/pay", () => act("paid"))
    .get("/operator", (ctx) => ctx.text(`operator ${sessionOf(ctx.state, "operator").name}`));
  const handler = createApp({
    table: TABLE,
    hosts: { names: ["linya.test"], ownAddresses: () => [] },
    csrf,
    resolveSession: (req, _state, audience) => {
      const token = readSessionToken(audience, req.headers, false);
      return Promise.resolve(token === null ? null : SESSIONS.get(token) ?? null);
    },
    onRefused: (ctx, reason) => void done.push(`refused ${reason} ${ctx.state.session?.audience}`),
    cache: { files: [], bundle: null },
    files: new Map(),
    log: silentLogger,
    mount: (app) => app.mountApp("/", routes),
  });
  const cookie = Object.entries(cookies).map(([audience, session]) =>
    sessionCookie(
      audience as SignedInAudience,
      false,
      tokenOf(session),
      Temporal.Instant.from("2027-01-01T00:00Z"),
    )
      .split(";", 1)[0]
  ).join("; ");
  const response = await handler(
    new Request(`http://linya.test${path}`, {
      headers: { cookie, origin: "http://linya.test" },
      ...(fields === undefined ? {} : { method: "POST", body: new URLSearchParams(fields) }),
    }),
  );
  return {
    status: response.status,
    location: response.headers.get("location"),
    text: await response.text(),
    done,
  };
}

Deno.test("each audience sees its own pages, also side by side in one browser", async () => {
  const both = { staff: STAFF, subscriber: SUBSCRIBER, operator: OPERATOR };
  assert.equal((await send("/admin", both)).text, "admin of Ana");
  assert.equal((await send("/p", both)).text, "portal of Juan");
  assert.equal((await send("/operator", both)).text, "operator Op");
});

Deno.test.each([
  { path: "/p", cookies: { staff: STAFF }, to: "/p/sign-in?next=%2Fp" },
  { path: "/p", cookies: { staff: STAFF, operator: OPERATOR }, to: "/p/sign-in?next=%2Fp" },
  { path: "/admin", cookies: { subscriber: SUBSCRIBER }, to: "/login?next=%2Fadmin" },
  { path: "/admin", cookies: { operator: OPERATOR }, to: "/login?next=%2Fadmin" },
  { path: "/operator", cookies: { staff: STAFF }, to: "/operator/sign-in?next=%2Foperator" },
  { path: "/operator", cookies: { subscriber: SUBSCRIBER }, to: "/operator/sign-in?next=%2Foperator" },
])(
  "who is signed in elsewhere is nobody at $path and is sent to its sign-in",
  async ({ path, cookies, to }) => {
    const answer = await send(path, cookies);
    assert.deepEqual([answer.status, answer.location, answer.done], [303, to, []]);
  },
);

Deno.test.each([
  { path: "/p", cookies: { subscriber: STAFF }, login: "/p/sign-in" },
  { path: "/p", cookies: { subscriber: OPERATOR }, login: "/p/sign-in" },
  { path: "/admin", cookies: { staff: SUBSCRIBER }, login: "/login" },
  { path: "/admin", cookies: { staff: OPERATOR }, login: "/login" },
  { path: "/operator", cookies: { operator: SUBSCRIBER }, login: "/operator/sign-in" },
])(
  "a session in the cookie of another audience is none at $path, and is noted",
  async ({ path, cookies, login }) => {
    const answer = await send(path, cookies);
    assert.equal(answer.status, 303);
    assert.match(answer.location ?? "", new RegExp(`^${login}\\?`));
    assert.deepEqual(answer.done, [`refused audience ${Object.values(cookies)[0]?.audience}`]);
  },
);

Deno.test("a form carries nothing out for another audience, with whatever token", async () => {
  const tokens = [STAFF, SUBSCRIBER].map(({ sessionId }) => csrf.issue(sessionId));
  for (const _csrf of tokens) {
    for (const cookies of [{ staff: STAFF }, { subscriber: STAFF }]) {
      const { status, done } = await send("/p/pay", cookies, { _csrf });
      assert.equal(status, 303);
      assert.ok(!done.includes("paid"));
    }
    for (const cookies of [{ subscriber: SUBSCRIBER }, { staff: SUBSCRIBER }]) {
      const { status, done } = await send("/admin/void", cookies, { _csrf });
      assert.equal(status, 303);
      assert.ok(!done.includes("voided"));
    }
  }
  // With both sessions in one browser the form of one is not valid with the token of the other.
  const both = { staff: STAFF, subscriber: SUBSCRIBER };
  assert.equal((await send("/p/pay", both, { _csrf: tokens[0]! })).status, 403);
  assert.equal((await send("/admin/void", both, { _csrf: tokens[1]! })).status, 403);
  assert.deepEqual((await send("/p/pay", both, { _csrf: tokens[1]! })).done, ["paid"]);
  assert.deepEqual((await send("/admin/void", both, { _csrf: tokens[0]! })).done, ["voided"]);
});

Deno.test("a sign-in page knows who is signed in there, and not who is elsewhere", async () => {
  assert.equal((await send("/login", { subscriber: SUBSCRIBER })).text, "staff sign-in, nobody");
  assert.equal((await send("/p/sign-in", { staff: STAFF })).text, "portal sign-in, nobody");
  assert.equal(
    (await send("/p/sign-in", { staff: STAFF, subscriber: SUBSCRIBER })).text,
    "portal sign-in, subscriber",
  );
});

Deno.test("the cookies of audiences have names and paths of their own", () => {
  const end = Temporal.Instant.from("2027-01-01T00:00Z");
  const made = (["staff", "subscriber", "operator"] as const).map((audience) =>
    sessionCookie(audience, true, "t".repeat(43), end).replace(/=t+/, "=").replace(/; HttpOnly.*/, "")
  );
  assert.deepEqual(made, [
    "__Host-linya=; Path=/",
    "__Secure-linya-portal=; Path=/p",
    "__Secure-linya-operator=; Path=/operator",
  ]);
  assert.match(endedCookie("subscriber", true), /^__Secure-linya-portal=; Path=\/p; .*Secure$/);
});

Deno.test("a route outside of its audience's pages keeps the app from starting", () => {
  const base = { method: "GET", permission: "signed_in", summary: "x" } as const;
  const lost: RouteEntry[] = [
    { ...base, audience: "subscriber", pattern: "/admin/mine" },
    { ...base, audience: "staff", pattern: "/p/all" },
    { ...base, audience: "staff", pattern: "/administration" },
  ];
  const problems = checkRouteTable(lost, lost);
  assert.equal(problems.length, 3, problems.join("\n"));
  const fine: RouteEntry[] = [{ ...base, audience: "subscriber", pattern: "/p/mine" }];
  assert.deepEqual(checkRouteTable(fine, fine), []);
});

Deno.test("a permission of staff is not to be had on the pages of others", () => {
  // @ts-expect-error the catalogue's permissions are those of staff
  const wrong: RouteAccess = { audience: "subscriber", permission: "bill:void" };
  // @ts-expect-error a public route asks for none
  const open: RouteAccess = { audience: "public", permission: "bill:read" };
  assert.ok(wrong !== open);
});

Deno.test("roots of audiences do not overlap, and every address has one audience at most", () => {
  const roots = Object.values(AUDIENCE_PLACES).flatMap((place) => place.roots);
  for (const root of roots) {
    assert.equal(roots.filter((other) => other === root || other.startsWith(`${root}/`)).length, 1, root);
  }
  assert.equal(audienceBelow("/admin/bills"), "staff");
  assert.equal(audienceBelow("/portal"), null);
  assert.equal(audienceBelow("/p/x"), "subscriber");
  assert.equal(audienceOf("public", "/login"), "staff");
  assert.equal(audienceOf("public", "/p/sign-in"), "subscriber");
  assert.equal(audienceOf("operator", "/operator"), "operator");
});
