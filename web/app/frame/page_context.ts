import { refused } from "@/web/app/errors/refused.ts";
import type { AppState } from "@/web/app/state.ts";
import { requireSession } from "@/web/app/form/input.ts";
import { type Permission, ROLE_LIMITS } from "@/web/domain/access/mod.ts";
import type { Actor, RequestOrigin } from "@/web/services/context.ts";
import { recentFigures } from "@/web/store/db/recent_figures.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { seeOnly, type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";

/** When and for whom a page is made. */
export interface PageMoment {
  /** Business date. */
  today: Temporal.PlainDate;
  /** Time of day on the business clock. */
  time: Temporal.PlainTime;
  /** Real time. */
  now: Temporal.Instant;
  zone: string;
  tenant: TenantRow;
  /** The business clock is moved by hand: real times of other days mean nothing beside business dates. */
  isDemo: boolean;
}

/** The moment of this request. */
export function momentOf(state: AppState): PageMoment {
  if (state.shell === null) throw new Error("Cannot read the moment: the page has no frame");
  const { tenant, today, time, isDemo } = state.shell;
  return { tenant, today, time, isDemo, now: state.services.clock.now(), zone: tenant.time_zone };
}

/** Now on the business clock. */
export function businessInstant({ today, time, zone }: PageMoment): Temporal.Instant {
  return today.toZonedDateTime({ timeZone: zone, plainTime: time }).toInstant();
}

/** Reads for a page in one transaction of the signed-in tenant. */
export function readPage<T>(state: AppState, work: (trx: TenantTransaction) => Promise<T>): Promise<T> {
  return withTenant(state.services.db, requireSession(state).tenantId, work, { readOnly: true });
}

/**
 * Figures that take a pass over all rows of the tenant; see {@linkcode recentFigures}.
 *
 * @param about everything that they depend on besides the rows
 */
export function readFigures<T>(
  state: AppState,
  trx: TenantTransaction,
  about: readonly unknown[],
  read: () => Promise<T>,
): Promise<T> {
  const { frame, siteIds = null } = requireSession(state);
  const seen = { auditSequence: frame?.auditSequence ?? 0n, now: state.services.clock.now() };
  return recentFigures(trx, JSON.stringify([siteIds, about]), seen, read);
}

/** The signed-in person as the audit log names them. */
export function actorOf(state: AppState): Actor {
  const { staffName, staffUserId, access } = requireSession(state);
  const actor = { kind: "staff", label: staffName, staffUserId, origin: requestOriginOf(state) } as const;
  if (access === undefined) return actor;
  return {
    ...actor,
    // A limit bounds what its permission allows; what another permission does is not measured by it.
    limitOf: (limit) => access.permissions.has(ROLE_LIMITS[limit]) ? access.limitOf(limit) : null,
  };
}

/** Where this request came from, for the audit log. */
export function requestOriginOf({ clientIp, requestId }: AppState): RequestOrigin {
  return { ip: clientIp, requestId };
}

/**
 * What is read again within a use case, as whoever asks sees it: what writes sees the whole company, and "all that match"
 * means what was on their list.
 */
export function asSeen<T>(
  state: AppState,
  read: (trx: TenantTransaction) => Promise<T>,
): (trx: TenantTransaction) => Promise<T> {
  const { siteIds = null } = requireSession(state);
  return (trx) => seeOnly(trx, siteIds, () => read(trx));
}

/** Whether the signed-in person may do something; hides what would be refused. */
export function may(state: AppState, permission: Permission): boolean {
  return state.session?.audience === "staff" && state.session.permissions.has(permission);
}

/**
 * For what a page does only sometimes: its route names what is always needed.
 *
 * @throws {HttpError} 404 where this person may not do it, as for a page that they may not open
 */
export function mustBeAllowed(state: AppState, permission: Permission): void {
  if (!may(state, permission)) throw refused("not_found");
}

/** What was typed into one field, to show it again. */
export function typed(state: AppState, name: string): string {
  const value = state.inputValues[name];
  return String(Array.isArray(value) ? value[0] ?? "" : value ?? "");
}

/**
 * What a read found.
 *
 * @throws {HttpError} 404: it is not there, or not this tenant's, and the answer is the same
 */
export function found<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw refused("not_found");
  return value;
}

/** An address with its query; what is absent is left out. */
export function address(path: string, query: Record<string, string | null | undefined>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") pairs.set(name, value);
  }
  const text = pairs.toString();
  return text === "" ? path : `${path}?${text}`;
}
