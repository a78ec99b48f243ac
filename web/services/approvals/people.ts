import { centavos } from "@/shared/money/mod.ts";
import { err, type Failure } from "@/shared/result.ts";
import { accessOf } from "@/web/domain/access/mod.ts";
import {
  type Decidable,
  type Decider,
  type DecideRefusal,
  isAsker,
  mayDecideSome,
  whyNotDecide,
  whyNotDecideAny,
} from "@/web/domain/approvals/mod.ts";
import { findMember, listMembers, type Member } from "@/web/store/access/members.ts";
import { listSitesOfSubscriber, type RequestRow } from "@/web/store/approvals/requests.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type Actor, staffIdOf } from "../context.ts";
import type { AnyKind } from "./registry.ts";

/** Why somebody does not decide. */
export type NotYoursCode = "approval_own" | "approval_not_yours" | "approval_not_found" | "above_your_limit";

/** Somebody who works here, as the rules of approvals see them: as the database has them now. */
export async function findDecider(trx: TenantTransaction, actor: Actor): Promise<Decider | null> {
  const id = staffIdOf(actor);
  const member = id === null ? null : await findMember(trx, id);
  return member === null ? null : toDecider(member);
}

/** Everybody else who could decide it, with their addresses; none: nobody else can. */
export async function listDeciders(
  trx: TenantTransaction,
  request: Decidable,
  { decide }: Pick<AnyKind, "decide">,
): Promise<Member[]> {
  const members = await listMembers(trx);
  return members.filter((member) => whyNotDecide(toDecider(member), request, decide) === null);
}

/** Those of some people who could decide a request of a kind at all. */
export function whoCouldDecide(members: readonly Member[], { decide }: Pick<AnyKind, "decide">): Member[] {
  return members.filter(({ state, roles }) => state === "active" && mayDecideSome(accessOf(roles), decide));
}

/** Whether somebody could decide such a request if another had asked. */
export function couldDecide(person: Decider | null, request: Decidable, { decide }: Pick<AnyKind, "decide">) {
  return person !== null && whyNotDecideAny(person.isActive ? person.access : null, request, decide) === null;
}

/** Whether an amount is more than the roles of somebody let one such act come to. */
export function isAboveLimit(
  person: Decider | null,
  amountCentavos: bigint | null,
  { decide: { limit } }: Pick<AnyKind, "decide">,
): boolean {
  const most = person === null || limit === null ? null : person.access.limitOf(limit);
  return most !== null && amountCentavos !== null && amountCentavos > most;
}

/** Of a stored request what says who may decide it. */
export async function decidableOf(trx: TenantTransaction, row: RequestRow): Promise<Decidable> {
  return {
    askedById: row.asked_by_id,
    askedBy: row.asked_by,
    amountCentavos: row.amount_centavos,
    siteIds: await sitesOf(trx, { siteId: row.site_id, subscriberId: row.subscriber_id }),
  };
}

/** Sites at which a subject is; null: the whole company's. */
export async function sitesOf(
  trx: TenantTransaction,
  { siteId, subscriberId }: { siteId: string | null; subscriberId: string | null },
): Promise<readonly string[] | null> {
  if (siteId !== null) return [siteId];
  return subscriberId === null ? null : await listSitesOfSubscriber(trx, subscriberId);
}

/** Refuses somebody who may not decide; null when they may. */
export function refuseDecider(
  person: Decider | null,
  request: Decidable,
  { decide }: Pick<AnyKind, "decide">,
): Failure<NotYoursCode> | null {
  if (person === null) return err("approval_not_yours");
  const why = whyNotDecide(person, request, decide);
  return why === null ? null : sayWhyNot(why);
}

function sayWhyNot(why: DecideRefusal): Failure<NotYoursCode> {
  switch (why.kind) {
    case "own":
      return err("approval_own");
    case "no_permission":
      return err("approval_not_yours");
    case "elsewhere":
      // As one that is not there.
      return err("approval_not_found");
    case "above_limit":
      return err("above_your_limit", { max: centavos(why.most) });
  }
}

/** Whether it is their own request. */
export function isOwn(actor: Actor, row: Pick<RequestRow, "asked_by_id" | "asked_by">): boolean {
  const asked = { askedById: row.asked_by_id, askedBy: row.asked_by };
  return actor.kind === "staff" && isAsker({ id: actor.staffUserId ?? "", name: actor.label }, asked);
}

function toDecider({ id, name, state, roles }: Member): Decider {
  return { id, name, isActive: state === "active", access: accessOf(roles) };
}
