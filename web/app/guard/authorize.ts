import { Refused, refused } from "@/web/app/errors/refused.ts";
import { codedText, storedText } from "@/web/messages/coded_text.ts";
import { coded } from "@/shared/codes/mod.ts";
import { type Context, HttpError, type Middleware } from "fresh";
import { type Locale, parseLocale, preferredLocale, translator } from "@/web/messages/mod.ts";
import type { SignedInAudience } from "@/web/domain/access/mod.ts";
import { AUDIENCE_PLACES, audienceBelow, audienceOf } from "@/web/app/audiences.ts";
import type { CsrfTokens } from "./csrf.ts";
import { isApi } from "@/web/app/errors/errors.ts";
import { keepForm } from "@/web/app/form/keep_form.tsx";
import { type FormFiles, readFileForm } from "@/web/app/form/file_form.ts";
import { plainWords, problemsOf, refuseNul, toRawInput } from "@/web/app/form/input.ts";
import { limitRequest, namesHidden } from "./limit_sites.ts";
import type { OnRefused } from "./note_refusal.ts";
import { findEntry, type RouteEntry, subjectOf } from "@/web/app/route_table.ts";
import { readSessionToken } from "./session_cookie.ts";
import type { PathSubject } from "@/web/store/access/path_subjects.ts";
import { personOf, type Session } from "./session.ts";
import type { AppState } from "@/web/app/state.ts";

/** What {@linkcode authorize} needs. */
export interface AuthorizeOptions {
  table: readonly RouteEntry[];
  /** The live session of a request, by the cookie of an audience; null when there is none. Throws when it cannot be known. */
  resolveSession: (req: Request, state: AppState, audience: SignedInAudience) => Promise<Session | null>;
  csrf: CsrfTokens;
  /** True until the owner account exists. @default {never open} */
  isSetupOpen?: () => Promise<boolean>;
  /** Whether the thing that a path names is the tenant's. @default {it is} */
  isThere?: (state: AppState, subject: PathSubject, id: string) => Promise<boolean>;
  /** Told of whoever was refused something that is there. */
  onRefused?: OnRefused;
}

/**
 * The one place that decides who may use a route (R8): looks the mounted pattern up in the table, checks session,
 * permission and form token, and parses parameters and input.
 */
export function authorize(options: AuthorizeOptions): Middleware<AppState> {
  return async (ctx) => {
    resetState(ctx.state);
    ctx.state.table = options.table;
    speak(ctx.state, preferredLocale(ctx.req.headers.get("accept-language")));
    ctx.state.forms = options.csrf.forms;
    if (ctx.route === null) {
      // No route: nothing below can answer. A page that is not there looks as one that is not for this person.
      const audience = audienceBelow(ctx.url.pathname);
      if (audience !== null) await greet(ctx, options, audience);
      return await ctx.next();
    }
    const entry = findEntry(options.table, ctx.req.method, ctx.route);
    // Methods were looked at before (methodCheck); whatever the table does not list is not there.
    if (entry === null) throw notFound();
    ctx.state.entry = entry;
    await greet(ctx, options, audienceOf(entry.audience, ctx.url.pathname));
    const refusal = await refuse(ctx, entry, options);
    if (refusal !== null) return refusal;
    limitRequest(ctx.state, entry);
    if (await namesHidden(ctx.state, [ctx.params, ctx.url.search])) throw notFound();
    readPathParams(ctx, entry);
    await requireSubject(ctx, entry, options);
    await readRequest(ctx, entry, options);
    if (ctx.state.inputProblems !== null && isApi(ctx)) return invalidInput(ctx.state);
    const answer = await ctx.next();
    noteOpening(ctx, entry, answer);
    return answer;
  };
}

/** Whoever sees a page of a subscriber has opened their record; lists have not. */
function noteOpening(
  { params, req, state }: Context<AppState>,
  { pattern }: RouteEntry,
  answer: Response,
): void {
  const { session } = state;
  if (session?.audience !== "staff" || req.method !== "GET" || !answer.ok) return;
  if (subjectOf(pattern) !== "subscribers" || params.id === undefined) return;
  const { tenantId, staffUserId, sessionId } = session;
  state.openings.note(tenantId, { subscriberId: params.id.toLowerCase(), staffUserId, sessionId });
}

function resetState(state: AppState): void {
  state.session = null;
  state.csrfToken = "";
  state.entry = null;
  state.input = undefined;
  state.params = undefined;
  state.inputProblems = null;
  state.inputValues = {};
  state.inputFiles = {};
}

/** Learns who asks, and what they speak. A session of another audience is none, wherever it comes from. */
async function greet(
  ctx: Context<AppState>,
  options: AuthorizeOptions,
  audience: SignedInAudience,
): Promise<void> {
  const { state } = ctx;
  const session = await options.resolveSession(ctx.req, state, audience);
  if (session === null) return;
  state.session = session;
  if (session.audience !== audience) {
    options.onRefused?.(ctx, "audience");
    state.session = null;
    return;
  }
  state.csrfToken = options.csrf.issue(session.sessionId, personOf(session));
  const chosen = session.audience === "staff" ? parseLocale(session.preferences?.locale) : null;
  if (chosen !== null) speak(state, chosen);
}

function speak(state: AppState, locale: Locale): void {
  state.locale = locale;
  state.t = translator(locale);
}

