import { isApprovalKind } from "@/web/domain/approvals/mod.ts";
import { kindName } from "@/web/services/approvals/close_request.ts";
import { kindOf } from "@/web/services/approvals/registry.ts";
import { codedText, storedText } from "@/web/messages/coded_text.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { formatDate, formatDayMonth, localDate } from "@/shared/calendar/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import type { Tone } from "@/web/components/facts/tone.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import { formatInstant, formatTime } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { NeedKind, NeedsYou } from "@/web/store/live/needs_you.ts";
import { PAYMENT_METHODS } from "@/web/route_table/payments.ts";
import { address, may, type PageMoment } from "@/web/app/frame/page_context.ts";
import { sayMailProblem } from "../settings/(_parts)/mail/problem_words.ts";
import { endedKey, troubleKey } from "../(_network)/link_words.ts";
import { remarkTitle } from "../(_network)/router_state.tsx";

/** One line of *Needs you*: what it is, one sentence, one button. */
export interface Need {
  kind: NeedKind;
  word: string;
  tone: Tone;
  text: string;
  verb: string;
  href: string;
}

interface NeedLook {
  tone: Tone;
  /** What it takes to see it and to open what it leads to, all of it; to others the line is not shown. */
  permission: Permission | readonly Permission[];
  href: (need: NeedsYou) => string;
}

/** Everybody is told of the clock: it stops what everybody waits for. */
const CLOCK: NeedLook = { tone: "bad", permission: "today:read", href: () => "/admin/clock" };

const LOOKS: Record<NeedKind, NeedLook> = {
  clock_jump: CLOCK,
  clock_gap: CLOCK,
  future_days: CLOCK,
  run_awaiting_approval: {
    tone: "warn",
    permission: "cut_run:read",
    href: ({ subjectId }) => address("/admin/tonight/approve", { run: subjectId }),
  },
  days_not_run: {
    tone: "bad",
    permission: "cut_run:read",
    href: () => "/admin/runs?kind=bill",
  },
  books_broken: {
    tone: "bad",
    permission: "settings:read",
    href: () => "/admin/settings/books",
  },
  audit_broken: {
    tone: "bad",
    permission: "audit:read",
    href: () => "/admin/audit",
  },
  cut_missed: {
    tone: "warn",
    permission: "cut_run:read",
    href: ({ subjectId }) => `/admin/runs/${subjectId}`,
  },
  cuts_unnoticed: {
    tone: "warn",
    permission: "cut_run:read",
    href: () => "/admin/tonight?view=no_notice",
  },
  bill_run_waits: {
    tone: "warn",
    permission: ["bill_run:run", "cut_run:read"],
    href: ({ subjectId }) => `/admin/runs/${subjectId}/approve`,
  },
  bills_parked: {
    tone: "bad",
    permission: "bill:read",
    href: () => "/admin/decisions?kind=parked",
  },
  days_unexplained: {
    tone: "warn",
    permission: "bill:read",
    href: () => "/admin/decisions?kind=unexplained",
  },
  mode_waits: {
    tone: "warn",
    permission: ["subscriber:write", "subscriber:read"],
    href: ({ subjectId, detail }) =>
      address(`/admin/subscribers/${subjectId}/mode`, { connection: detail ?? undefined }),
  },
  payer_waits: {
    tone: "warn",
    permission: ["subscriber:write", "subscriber:read"],
    href: ({ subjectId, detail }) =>
      address(`/admin/subscribers/${subjectId}/payer`, { connection: detail ?? undefined }),
  },
  approval_asked: {
    tone: "warn",
    permission: "approval:read",
    href: ({ subject }) => `/admin/approvals?view=decide&kind=${subject}`,
  },
  end_waits: {
    tone: "warn",
    permission: ["bill:void", "subscriber:read"],
    href: ({ subjectId }) => `/admin/subscribers/${subjectId}`,
  },
  mail_stopped: {
    tone: "bad",
    permission: "settings:read",
    href: () => "/admin/settings/mail",
  },
  mail_failed: {
    tone: "warn",
    permission: "mail:read",
    href: ({ subject }) => address("/admin/mail", { state: "failed", from: subject }),
  },
  mail_unwritten: {
    tone: "warn",
    permission: ["mail:read", "bill:read"],
    href: ({ subjectId }) => `/admin/bills/${subjectId}`,
  },
  agent_offline: {
    tone: "warn",
    permission: "site:read",
    href: ({ subjectId }) => `/admin/sites/${subjectId}`,
  },
  agent_trouble: {
    tone: "bad",
    permission: "site:read",
    href: ({ subjectId }) => `/admin/sites/${subjectId}`,
  },
  site_without_agent: {
    tone: "warn",
    permission: "site:read",
    href: ({ subjectId }) => `/admin/sites/${subjectId}`,
  },
  router_away: { tone: "warn", permission: "router:read", href: routerOf },
  router_refused: { tone: "bad", permission: "router:read", href: routerOf },
  router_asks: { tone: "warn", permission: "router:read", href: routerOf },
  router_limited: { tone: "warn", permission: "router:read", href: routerOf },
  router_held: { tone: "warn", permission: "router:read", href: routerOf },
  command_failed: { tone: "bad", permission: "router:read", href: routerOf },
  payment_twice: {
    tone: "warn",
    permission: ["payment:reverse", "payment:read"],
    href: ({ subjectId }) => `/admin/payments/${subjectId}`,
  },
  dispute_late: {
    tone: "warn",
    permission: ["bill:dispute", "bill:read"],
    href: () => "/admin/disputes?state=late",
  },
  outage_credit_waits: {
    tone: "info",
    permission: ["memo:post", "bill:read"],
    href: () => "/admin/outages/credits",
  },
  router_drift: { tone: "info", permission: "router:read", href: routerOf },
  hand_changes: {
    tone: "info",
    permission: "router:read",
    href: ({ subjectId }) => `/admin/routers/${subjectId}/changes`,
  },
  import_review: {
    tone: "info",
    permission: "import:run",
    href: ({ subjectId }) => `/admin/import/${subjectId}`,
  },
  factor_waits: {
    tone: "info",
    permission: ["staff:write", "staff:read"],
    href: () => "/admin/staff",
  },
  bills_stopped: {
    tone: "info",
    permission: ["subscription:suspend", "subscriber:read"],
    href: () => "/admin/subscribers?stopped=yes",
  },
  prepaid_expiring: {
    tone: "info",
    permission: "subscriber:read",
    href: () => "/admin/subscribers?prepaid=expiring",
  },
};

