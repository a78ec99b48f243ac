import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findConsentText, insertConsent, type SubscriberConsentRow } from "@/web/store/privacy/consents.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** What somebody said, and how. */
export type SaidConsent = Pick<SubscriberConsentRow, "state" | "way">;

/** Why it is not written down. */
export type ConsentCode = "subscriber_not_found" | "subscriber_erased" | "consent_same";

/** Writes down what a subscriber said to being written to about more than their contract. */
export async function noteConsent(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { subscriberId, ...said }: SaidConsent & { subscriberId: string },
): Promise<Result<null, ConsentCode>> {
  return await runUseCase<null, ConsentCode>(context, tenantId, actor, async (useCase) => {
    const subscriber = await lockSubscriber(useCase.trx, subscriberId);
    if (subscriber === null) return err("subscriber_not_found");
    if (subscriber.erased_at !== null) return err("subscriber_erased");
    if (subscriber.consent === said.state) return err("consent_same");
    await writeConsent(useCase, subscriberId, said);
    return ok(null);
  });
}

/** The same within a use case that has the subscriber. Last in the transaction, as `recordAudit`. */
export async function writeConsent(
  { trx, actor, at, business }: UseCase,
  subscriberId: string,
  said: SaidConsent,
): Promise<void> {
  const text = await findConsentText(trx);
  const version = text?.version ?? 0;
  await insertConsent(trx, {
    ...said,
    id: uuidv7(at.epochMilliseconds),
    subscriber_id: subscriberId,
    version,
    said_on: business.today,
    noted_at: at,
    noted_by: actor.label,
  });
  await recordAudit(trx, actor, {
    action: "subscriber.consent_set",
    subjectKind: "subscriber",
    subjectId: subscriberId,
    subscriberId,
    summary: coded("audit_consent", said),
    details: { ...said, version },
    at,
    businessOn: business.today,
  });
}
