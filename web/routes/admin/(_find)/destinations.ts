import { fold } from "@/shared/text/mod.ts";
import { matchEntry, type RouteEntry } from "@/web/app/route_table.ts";
import { type Locale, LOCALES, type MessageKey, type Translate, translator } from "@/web/messages/mod.ts";

/** A page or an action that the search offers and a shortcut leads to. */
export interface Destination {
  label: MessageKey;
  href: string;
  kind: "page" | "action";
  /** Typed after `g`, or alone when it is an action of the whole admin. */
  keys?: string;
}

const DESTINATIONS: readonly Destination[] = [
  { kind: "page", label: "shell.nav_today", href: "/admin", keys: "g t" },
  { kind: "page", label: "shell.nav_tonight", href: "/admin/tonight", keys: "g n" },
  { kind: "page", label: "shell.nav_subscribers", href: "/admin/subscribers", keys: "g s" },
  { kind: "page", label: "find.to_overdue", href: "/admin/subscribers?bill=overdue" },
  { kind: "page", label: "find.to_disconnected", href: "/admin/subscribers?service=disconnected" },
  { kind: "page", label: "find.to_held", href: "/admin/subscribers?service=held" },
  { kind: "page", label: "shell.nav_bills", href: "/admin/bills", keys: "g b" },
  { kind: "page", label: "shell.nav_payments", href: "/admin/payments", keys: "g p" },
  { kind: "page", label: "shell.nav_sites", href: "/admin/sites", keys: "g r" },
  { kind: "page", label: "shell.nav_plans", href: "/admin/plans", keys: "g l" },
  { kind: "page", label: "shell.nav_import", href: "/admin/import", keys: "g i" },
  { kind: "page", label: "find.to_runs", href: "/admin/runs" },
  { kind: "page", label: "shell.nav_staff", href: "/admin/staff" },
  { kind: "page", label: "staff.roles", href: "/admin/roles" },
  { kind: "page", label: "shell.nav_settings", href: "/admin/settings", keys: "g e" },
  { kind: "page", label: "settings.section_tax", href: "/admin/settings/tax" },
  { kind: "page", label: "settings.section_books", href: "/admin/settings/books" },
  { kind: "page", label: "security.title", href: "/admin/settings/security" },
  { kind: "page", label: "audit.title", href: "/admin/audit" },
  { kind: "page", label: "find.to_help", href: "/admin/help/shortcuts", keys: "?" },
  { kind: "action", label: "find.do_pay", href: "/admin/payments/new", keys: "p" },
  { kind: "action", label: "find.do_subscriber", href: "/admin/subscribers/new" },
  { kind: "action", label: "find.do_hold", href: "/admin/tonight" },
  { kind: "action", label: "find.do_run", href: "/admin/tonight/run" },
  { kind: "action", label: "find.do_plan", href: "/admin/plans/new" },
  { kind: "action", label: "find.do_site", href: "/admin/sites" },
  { kind: "action", label: "find.do_import", href: "/admin/import" },
];

/** Actions that need more than the page where they begin. */
const ALSO: Partial<Record<MessageKey, string>> = {
  "find.do_hold": "hold:write",
  "find.do_site": "site:write",
  "find.do_import": "import:run",
};

/** The routes there are, and what a person may. */
interface Place {
  table: readonly RouteEntry[];
  permissions: ReadonlySet<string>;
}

/** What a person may go to and do; the route table knows which pages exist and who may see them. */
export function destinationsFor({ table, permissions }: Place): Destination[] {
  return DESTINATIONS.filter(({ href, label }) => {
    const needed = permissionOf(table, href);
    const also = ALSO[label];
    const mayOpen = needed === "signed_in" || needed !== undefined && permissions.has(needed);
    return mayOpen && (also === undefined || permissions.has(also));
  });
}

/** Those whose name has the words, in the person's language or in the other one. */
export function matchDestinations(list: readonly Destination[], words: string): Destination[] {
  if (words.trim() === "") return [...list];
  const wanted = fold(words);
  const names = (label: MessageKey) => LOCALES.map((locale: Locale) => fold(translator(locale)(label)));
  return list.filter(({ label }) => names(label).some((name) => startsAWord(name, wanted)));
}

/** Key strokes and where they lead, for the shortcuts. */
export function shortcutsFor(place: Place): Record<string, string> {
  return Object.fromEntries(
    destinationsFor(place).flatMap(({ keys, href }) => keys === undefined ? [] : [[keys, href]]),
  );
}

/** Page shortcuts with their names, for the help. */
export function pageKeys(place: Place, t: Translate): { keys: string; name: string }[] {
  return destinationsFor(place).flatMap(({ keys, label }) =>
    keys?.startsWith("g ") ? [{ keys, name: t(label) }] : []
  );
}

const needs = new WeakMap<readonly RouteEntry[], Map<string, string | undefined>>();

function permissionOf(table: readonly RouteEntry[], href: string): string | undefined {
  const path = href.replace(/\?.*$/, "");
  let known = needs.get(table);
  if (known === undefined) needs.set(table, known = new Map());
  if (!known.has(path)) known.set(path, matchEntry(table, "GET", path)?.permission);
  return known.get(path);
}

function startsAWord(name: string, wanted: string): boolean {
  return wanted !== "" && (name.startsWith(wanted) || name.includes(` ${wanted}`));
}