/** States of a router that have words of their own; an error is told in the router's words. */
const ROUTER_STATES = ["unknown", "unreachable", "wrong_password", "wrong_router", "unsupported"] as const;

/** What this person can do something about, in the order of the list. */
export function needsFor(state: AppState, needs: readonly NeedsYou[], moment: PageMoment): Need[] {
  return withRequests(state, needs.filter((need) => sees(state, need.kind))).map((need) => {
    const { kind } = need;
    const look = LOOKS[kind];
    const isWatching = kind === "run_awaiting_approval" && !may(state, "cut_run:approve");
    return {
      kind,
      word: state.t(`today.word_${kind}`),
      tone: look.tone,
      text: state.t(`today.need_${kind}`, {
        subject: subjectOf(need, moment, state.t),
        detail: detailOf(need, moment, state.t),
        count: need.count,
        since: sinceOf(need, moment, state.t),
      }),
      verb: state.t(isWatching ? "today.verb_watch_list" : verbOf(need)),
      href: isWatching ? "/admin/tonight" : look.href(need),
    };
  });
}

/** What can be asked of a person; a newer agent may ask something else, which nobody can answer yet. */
function askedIn(detail: string | null) {
  return (["identity_changed", "changed_at_once"] as const).find((word) => word === detail);
}

/** Of the requests for an approval those that this person may decide: one line for each kind, without their own. */
function withRequests(state: AppState, needs: readonly NeedsYou[]): NeedsYou[] {
  const me = state.session?.audience === "staff" ? state.session.staffUserId : null;
  const lines = new Map<string, NeedsYou>();
  const merged: NeedsYou[] = [];
  for (const need of needs) {
    if (need.kind !== "approval_asked") {
      merged.push(need);
      continue;
    }
    const { subject: kind, detail: askedById, count } = need;
    if (askedById === me || !isApprovalKind(kind) || !may(state, kindOf(kind).decide.permission)) continue;
    const line = lines.get(kind);
    if (line !== undefined) {
      line.count += count;
      continue;
    }
    const first = { ...need, detail: null };
    lines.set(kind, first);
    merged.push(first);
  }
  return merged;
}

