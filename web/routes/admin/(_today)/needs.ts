import { formatDate } from "@/shared/calendar/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import type { Tone } from "@/web/components/tone.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import { formatPlural, formatRelative } from "@/web/format.ts";
import type { NeedKind, NeedsYou } from "@/web/store/needs_you.ts";
import { may, type PageMoment } from "../(_billing)/page_context.ts";
import { sentence } from "../(_billing)/words.ts";

/** One line of *Needs you*. */
export interface Need {
  word: string;
  tone: Tone;
  text: string;
  href: string;
}

interface NeedLook {
  word: string;
  tone: Tone;
  /** Who can do something about it. */
  permission: Permission;
  href: (need: NeedsYou) => string;
  text: (need: NeedsYou) => string;
}

const LOOKS: Record<NeedKind, NeedLook> = {
  agent_offline: {
    word: "Agent offline",
    tone: "warn",
    permission: "site:read",
    href: () => "/admin/sites",
    text: ({ subject }) =>
      `The agent of ${subject} is not connected. Its subscribers stay as they are; nobody is cut there.`,
  },
  router_away: {
    word: "Router",
    tone: "warn",
    permission: "router:read",
    href: ({ subjectId }) => `/admin/routers/${subjectId}`,
    text: ({ subject, detail }) =>
      `${subject}: ${ROUTER_WORDS[detail ?? ""] ?? detail ?? "it does not answer"}.`,
  },
  run_awaiting_approval: {
    word: "Approve",
    tone: "warn",
    permission: "cut_run:read",
    href: ({ subjectId }) => `/admin/tonight/approve?run=${subjectId}`,
    text: ({ subject, detail, count }) =>
      `The cut run of ${dayOf(subject)} waits for approval with ${formatPlural(count, "subscriber")}: ${
        detail ?? "more than usual"
      }.`,
  },
  run_failed_rows: {
    word: "Failed",
    tone: "bad",
    permission: "cut_run:read",
    href: ({ subjectId }) => `/admin/runs/${subjectId}?outcome=failed`,
    text: ({ subject, detail, count }) =>
      `${formatPlural(count, "row")} of the ${detail ?? ""} run of ${dayOf(subject)} failed.`,
  },
  router_held: {
    word: "Held back",
    tone: "warn",
    permission: "router:read",
    href: ({ subjectId }) => `/admin/routers/${subjectId}`,
    text: ({ subject, count }) =>
      `The agent holds ${formatPlural(count, "disable")} on ${subject} until a person allows more.`,
  },
  router_drift: {
    word: "Drift",
    tone: "info",
    permission: "router:read",
    href: ({ subjectId }) => `/admin/routers/${subjectId}`,
    text: ({ subject, count }) =>
      `${formatPlural(count, "PPP secret")} on ${subject} ${
        count === 1 ? "is" : "are"
      } not as the books say.`,
  },
  import_review: {
    word: "Import",
    tone: "info",
    permission: "import:read",
    href: ({ subjectId }) => `/admin/import/${subjectId}`,
    text: ({ subject, count }) =>
      `${formatPlural(count, "PPP secret")} of ${subject} ${count === 1 ? "waits" : "wait"} for review.`,
  },
};

const ROUTER_WORDS: Record<string, string> = {
  unknown: "not reached yet",
  unreachable: "it does not answer",
  wrong_password: "it refuses the password",
  wrong_router: "another router answers at its address, nothing was written",
  unsupported: "its RouterOS version is not supported",
  error: "it answers with an error",
};

/** What this person can do something about, in the order of the list. */
export function needsFor(state: AppState, needs: readonly NeedsYou[], moment: PageMoment): Need[] {
  return needs.filter((need) => may(state, LOOKS[need.kind].permission)).map((need) => {
    const look = LOOKS[need.kind];
    const verb = SINCE[need.kind];
    const since = need.since === null || verb === undefined
      ? ""
      : ` ${verb} ${formatRelative(need.since, moment.now)}.`;
    const mayApprove = need.kind !== "run_awaiting_approval" || may(state, "cut_run:approve");
    return {
      word: look.word,
      tone: look.tone,
      text: sentence(look.text(need).replace(/\.\.$/, ".")) + since,
      href: mayApprove ? look.href(need) : "/admin/tonight",
    };
  });
}

const SINCE: Partial<Record<NeedKind, string>> = { agent_offline: "Last heard", router_away: "Noticed" };

function dayOf(subject: string): string {
  return formatDate(Temporal.PlainDate.from(subject));
}
