import { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { refused } from "@/web/app/errors/refused.ts";
import { wantsJson } from "@/web/app/errors/wants_json.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { actorOf, address } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { queryText } from "@/web/components/list/list_frame.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import { mayExport } from "@/web/services/approvals/may_export.ts";
import { framedQuery } from "./frame.ts";

/** The page that asks for an approval of an export. */
export const ASK_EXPORT_PATH = "/admin/approvals/export";

const LABEL_MAX = 200;

/** An export that was refused and can be asked for. */
const refusedExport = z.object({
  href: z.string().startsWith("/admin/"),
  permission: z.enum(PERMISSIONS),
  list: z.string(),
  filter: z.string(),
  rows: z.coerce.number().int().min(0),
});

/** The same, as the page that asks reads it. */
export type RefusedExport = z.output<typeof refusedExport>;

/** A list in words: what it is, how it is narrowed and how many rows match. */
export interface ListWords {
  list: string;
  /** Empty: it is not narrowed. */
  filter: string;
  rows: number;
}

/** What is about to go out. */
interface Export {
  path: string;
  query: object;
  permission: Permission;
  words: () => Promise<ListWords>;
}

/** The one site that somebody works at; null where they see several or all. */
export function ownSite({ siteIds = null }: { siteIds?: readonly string[] | null }): string | null {
  return siteIds?.length === 1 ? siteIds[0] ?? null : null;
}

/**
 * Lets a file of many people go out, or answers with the way to the page that asks for an approval of it.
 *
 * @returns the request that lets it, null where nobody has to be asked, or the answer that leads on
 * @throws {HttpError} 403 `approval_needed` for a program, which no page helps
 */
export async function exportGate(
  { state, req }: { state: AppState; req: Request },
  { path, query, permission, words }: Export,
): Promise<string | null | Response> {
  const session = requireSession(state);
  const { services, forms } = state;
  const narrowed = queryText({ ...framedQuery({ ...query }), per: undefined });
  const href = narrowed === "" ? path : `${path}?${narrowed}`;
  const leave = await mayExport(services, session.tenantId, actorOf(state), {
    href,
    siteId: ownSite(session),
  });
  if (leave.mayTake) return leave.requestId;
  if (wantsJson(req)) throw needed();
  const { list, filter, rows } = await words();
  const what = forms.seal({
    path: ASK_EXPORT_PATH,
    values: {
      href,
      permission,
      list: list.slice(0, LABEL_MAX),
      filter: filter.slice(0, LABEL_MAX) || state.t("approvals.export_everything"),
      rows: String(rows),
    },
    who: forms.markOf(session.staffUserId).toString("base64url"),
  }, services.clock.now());
  return new Response(null, { status: 303, headers: { location: address(ASK_EXPORT_PATH, { what }) } });
}

/**
 * For rows that were ticked: there is no address that says again which they are.
 *
 * @throws {HttpError} 403 `approval_needed`
 */
export async function refuseTicked(state: AppState): Promise<void> {
  const session = requireSession(state);
  const asked = { href: "", siteId: ownSite(session) };
  const leave = await mayExport(state.services, session.tenantId, actorOf(state), asked);
  if (!leave.mayTake) throw needed();
}

function needed() {
  return refused("approval_needed", { what: coded("approval_kind_full_export") });
}

/** Reads what the page that asks was given; null for anything that was not made here for this person. */
export function openExport(state: AppState, what: string | undefined): RefusedExport | null {
  const form = what === undefined ? null : state.forms.open(what, state.services.clock.now());
  if (form?.path !== ASK_EXPORT_PATH || !state.forms.belongsTo(form, requireSession(state).staffUserId)) {
    return null;
  }
  const read = refusedExport.safeParse(form.values);
  return read.success ? read.data : null;
}