function verbOf({ kind, detail }: NeedsYou) {
  const isUnknown = kind === "router_asks" && askedIn(detail) === undefined;
  return isUnknown ? "today.verb_router_limited" as const : `today.verb_${kind}` as const;
}

function sees(state: AppState, kind: NeedKind): boolean {
  return [LOOKS[kind].permission].flat().every((permission) => may(state, permission));
}

/** What is looked at, each with the kind of line that stands for it. */
const LOOKED_AT = [
  ["clock", "clock_jump"],
  ["runs", "cut_missed"],
  ["books", "books_broken"],
  ["mail", "mail_stopped"],
  ["agents", "agent_offline"],
  ["routers", "router_away"],
  ["payments", "payment_twice"],
  ["disputes", "dispute_late"],
  ["imports", "import_review"],
  ["stopped", "bills_stopped"],
] as const satisfies readonly (readonly [string, NeedKind])[];

/** What was looked at for this person, for saying that nothing of it needs them: no more than that is known. */
export function lookedAt(state: AppState): string {
  return LOOKED_AT.filter(([, kind]) => sees(state, kind)).map(([part]) => state.t(`today.looked_${part}`))
    .join(", ");
}

function routerOf({ subjectId }: NeedsYou): string {
  return `/admin/routers/${subjectId}`;
}

function isClock(kind: NeedKind): boolean {
  return kind === "clock_jump" || kind === "clock_gap";
}

function subjectOf({ kind, subject }: NeedsYou, { now, zone }: PageMoment, t: Translate): string {
  if (isClock(kind)) return formatInstant(now, zone, t);
  if (kind === "approval_asked") return codedText(t, kindName(subject));
  if (kind === "outage_credit_waits") return formatPeso(centavos(BigInt(subject)));
  const isDay = [
    "future_days",
    "run_awaiting_approval",
    "days_not_run",
    "cut_missed",
    "cuts_unnoticed",
    "bill_run_waits",
    "dispute_late",
  ]
    .includes(kind);
  return isDay ? formatDate(Temporal.PlainDate.from(subject), t.locale) : subject;
}

function detailOf({ kind, detail, count, since }: NeedsYou, { zone }: PageMoment, t: Translate): string {
  if (isClock(kind) && since !== null) return formatInstant(since, zone, t);
  if (kind === "future_days") return t("clock.bills", { n: Number(detail) });
  if (kind === "router_away") {
    const known = ROUTER_STATES.find((word) => word === detail);
    return known === undefined ? withoutStop(storedText(t, detail ?? "")) : t(`today.router_${known}`);
  }
  if (kind === "router_asks") {
    return t(`today.asks_${askedIn(detail) ?? "other"}`);
  }
  if (kind === "router_limited") {
    const what = remarkTitle(t, detail ?? "");
    return count > 1 ? t("today.limited_more", { what, n: count - 1 }) : what;
  }
  if (kind === "mail_stopped") return sayMailProblem(t, detail ?? "");
  if (kind === "agent_trouble") return t(troubleKey(detail ?? "", "_title"));
  if (kind === "agent_offline") return detail === null ? "" : ` (${t(endedKey(detail))})`;
  if (kind === "payment_twice") {
    const method = PAYMENT_METHODS.find((known) => known === detail);
    return method === undefined ? detail ?? "" : t(`words.method_${method}`);
  }
  if (kind === "run_awaiting_approval" || kind === "bill_run_waits") {
    return detail === null ? t("today.brake_unsaid") : withoutStop(storedText(t, detail));
  }
  return withoutStop(storedText(t, detail ?? ""));
}

/** ` Since 14:02.`, with its space; empty when it is not known. The date is left out for today. */
function sinceOf({ since }: NeedsYou, { now, zone }: PageMoment, t: Translate): string {
  if (since === null) return "";
  const [day, time] = [localDate(since, zone), formatTime(since, zone)];
  const when = day.equals(localDate(now, zone)) ? time : `${formatDayMonth(day, t.locale)}, ${time}`;
  return ` ${t("today.since", { when })}`;
}

function withoutStop(text: string): string {
  return text.replace(/\.+$/, "");
}
