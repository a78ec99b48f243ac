import { sitesOfAnyPage } from "@/web/domain/access/mod.ts";
import { listHidden } from "@/web/store/access/hidden_ids.ts";
import { limitToSites, withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { RouteAccess } from "@/web/app/route_table.ts";
import type { AppState } from "@/web/app/state.ts";

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
/** More than any form sends; a longer list is not looked up, and refused. */
const IDS_MAX = 5_000;

/**
 * From here on the request of somebody whose roles are limited reads only what belongs to the sites at which the
 * permission counts that opens the route.
 */
export function limitRequest(state: AppState, { audience, permission }: RouteAccess): void {
  const { session } = state;
  // A public page is the same for everybody, also for who is signed in here.
  if (session?.audience !== "staff" || session.access === undefined || audience !== "staff") return;
  const siteIds = permission === "signed_in"
    ? sitesOfAnyPage(session.access)
    : session.access.sitesOf(permission);
  if (siteIds === null) return;
  session.siteIds = siteIds;
  // Looking as another they are nobody: what they asked for themselves that one does not see.
  const isLooking = (session.seesAs ?? null) !== null;
  const personId = isLooking ? undefined : session.staffUserId;
  state.services = { ...state.services, db: limitToSites(state.services.db, siteIds, personId) };
}

/** The same for an answer that no route gives: the frame around it, and nothing else, is what they would see anywhere. */
export function limitFrame(state: AppState): void {
  limitRequest(state, { audience: "staff", permission: "signed_in" });
}

/**
 * Whether somebody who is limited names a thing of another site, wherever in the request: what writes sees the whole
 * company, so it must not hear of it. Ids of nothing at all are left to whoever looks them up.
 */
export async function namesHidden(state: AppState, values: readonly unknown[]): Promise<boolean> {
  const { session } = state;
  if (session?.audience !== "staff" || session.siteIds === undefined || session.siteIds === null) {
    return false;
  }
  const ids = [...new Set(values.flatMap((value) => idsIn(value)))];
  if (ids.length === 0) return false;
  if (ids.length > IDS_MAX) return true;
  const { db } = state.services;
  return await withTenant(db, session.tenantId, (trx) => listHidden(trx, ids), { readOnly: true })
    .then((hidden) => hidden.length > 0);
}

/** Ids anywhere in a text, a list or an object, also within a longer text such as a topic of the event stream. */
function idsIn(value: unknown): string[] {
  if (typeof value === "string") return (value.match(UUID) ?? []).map((id) => id.toLowerCase());
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((item) => idsIn(item));
}
