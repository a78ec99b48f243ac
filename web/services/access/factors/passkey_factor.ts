import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { PASSKEYS_MAX } from "@/web/domain/access/second_factor.ts";
import { askForNewPasskey, type PasskeyPlace, readNewPasskey } from "@/web/gateways/passkeys/mod.ts";
import { findFactors, insertPasskey } from "@/web/store/access/factors.ts";
import { takeChallenge } from "@/web/store/access/sign_in_steps.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import type { Actor, ServiceContext } from "../../context.ts";
import { added, type AddedFactor, changeOwn, type FactorPerson } from "./own_factors.ts";
import { askInSession, stepOfSession } from "./steps.ts";

/** What a browser asks a new passkey; null when the person has as many as there may be. */
export async function askNewPasskey(
  context: ServiceContext,
  person: FactorPerson,
  place: Pick<PasskeyPlace, "rpId">,
): Promise<unknown | null> {
  const { staffUserId: id, email, staffName: name, sessionId } = person;
  const known = await withTenant(context.db, person.tenantId, async (trx) => ({
    ...await findFactors(trx, id),
    company: (await getTenant(trx)).name,
  }), { readOnly: true });
  if (known.passkeys.length >= PASSKEYS_MAX) return null;
  const question = await askForNewPasskey(
    place,
    { id, email, name, company: known.company },
    known.passkeys.map(({ credential_id, transports }) => ({ credentialId: credential_id, transports })),
  );
  await askInSession(context, { sessionId, purpose: "register" }, question);
  return question.options;
}

/** Adds a passkey that answered to what {@linkcode askNewPasskey} asked in this session. */
export async function addPasskey(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
  { name, answer, place }: { name: string; answer: string; place: PasskeyPlace },
): Promise<Result<AddedFactor, "passkey_refused" | "passkey_there_already" | "too_many_passkeys">> {
  const step = await stepOfSession(person.sessionId, "register");
  const challenge = await takeChallenge(context.db, step, context.clock.now());
  const passkey = challenge === null ? null : await readNewPasskey(answer, { challenge, place });
  if (passkey === null) return err("passkey_refused");
  return await changeOwn(context, actor, person, async (change) => {
    const { trx, at, before } = change;
    if (before.passkeys.length >= PASSKEYS_MAX) return err("too_many_passkeys", { max: PASSKEYS_MAX });
    const isNew = await insertPasskey(trx, {
      id: uuidv7(at.epochMilliseconds),
      staff_user_id: person.staffUserId,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: [...passkey.transports],
      rp_id: place.rpId,
      name,
      at,
    });
    if (!isNew) return err("passkey_there_already");
    return ok(await added(change, person, "passkey", name));
  });
}