async function refuse(
  ctx: Context<AppState>,
  entry: RouteEntry,
  options: AuthorizeOptions,
): Promise<Response | null> {
  const isOpen = options.isSetupOpen ?? (() => Promise.resolve(false));
  if (entry.audience === "public") {
    if (entry.permission === "public" || await isOpen()) return null;
    throw notFound();
  }
  const { session } = ctx.state;
  if (session === null) return await signInFirst(ctx, entry.audience, options, isOpen);
  const isAllowed = entry.permission === "signed_in" ||
    session.audience === "staff" && session.permissions.has(entry.permission);
  if (isAllowed) {
    refuseWhileLooking(session, entry);
    return null;
  }
  options.onRefused?.(ctx, "permission");
  // Forbidden answers as absent does (R5).
  throw notFound();
}

/** What somebody may send who looks at Linya as a role does: nothing but the ways out of it. */
const WAYS_OUT: readonly string[] = ["/admin/see-as/end", "/admin/sign-out"];

function refuseWhileLooking(session: Session, { method, pattern }: RouteEntry): void {
  const isLooking = session.audience === "staff" && (session.seesAs ?? null) !== null;
  if (isLooking && method === "POST" && !WAYS_OUT.includes(pattern)) throw refused("only_looking");
}

async function signInFirst(
  ctx: Context<AppState>,
  audience: SignedInAudience,
  options: AuthorizeOptions,
  isSetupOpen: () => Promise<boolean>,
): Promise<Response> {
  if (isApi(ctx)) throw refused("not_signed_in");
  const isStaff = audience === "staff";
  if (isStaff && await isSetupOpen()) return ctx.redirect("/setup", 303);
  const login = AUDIENCE_PLACES[audience].signInPath;
  const isPage = ctx.req.method === "GET" || ctx.req.method === "HEAD";
  if (!isPage) return (isStaff ? await keepForm(ctx, options) : null) ?? ctx.redirect(login, 303);
  const next = `?next=${encodeURIComponent(ctx.url.pathname + ctx.url.search)}`;
  // A browser that still has the cookie was signed in a while ago, and is told why it is asked again.
  const hadSession = readSessionToken(audience, ctx.req.headers, ctx.state.isHttps) !== null;
  return ctx.redirect(`${login}${next}${hadSession ? "&done=ended" : ""}`, 303);
}

function readPathParams(ctx: Context<AppState>, entry: RouteEntry): void {
  if (entry.params === undefined) {
    ctx.state.params = ctx.params;
    return;
  }
  const parsed = entry.params.safeParse(ctx.params);
  if (!parsed.success) throw notFound();
  ctx.state.params = parsed.data;
}

/**
 * A foreign id answers 404 before anything else is looked at, whatever the route does with it: what is not this tenant's
 * is not there.
 */
async function requireSubject(
  ctx: Context<AppState>,
  { pattern }: RouteEntry,
  { isThere }: AuthorizeOptions,
): Promise<void> {
  const subject = subjectOf(pattern);
  if (subject === null || ctx.state.session === null || isThere === undefined) return;
  const { id } = ctx.params;
  if (id === undefined || !await isThere(ctx.state, subject, id)) throw notFound();
}

async function readRequest(
  ctx: Context<AppState>,
  entry: RouteEntry,
  { csrf, onRefused }: AuthorizeOptions,
): Promise<void> {
  if (entry.method === "GET") return parseInput(ctx.state, entry, toRawInput(ctx.url.searchParams));
  const needsToken = entry.audience !== "public";
  // A public route without a schema reads its own body: a webhook checks a signature over the raw bytes.
  if (!needsToken && entry.input === undefined) return;
  const body = await readBody(ctx.req, entry);
  const { session } = ctx.state;
  const token = ctx.req.headers.get("x-csrf-token") ?? body.token;
  if (needsToken && (session === null || !csrf.verify(session.sessionId, token))) {
    onRefused?.(ctx, "form_token");
    throw refused("form_expired");
  }
  if (await namesHidden(ctx.state, [body.values])) throw notFound();
  ctx.state.inputFiles = body.files ?? {};
  parseInput(ctx.state, entry, body.values);
  for (const [field, message] of Object.entries(body.problems ?? {})) {
    ctx.state.inputProblems = { ...ctx.state.inputProblems, [field]: storedText(ctx.state.t, message) };
  }
}

/** A request's body before its schema has seen it. */
interface Body extends Partial<FormFiles> {
  values: unknown;
  token: string;
}

async function readBody(req: Request, entry: RouteEntry): Promise<Body> {
  const type = (req.headers.get("content-type") ?? "").split(";")[0]?.trim();
  if (type === "multipart/form-data" && entry.files !== undefined) {
    return await readFileForm(req, entry.files);
  }
  const text = await req.text();
  if (type === "application/json") return { values: parseJson(text), token: "" };
  if (type !== "application/x-www-form-urlencoded" && text !== "") {
    throw refused("body_not_taken");
  }
  const pairs = new URLSearchParams(text);
  return { values: toRawInput(pairs), token: pairs.get("_csrf") ?? "" };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => {
      refuseNul(typeof value === "string" ? key + value : key);
      return value;
    });
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    throw new Refused(coded("json_invalid"), { cause });
  }
}

function parseInput(state: AppState, entry: RouteEntry, values: unknown): void {
  if (isRecord(values)) state.inputValues = values as AppState["inputValues"];
  if (entry.input === undefined) return;
  const parsed = entry.input.safeParse(values, { error: plainWords });
  if (parsed.success) state.input = parsed.data;
  else state.inputProblems = problemsOf(state.t, parsed.error);
}

function isRecord(values: unknown): values is Record<string, unknown> {
  return typeof values === "object" && values !== null && !Array.isArray(values);
}

function invalidInput(state: AppState): Response {
  const error = {
    code: "invalid_input",
    message: codedText(state.t, coded("invalid_input")),
    fields: state.inputProblems,
    requestId: state.requestId,
  };
  return Response.json({ error }, { status: 422 });
}

function notFound(): HttpError {
  return refused("not_found");
}
