import type { Permission } from "@/web/domain/access/mod.ts";
import { findSubjectName, type NamedKind } from "@/web/store/subscribers/subject_name.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { AppState } from "@/web/app/state.ts";

const PARAMETER = "about";
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NEEDS: Readonly<Record<NamedKind, Permission>> = {
  subscriber: "subscriber:read",
  plan: "plan:read",
  site: "site:read",
  router: "router:read",
};

/** The address after an action that leads to a list: the message there names whom or what it is about. */
export function withAbout(location: string, subjectId: string): string {
  return `${location}${location.includes("?") ? "&" : "?"}${PARAMETER}=${subjectId}`;
}

/**
 * Whom or what the message of a page is about: as its address says, else what can be taken back, else the thing that the
 * page itself is about. Null where there is no message, no name, or where this person may not see it.
 */
export async function readAbout(
  state: AppState,
  url: URL,
  pageId: string | undefined,
): Promise<string | null> {
  const { session } = state;
  if (session?.audience !== "staff" || !url.searchParams.has("done")) return null;
  const id = url.searchParams.get(PARAMETER) ?? state.undo?.subjectId ?? pageId ?? "";
  if (!ID.test(id)) return null;
  const subject = await withTenant(state.services.db, session.tenantId, (trx) => findSubjectName(trx, id), {
    readOnly: true,
  });
  return subject !== null && session.permissions.has(NEEDS[subject.kind]) ? subject.name : null;
}
