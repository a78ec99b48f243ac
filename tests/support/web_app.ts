import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { buildIslands } from "@/web/build/mod.ts";
import { createApp } from "@/web/app/create_app.ts";
import { CsrfTokens } from "@/web/app/guard/csrf.ts";
import { isPassive } from "@/web/app/frame/passive.ts";
import { isThere } from "@/web/app/guard/is_there.ts";
import { noteRefusal } from "@/web/app/guard/note_refusal.ts";
import { processContext } from "@/web/app/serve/process_context.ts";
import { readSessionToken } from "@/web/app/guard/session_cookie.ts";
import { loadStaticFiles } from "@/web/app/serve/static_files.ts";
import type { DemoControl } from "@/web/gateways/demo_control/mod.ts";
import { StatementPress } from "@/web/gateways/pdf/mod.ts";
import { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import { KnownBrowsers } from "@/web/gateways/known_browsers/mod.ts";
import { SecurityLog } from "@/web/services/access/security_log.ts";
import { type Permission, ROLE_TEMPLATES } from "@/web/domain/access/mod.ts";
import type { Session } from "@/web/app/state.ts";
import { readAdminStyles } from "@/web/app/serve/styles.ts";
import { type FsFile, placeOf } from "@/web/fresh/fs_routes.ts";
import { type AppHandler, loadBuildCache } from "@/web/fresh/internal.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import type { LiveHub } from "@/web/services/live/live_hub.ts";
import { openSession } from "@/web/services/access/open_session.ts";
import { resolveSession, type SignInContext } from "@/web/services/access/session.ts";
import { isUnavailable } from "@/web/store/db/database.ts";
import { insertRole } from "@/web/store/access/roles.ts";
import { insertStaffMember } from "@/web/store/access/staff.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";

const BASE = "http://linya.test";

/** An answer as a test looks at it. */
export interface PageAnswer {
  status: number;
  /** Where it redirects to; empty when it does not. */
  location: string;
  html: string;
  /** The page without its tags, white space folded. */
  text: string;
  headers: Headers;
}

/** Somebody who is signed in. */
export interface PageUser {
  /** Of the session, for a real browser. */
  cookie: string;
  staffUserId: string;
  /** `cookie`: one more than that of the session, as `name=value`. */
  get(path: string, more?: { cookie: string }): Promise<PageAnswer>;
  /** Sends a form with the user's token; a list sends its name once for each value. */
  post(path: string, fields: Record<string, string | string[]>): Promise<PageAnswer>;
}

/** The real pages on services of a test: pipeline, route table and all, without a socket. */
export interface WebApp {
  handler: AppHandler;
  /** What it writes down: await `settled()` before looking. */
  security: SecurityLog;
  /** Makes a staff member of a tenant with one of the built-in roles, or with these permissions, and signs in. */
  signIn(tenantId: string, role: string | readonly Permission[], limited?: RoleBounds): Promise<PageUser>;
}

/** A part of the app, for tests of one feature. */
export interface WebAppOptions {
  /** Addresses below these only, e.g. `/admin/bills`. @default all */
  only?: readonly string[];
  /** With the islands' scripts, for a real browser. @default false */
  withIslands?: boolean;
  /** Puts something else in the place of a route file: benchmarks freeze a page's data. */
  change?: (file: FsFile) => FsFile;
  /** The supervisor of a demo. @default none: this is no demo */
  demo?: DemoControl;
  /** In place of the session in the cookie. */
  session?: () => Session | null;
  /** Fans news out to open pages. @default {nobody listens, pages poll} */
  liveHub?: LiveHub;
}

/** What every app is made of, with islands and without: built and compressed once for all tests of an isolate. */
const parts: { plain?: ReturnType<typeof loadParts>; islands?: ReturnType<typeof loadParts> } = {};

async function loadParts(withIslands: boolean) {
  const web = new URL("../../web/", import.meta.url);
  const islandsDir = new URL("islands/", web);
  const built = withIslands ? { bundle: await buildIslands({ islandsDir }) } : {};
  const cache = await loadBuildCache({ routesDir: new URL("routes/", web), islandsDir, ...built });
  const staticFiles = await loadStaticFiles({
    dir: new URL("static/", web),
    styles: await readAdminStyles(),
    ...built,
  });
  return { cache, staticFiles };
}

/** Puts the app together as the process does. */
export async function createWebApp(services: ServiceContext, options: WebAppOptions = {}): Promise<WebApp> {
  const { cache, staticFiles } =
    await (options.withIslands === true
      ? parts.islands ??= loadParts(true)
      : parts.plain ??= loadParts(false));
  const isWanted = (pattern: string) =>
    options.only?.some((prefix) =>
      pattern === prefix || /^[/.]/.test(pattern.slice(prefix.length)) && pattern.startsWith(prefix)
    ) ?? true;
  const files = cache.files.filter(({ path }) => {
    const { kind, place } = placeOf(path);
    return kind !== "route" || isWanted(place);
  }).map(options.change ?? ((file) => file));
  const security = new SecurityLog(services);
  const browsers = new KnownBrowsers(randomBytes(32));
  const handler = createApp({
    onRefused: noteRefusal,
    isThere,
    cache: { ...cache, files },
    files: staticFiles,
    log: silentLogger,
    csrf: new CsrfTokens(randomBytes(32)),
    context: processContext({
      // No queue runs here: a test does the work of a job itself.
      services: {
        enqueue: () => Promise.resolve(),
        press: new StatementPress(),
        links: new PublicLinks({ secret: randomBytes(32), publicUrl: BASE }),
        ...services,
      },
      security,
      browsers,
      trustProxy: false,
      publicUrl: new URL(BASE),
      demo: options.demo ?? null,
      agentUrl: BASE,
      ...(options.liveHub === undefined ? {} : { liveHub: options.liveHub }),
    }),
    publicUrl: new URL(BASE),
    hosts: { names: [new URL(BASE).hostname], ownAddresses: () => [] },
    isUnavailable,
    resolveSession: async (req, { isHttps }, audience) => {
      if (audience !== "staff") return null;
      if (options.session !== undefined) return options.session();
      const token = readSessionToken(audience, req.headers, isHttps);
      return token === null ? null : await resolveSession(services, token, { isPassive: isPassive(req) });
    },
  });
  const context = { ...services, security, browsers };
  return { handler, security, signIn: (...who) => signIn(handler, context, ...who) };
}

/** What a role of a test is limited to. */
export interface RoleBounds {
  /** @default null, everywhere */
  siteIds?: readonly string[] | null;
  /** Built-in roles that they have besides. @default none */
  also?: readonly string[];
}

async function signIn(
  handler: AppHandler,
  services: SignInContext,
  tenantId: string,
  role: string | readonly Permission[],
  { siteIds = null, also = [] }: RoleBounds = {},
): Promise<PageUser> {
  const given = [role, ...also].map((each) => templateOf(each));
  const now = services.clock.now().epochMilliseconds;
  const staffId = uuidv7(now);
  await withTenant(services.db, tenantId, async (trx) => {
    const roleIds: string[] = [];
    for (const { name, permissions } of given) {
      const id = uuidv7(now);
      await insertRole(trx, { id, name: `${name} ${id}`, permissions, siteIds });
      roleIds.push(id);
    }
    await insertStaffMember(trx, {
      id: staffId,
      email: `${staffId}@linya.test`,
      name: "Ana Reyes",
      passwordHash: "not used",
      roleIds,
    });
  });
  // In a browser that they know: a new one would be told of.
  const known = services.browsers.issue(null, staffId, services.clock.now());
  const opened = await openSession(services, tenantId, staffId, { ip: "192.0.2.9", userAgent: null, known });
  assert.ok(opened !== null);
  return userWith(handler, staffId, `linya=${opened.token}`);
}

function templateOf(role: string | readonly Permission[]) {
  const template = typeof role === "string"
    ? ROLE_TEMPLATES.find(({ name }) => name === role)
    : { name: "Own", permissions: role };
  assert.ok(template !== undefined, `there is no role ${role}`);
  return template;
}

function userWith(handler: AppHandler, staffUserId: string, cookie: string): PageUser {
  const send = async (path: string, init: RequestInit): Promise<PageAnswer> => {
    const given = init.headers as Record<string, string> | undefined;
    const cookies = given?.cookie === undefined ? cookie : `${cookie}; ${given.cookie}`;
    const headers = { ...given, cookie: cookies, origin: BASE };
    const response = await handler(new Request(BASE + path, { ...init, headers }));
    const html = await response.text();
    return {
      status: response.status,
      location: (response.headers.get("location") ?? "").replace(BASE, ""),
      html,
      text: toText(html),
      headers: response.headers,
    };
  };
  return {
    cookie,
    staffUserId,
    get: (path, more) => send(path, more === undefined ? {} : { headers: { cookie: more.cookie } }),
    async post(path, fields) {
      const { html } = await send("/admin/subscribers", {});
      const token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? "";
      return await send(path, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: toForm({ _csrf: token, ...fields }).toString(),
      });
    },
  };
}

function toForm(fields: Record<string, string | string[]>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(fields).flatMap(([name, values]) => [values].flat().map((value) => [name, value])),
  );
}

function toText(html: string): string {
  return html.replace(/<(script|style)[\s\S]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ")
    .replaceAll("&amp;", "&").replaceAll("&lt;", "<").replaceAll("&quot;", '"').replaceAll("&#39;", "'")
    .replace(/\s+/g, " ").replace(/ ([.,;:])/g, "$1");
}
