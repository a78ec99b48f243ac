import { z } from "zod";
import { err, ok, type Result } from "@/shared/result.ts";
import { findApprovalSecrets, insertApprovalSecrets } from "@/web/store/approvals/approval_secrets.ts";
import { openSecret, type Place, sealSecret, SecretError } from "../secrets/mod.ts";
import type { UseCase } from "../use_case.ts";

/**
 * What was typed with a request and nobody may see, by names of the kind's own. It is no part of the frozen input: that is
 * shown to whoever decides, and stands in the audit log. `closeRequest` wipes it, however the request ends.
 */
export type AskedSecrets = Readonly<Record<string, string>>;

const shape = z.record(z.string(), z.string());

/** Seals what waits with a request for its decision. */
export async function keepAskedSecrets(
  { trx, masterKeys }: UseCase,
  requestId: string,
  secrets: AskedSecrets,
): Promise<void> {
  if (Object.keys(secrets).length === 0) return;
  if (masterKeys === undefined) throw new Error("Cannot keep a secret: this process has no master keys");
  const sealed = await sealSecret(trx, masterKeys, placeOf(requestId), JSON.stringify(secrets));
  await insertApprovalSecrets(trx, requestId, sealed);
}

/** Opens what waits with a request; none where nothing was typed with it. */
export async function openAskedSecrets(
  { trx, masterKeys }: UseCase,
  requestId: string,
): Promise<Result<AskedSecrets, "approval_secrets_unreadable">> {
  const sealed = await findApprovalSecrets(trx, requestId);
  if (sealed === null) return ok({});
  if (masterKeys === undefined) throw new Error("Cannot open a secret: this process has no master keys");
  try {
    return ok(shape.parse(JSON.parse(await openSecret(trx, masterKeys, placeOf(requestId), sealed))));
  } catch (error) {
    if (error instanceof SecretError) return err("approval_secrets_unreadable");
    throw error;
  }
}

function placeOf(requestId: string): Place {
  return { table: "approval_secrets", column: "values_sealed", rowId: requestId };
}
