import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { hasFactor, mayRemove } from "@/web/domain/access/second_factor.ts";
import {
  deletePasskey,
  deleteRecoveryCodes,
  deleteTotp,
  findIsRequired,
} from "@/web/store/access/factors.ts";
import type { Actor, ServiceContext } from "../../context.ts";
import { changeOwn, type FactorPerson, type OwnChange } from "./own_factors.ts";

/** Takes the app away, unless it is the last factor and a role asks for one. */
export function removeApp(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
): Promise<Result<null, "factor_gone" | "last_factor">> {
  return remove(
    context,
    actor,
    person,
    "app",
    async ({ trx }) => await deleteTotp(trx, person.staffUserId) ? "" : null,
  );
}

/** Takes a passkey away, unless it is the last factor and a role asks for one. */
export function removePasskey(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
  { passkeyId }: { passkeyId: string },
): Promise<Result<null, "factor_gone" | "last_factor">> {
  return remove(
    context,
    actor,
    person,
    "passkey",
    ({ trx }) => deletePasskey(trx, person.staffUserId, passkeyId),
  );
}

/** @param take what is taken away, by its name; null when it is not there */
async function remove(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
  kind: "app" | "passkey",
  take: (change: OwnChange) => Promise<string | null>,
): Promise<Result<null, "factor_gone" | "last_factor">> {
  return await changeOwn(context, actor, person, async (change) => {
    const { trx, before, note } = change;
    const has = { hasApp: before.appSince !== null, passkeys: before.passkeys.length };
    if (!hasFactor(has)) return err("factor_gone");
    if (!mayRemove(kind, has, await findIsRequired(trx, person.staffUserId))) return err("last_factor");
    const name = await take(change);
    if (name === null) return err("factor_gone");
    const isLast = !mayRemove(kind, has, true);
    // Codes that lead back to a factor which is gone would be all that is left of it.
    if (isLast) await deleteRecoveryCodes(trx, person.staffUserId);
    await note(`${kind}_removed`, "staff.factor_removed", coded("audit_factor_removed", { kind, name }));
    return ok(null);
  });
}
