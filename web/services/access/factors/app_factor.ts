import { err, ok, type Result } from "@/shared/result.ts";
import { newTotpSecret, totpAddress } from "@/web/gateways/totp/mod.ts";
import { confirmTotp, findTotp, lockFactors, proposeTotp } from "@/web/store/access/factors.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { Actor, ServiceContext } from "../../context.ts";
import { openSecret, sealSecret, SecretError } from "../../secrets/mod.ts";
import { added, type AddedFactor, changeOwn, type FactorPerson } from "./own_factors.ts";
import { totpPlace, verifyAppCode } from "./verify_factor.ts";

/** A secret on its way into an app. */
export interface ProposedApp {
  /** In base32, to type. */
  secret: string;
  /** For a QR code. */
  address: string;
}

/** Makes a secret for an app; one that waits for its first code stays, since it may have been scanned. */
export async function proposeApp(
  context: ServiceContext,
  person: FactorPerson,
): Promise<Result<null, "app_there_already" | "app_closed">> {
  const { staffUserId, tenantId } = person;
  const { masterKeys } = context;
  if (masterKeys === undefined) return err("app_closed");
  return await withTenant(context.db, tenantId, async (trx) => {
    await lockFactors(trx, staffUserId);
    const known = await findTotp(trx, staffUserId);
    if (known !== null && known.confirmed_at !== null) return err("app_there_already");
    if (known !== null && await openOrNull(masterKeys, staffUserId, known) !== null) return ok(null);
    const sealed = await sealSecret(trx, masterKeys, totpPlace(staffUserId), newTotpSecret());
    await proposeTotp(trx, staffUserId, { sealed, at: context.clock.now() });
    return ok(null);
  });
}

/** The secret that waits for its first code; null when none does. */
export async function openProposedApp(
  trx: TenantTransaction,
  { masterKeys }: Pick<ServiceContext, "masterKeys">,
  { staffUserId, email }: Pick<FactorPerson, "staffUserId" | "email">,
  company: string,
): Promise<ProposedApp | null> {
  const known = await findTotp(trx, staffUserId);
  if (known === null || known.confirmed_at !== null || masterKeys === undefined) return null;
  const secret = await openOrNull(masterKeys, staffUserId, known);
  return secret === null
    ? null
    : { secret, address: totpAddress(secret, { issuer: company, account: email }) };
}

/** The app counts once a code of it was typed: nobody is locked out by one that was not scanned. */
export async function confirmApp(
  context: ServiceContext,
  actor: Actor,
  person: FactorPerson,
  code: string,
): Promise<Result<AddedFactor, "app_there_already" | "wrong_code" | "factor_code_used" | "app_closed">> {
  return await changeOwn(context, actor, person, async (change) => {
    const { trx, at, before } = change;
    if (before.appSince !== null) return err("app_there_already");
    const plain = code.replace(/\s/g, "");
    const right = await verifyAppCode(trx, context, {
      staffUserId: person.staffUserId,
      code: plain,
      isNew: true,
    });
    if (!right.ok) return right;
    await confirmTotp(trx, person.staffUserId, at);
    return ok(await added(change, person, "app", ""));
  });
}

/** Null for one that does not open any more: another is made in its place. */
async function openOrNull(
  masterKeys: NonNullable<ServiceContext["masterKeys"]>,
  staffUserId: string,
  { sealed_in, secret_sealed }: { sealed_in: string; secret_sealed: string },
): Promise<string | null> {
  try {
    return await openSecret({ tenantId: sealed_in }, masterKeys, totpPlace(staffUserId), secret_sealed);
  } catch (error) {
    if (error instanceof SecretError) return null;
    throw error;
  }
}
