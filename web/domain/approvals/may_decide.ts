import type { Access, Permission, RoleLimit } from "../access/mod.ts";

/** Somebody who might decide. */
export interface Decider {
  id: string;
  name: string;
  isActive: boolean;
  access: Access;
}

/** Of a request what says who may decide it. */
export interface Decidable {
  /** Who asked, by person; null where only the name was kept. */
  askedById: string | null;
  askedBy: string;
  amountCentavos: bigint | null;
  /** Sites at which its subject is; null: it is the whole company's. */
  siteIds: readonly string[] | null;
}

/** What a kind of request asks of whoever decides. */
export interface DecideRule {
  permission: Permission;
  /** Limit of their roles that the amount must stay within. */
  limit: Extract<RoleLimit, `${string}_centavos`> | null;
}

/** Why somebody may not decide; `elsewhere`: they do not see it at all. */
export type DecideRefusal =
  | { kind: "own" | "no_permission" | "elsewhere" }
  | { kind: "above_limit"; most: bigint };

/**
 * Why somebody may not decide a request; null when they may. Nobody decides their own, whatever roles they have: it goes
 * by the person. Where only a name was kept, whoever has that name is taken for the asker.
 */
export function whyNotDecide(person: Decider, request: Decidable, rule: DecideRule): DecideRefusal | null {
  const { access } = person;
  if (isAsker(person, request)) return { kind: "own" };
  return whyNotDecideAny(person.isActive ? access : null, request, rule);
}

/** The same for a request of somebody else. */
export function whyNotDecideAny(
  access: Access | null,
  { amountCentavos, siteIds }: Pick<Decidable, "amountCentavos" | "siteIds">,
  { permission, limit }: DecideRule,
): DecideRefusal | null {
  if (access === null || !access.permissions.has(permission)) return { kind: "no_permission" };
  const own = access.sitesOf(permission);
  if (own !== null && !(siteIds ?? []).some((site) => own.includes(site))) return { kind: "elsewhere" };
  const most = limit === null ? null : access.limitOf(limit);
  if (most !== null && amountCentavos !== null && amountCentavos > most) return { kind: "above_limit", most };
  return null;
}

/** Whether somebody could decide a request of a rule at all: of some amount, at some site. */
export function mayDecideSome(access: Access, { permission, limit }: DecideRule): boolean {
  const most = limit === null ? null : access.limitOf(limit);
  return access.permissions.has(permission) && access.sitesOf(permission)?.length !== 0 &&
    (most === null || most > 0n);
}

/** Whether somebody asked for it. */
export function isAsker(
  { id, name }: Pick<Decider, "id" | "name">,
  { askedById, askedBy }: Pick<Decidable, "askedById" | "askedBy">,
): boolean {
  return askedById === null ? askedBy === name : askedById === id;
}
