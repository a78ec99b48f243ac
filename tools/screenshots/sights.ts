import { addressOf, QUERIES } from "@/tests/e2e/_pages.ts";
import type { Sight } from "@/tests/e2e/_looks.ts";
import type { RouteEntry } from "@/web/app/route_table.ts";
import { currentNav, NAV_ITEMS } from "@/web/components/frame/nav.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";

/** A page of the gallery. */
export interface GalleryPage {
  /** As in the route table; for what a form answers `POST /admin/…`. */
  pattern: string;
  /** The state that it is shown in, when the pattern does not say it all. */
  note: string;
  summary: string;
  group: string;
  /** Before the owner account exists, signed out, or as the demo's owner. */
  who: "nobody" | "visitor" | "owner";
  sight: Sight;
  /** What it answers. @default 200 */
  status?: number;
}

/** What the pictures of one demo are of. */
export interface DemoIds {
  /** Which thing an `:id` is, by the pattern's second word. */
  kinds: ReadonlyMap<string, string>;
  /** A better one for a pattern of its own. */
  patterns: ReadonlyMap<string, string>;
}

/** GET routes that answer with something else than a page. */
export const NO_PAGES: Readonly<Record<string, string>> = {
  "/admin/reminders/:id": "there after somebody has reminded of many bills",
  "/health": "JSON",
  "/logo": "an image",
  "/admin/events": "an event stream",
  "/admin/confirm": "leads on who has just signed in",
  "/invite/:code": "there for whoever has the link",
  "/login/second": "there for whoever has typed a password",
  "/admin/settings/second-factor/app": "leads back where no secret waits",
  "/admin/settings/second-factor/codes": "leads back where there is no factor",
  "/admin/settings/second-factor/codes/text": "a text file, for whoever has just made codes",
  "/admin/settings/second-factor/remove": "there for whoever has a factor",
  "/reset/:code": "there for whoever has the link",
  "/admin/audit/head.json": "JSON",
  "/admin/audit/break": "there while the audit log is broken",
  "/admin/subscribers/:id/personal-data": "an archive",
  "/b/:token/logo": "an image",
  "/b/:token/statement.pdf": "a PDF",
  "/admin/settings/mail/texts/:occasion/:language/preview": "a mail in a frame",
  "/admin/reminders/preview": "a mail in a frame",
  "/admin/settings/mail/texts/:occasion/:language/reset": "leads back where the shipped text is used",
  "/admin/demo/mailbox/page": "a mail within the Mailbox",
  "/admin/demo/mailbox/file": "a file of a mail",
  "/admin/subscribers/:id/opening-balance/take-back": "leads back where there is no opening credit",
  "/admin/approvals/decided": "there after somebody has decided many together",
  "/admin/approvals/many": "leads back where nothing was ticked",
  "/admin/approvals/export": "leads back where no export was refused",
  "/admin/subscribers/:id/price/end": "leads back where no price is agreed",
};

/** Parts of the gallery for addresses that are not below a menu entry. */
const OTHER_GROUPS: Readonly<Record<string, string>> = {
  "": "Signing in",
  companies: "Signing in",
  reset: "Signing in",
  forgot: "Signing in",
  login: "Signing in",
  b: "By their address",
  m: "By their address",
  agents: "Sites",
  routers: "Sites",
  runs: "Tonight",
  decisions: "Tonight",
  disputes: "Bills",
  memos: "Bills",
  refunds: "Payments",
  lists: "Subscribers",
  bulk: "Subscribers",
  setup: "First set-up",
  find: "Find and help",
  help: "Find and help",
  clock: "Today",
  demo: "Demo",
};

const LAST_GROUP = "Everything else";

/** The gallery's parts in their order: the way in, the menu, the rest. */
export const GROUPS: readonly string[] = [
  "Signing in",
  "First set-up",
  ...NAV_ITEMS.map(({ id }) => navWord(id)),
  "Find and help",
  "By their address",
  "Demo",
  LAST_GROUP,
];

/** Why a GET route has no picture; null when it is a page. */
export function whyNoPage({ pattern, summary }: RouteEntry): string | null {
  if (/\.(csv|pdf)$/.test(pattern)) return "a file";
  if (summary.startsWith("Leads ")) return "leads to a page";
  // A question about ticked rows has its own picture, of the form that is sent.
  if (pattern.startsWith("/admin/bulk/") || /^\/admin\/reminders(\/bills)?$/.test(pattern)) {
    return "leads to a page until rows are ticked";
  }
  return NO_PAGES[pattern] ?? null;
}

/** Every page of a route table, as an address of the demo. */
export function pagesOf(table: readonly RouteEntry[], ids: DemoIds): GalleryPage[] {
  return table
    .filter((route) => route.method === "GET" && whyNoPage(route) === null)
    .map(({ pattern, permission, summary }) => {
      const isOpen = permission === "public" || permission === "setup";
      return {
        pattern,
        note: "",
        summary,
        group: groupOf(pattern),
        who: permission === "setup" ? "nobody" : isOpen ? "visitor" : "owner",
        sight: { path: demoAddress(pattern, ids) },
      };
    });
}

/** The part of the gallery that an address belongs to. */
export function groupOf(pattern: string): string {
  const nav = pattern === "/admin" ? "today" : currentNav(pattern);
  if (nav !== undefined) return navWord(nav);
  const [, first = "", second = ""] = pattern.split("/");
  return OTHER_GROUPS[first === "admin" ? second : first] ?? LAST_GROUP;
}

function demoAddress(pattern: string, { kinds, patterns }: DemoIds): string {
  const own = patterns.get(pattern);
  if (own !== undefined) return own;
  const query = QUERIES[pattern];
  const path = addressOf(pattern, kinds);
  return query === undefined ? path : `${path}?${query}`;
}

function navWord(id: (typeof NAV_ITEMS)[number]["id"]): string {
  return ENGLISH_WORDS(`shell.nav_${id}`);
}

/** GET routes without a picture, and what they answer. */
export function listLeftOut(table: readonly RouteEntry[]): { pattern: string; why: string }[] {
  return table.filter(({ method }) => method === "GET").flatMap((route) => {
    const why = whyNoPage(route);
    return why === null ? [] : [{ pattern: route.pattern, why }];
  });
}
