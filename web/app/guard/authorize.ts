import { refused } from "@/web/app/errors/refused.ts";
import { codedText, storedText } from "@/web/messages/coded_text.ts";
import { coded } from "@/shared/codes/mod.ts";
import type { Context, HttpError, Middleware } from "fresh";
import { type Locale, parseLocale, preferredLocale, translator } from "@/web/messages/mod.ts";
import type { SignedInAudience } from "@/web/domain/access/mod.ts";
import { AUDIENCE_PLACES, audienceBelow, audienceOf } from "@/web/app/audiences.ts";
import type { CsrfTokens } from "./csrf.ts";
import { isApi } from "@/web/app/errors/errors.ts";
import { keepForm } from "@/web/app/form/keep_form.tsx";
import { plainWords, problemsOf, toRawInput } from "@/web/app/form/input.ts";
import { askAgain, CONFIRM_PASSKEY_PATH, CONFIRM_PATH } from "./ask_again.tsx";
import { enrolFirst } from "./enrol_first.ts";
import { readBody } from "./read_body.ts";
import { takeProof } from "./sent_again.ts";
import type { Proof } from "@/web/services/access/confirm_identity.ts";
import { limitFrame, limitRequest, namesHidden } from "./limit_sites.ts";
import { namesNobodys } from "./names_nobodys.ts";
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
 * permission and form token, parses parameters and input, and asks again who it is where the route says so.
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
      limitFrame(ctx.state);
      return await ctx.next();
    }
    const entry = findEntry(options.table, ctx.req.method, ctx.route);
    // Methods were looked at before (methodCheck); whatever the table does not list is not there.
    if (entry === null) throw notFound();
    ctx.state.entry = entry;
    await greet(ctx, options, audienceOf(entry.audience, ctx.url.pathname));
    const refusal = await refuse(ctx, entry, options) ?? enrolFirst(ctx, entry);
    if (refusal !== null) return refusal;
    limitRequest(ctx.state, entry);
    if (await namesHidden(ctx.state, [paramsBeside(ctx, entry, options), ctx.url.search])) throw notFound();
    readPathParams(ctx, entry);
    await requireSubject(ctx, entry, options);
    const proof = await readRequest(ctx, entry, options);
    const question = await askAgain(ctx, entry, proof);
    if (question !== null) return question;
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
  const mustEnrol = session.audience === "staff" && session.mustEnrol === true;
  const isAllowed = entry.permission === "signed_in" || mustEnrol ||
    session.audience === "staff" &&
      [entry.permission, ...entry.also ?? []].every((each) => session.permissions.has(each));
  // Who has to add a factor first has no permission, and is led to where they add it (`enrolFirst`).
  if (isAllowed) {
    refuseWhileLooking(session, entry);
    return null;
  }
  limitFrame(ctx.state);
  options.onRefused?.(ctx, "permission");
  // Forbidden answers as absent does (R5).
  throw notFound();
}

/**
 * What somebody may send who looks at Linya as a role does: nothing but the ways out of it, and the proof that it is
 * them, for what they may read.
 */
const WAYS_OUT: readonly string[] = [
  "/admin/see-as/end",
  "/admin/sign-out",
  CONFIRM_PATH,
  CONFIRM_PASSKEY_PATH,
];

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

/** Parameters of the path but for the subject, which {@linkcode requireSubject} looks up as the person sees it. */
function paramsBeside(
  { params }: Context<AppState>,
  { pattern }: RouteEntry,
  { isThere }: AuthorizeOptions,
): Record<string, string | undefined> {
  if (subjectOf(pattern) === null || isThere === undefined) return params;
  const { id: _, ...others } = params;
  return others;
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
): Promise<Proof | null> {
  const query = toRawInput(ctx.url.searchParams);
  if (await namesNobodys(ctx.state, query)) throw notFound();
  if (entry.method === "GET") {
    parseInput(ctx.state, entry, query);
    return null;
  }
  const needsToken = entry.audience !== "public";
  // A public route without a schema reads its own body: a webhook checks a signature over the raw bytes.
  if (!needsToken && entry.input === undefined) return null;
  const body = await readBody(ctx.req, entry);
  const { session } = ctx.state;
  const token = ctx.req.headers.get("x-csrf-token") ?? body.token;
  if (needsToken && (session === null || !csrf.verify(session.sessionId, token))) {
    onRefused?.(ctx, "form_token");
    throw refused("form_expired");
  }
  if (await namesHidden(ctx.state, [body.values]) || await namesNobodys(ctx.state, body.values)) {
    throw notFound();
  }
  ctx.state.inputFiles = body.files ?? {};
  const { values, proof } = entry.confirm ? takeProof(body.values) : { values: body.values, proof: null };
  parseInput(ctx.state, entry, values);
  for (const [field, message] of Object.entries(body.problems ?? {})) {
    ctx.state.inputProblems = { ...ctx.state.inputProblems, [field]: storedText(ctx.state.t, message) };
  }
  return proof;
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
