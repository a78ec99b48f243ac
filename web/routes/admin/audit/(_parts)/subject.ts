import { may } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { subjectKindText } from "@/web/app/words/audit_words.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { AuditLine } from "@/web/store/access/audit_page.ts";

/** Where things have their pages, and what it takes to open them. */
const PAGES: Readonly<Record<string, [permission: Permission, href: (line: AuditLine) => string | null]>> = {
  bill: ["bill:read", ({ subject_id: id }) => `/admin/bills/${id}`],
  payment: ["payment:read", ({ subject_id: id }) => `/admin/payments/${id}`],
  memo: ["payment:read", ({ subject_id: id }) => `/admin/memos/${id}`],
  refund: ["payment:read", ({ subject_id: id }) => `/admin/refunds/${id}`],
  site: ["site:read", ({ subject_id: id }) => `/admin/sites/${id}`],
  agent: ["site:read", ({ subject_site_id: id }) => id && `/admin/sites/${id}`],
  router: ["router:read", ({ subject_id: id }) => `/admin/routers/${id}`],
  run: ["cut_run:read", ({ subject_id: id }) => `/admin/runs/${id}`],
  plan: ["plan:write", ({ subject_id: id }) => `/admin/plans/${id}/edit`],
  import: ["import:read", ({ subject_id: id }) => `/admin/import/${id}`],
  mail: ["mail:read", ({ subject_id: id }) => `/admin/mail/${id}`],
  mail_batch: ["mail:read", ({ subject_id: id }) => `/admin/reminders/${id}`],
  subscriber: ["subscriber:read", ({ subject_id: id }) => `/admin/subscribers/${id}`],
  subscription: ["subscriber:read", ({ subscriber_id: id }) => id && `/admin/subscribers/${id}`],
  outage: ["router:read", () => "/admin/outages"],
  tenant: ["settings:read", () => "/admin/settings"],
  books: ["settings:read", () => "/admin/settings/books"],
};
/** Kinds whose things stay where they are, without a name of their own. */
const UNNAMED = new Set(["import", "mail", "mail_batch", "outage", "tenant", "books"]);

/** What an entry is about: `Bill SOA-000123`, `Connection maria-01`. */
export function subjectText(t: Translate, line: AuditLine): string {
  const kind = subjectKindText(t, line.subject_kind);
  return line.subject_name === null ? kind : `${kind} ${line.subject_name}`;
}

/** Its page; undefined where it has none, is no longer there, or this person may not open it. */
export function subjectHref(state: AppState, line: AuditLine): string | undefined {
  const page = PAGES[line.subject_kind];
  if (page === undefined || (line.subject_name === null && !UNNAMED.has(line.subject_kind))) return undefined;
  const [permission, href] = page;
  return may(state, permission) ? href(line) ?? undefined : undefined;
}
