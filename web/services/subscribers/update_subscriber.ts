import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { formatBasisPoints } from "@/web/domain/billing/mod.ts";
import { WITHHOLDING } from "@/web/domain/payments/limits.ts";
import { versionOf } from "@/shared/version.ts";
import {
  type ContactFields,
  lockSubscriber,
  type SubscriberRow,
  updateSubscriberContact,
  updateWithholding,
} from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import { cleanContact, type ContactCode } from "./contact_fields.ts";
import type { Actor, ServiceContext } from "../context.ts";
import type { MailLanguage, MailsWanted } from "@/web/domain/mail/types.ts";
import { setMailLanguage, setMailWanted } from "../mail/mail_wishes.ts";
import { rememberContact } from "./remembered_contact.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** Why contact data is not saved. */
export type UpdateSubscriberCode =
  | ContactCode
  | "subscriber_not_found"
  | "subscriber_erased"
  | "row_changed"
  | "withholding_out_of_range";

/** Version of what the office may change of a subscriber. */
export function contactVersion(
  person: ContactFields & Pick<SubscriberRow, "withholding_rate_bp" | "language" | "mail_wanted">,
): string {
  return versionOf(person, [
    "name",
    "phone",
    "email",
    "address",
    "barangay",
    "city",
    "notes",
    "withholding_rate_bp",
    "language",
    "mail_wanted",
  ]);
}

/** Changes how a subscriber is reached. */
export async function updateSubscriber(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: {
    subscriberId: string;
    seen?: string | undefined;
    /** Tax that is withheld from bills, in basis points; null: none. @default as it is */
    withholdingRateBp?: number | null;
    /** Of what is sent to them; null: the company's. @default as it is */
    mailLanguage?: MailLanguage | null | undefined;
    /** @default as it is */
    mailWanted?: MailsWanted | undefined;
  } & ContactFields,
): Promise<Result<null, UpdateSubscriberCode>> {
  const { withholdingRateBp: rateBp } = input;
  if (rateBp !== undefined && rateBp !== null && (rateBp < 1 || rateBp > WITHHOLDING.rateBpMax)) {
    return err("withholding_out_of_range", { max: WITHHOLDING.rateBpMax / 100 });
  }
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx, at, business } = useCase;
    const before = await lockSubscriber(trx, input.subscriberId);
    if (before === null) return err("subscriber_not_found");
    if (before.erased_at !== null) return err("subscriber_erased");
    if (input.seen !== undefined && input.seen !== contactVersion(before)) return err("row_changed");
    const fields = cleanContact(input, before);
    if (!fields.ok) return fields;
    if (rateBp !== undefined) await setWithholding(useCase, before, rateBp);
    if (input.mailLanguage !== undefined) await setMailLanguage(useCase, before, input.mailLanguage);
    if (input.mailWanted !== undefined) await setMailWanted(useCase, before, input.mailWanted, "staff");
    const keys = Object.keys(fields.value) as (keyof ContactFields)[];
    const changed = keys.filter((key) => before[key] !== fields.value[key]);
    if (changed.length === 0) return ok(null);
    await updateSubscriberContact(trx, before.id, fields.value);
    await rememberContact(trx, actor, before, at);
    await recordAudit(trx, actor, {
      action: "subscriber.updated",
      subjectKind: "subscriber",
      subjectId: before.id,
      subscriberId: before.id,
      summary: coded("audit_subscriber_changed", {
        fields: changed.map((field) => coded("audit_contact_field", { field })),
      }),
      details: { changed },
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}

async function setWithholding(
  { trx, actor, at, business }: UseCase,
  before: SubscriberRow,
  rateBp: number | null,
): Promise<void> {
  if (before.withholding_rate_bp === rateBp) return;
  await updateWithholding(trx, before.id, rateBp);
  await recordAudit(trx, actor, {
    action: "subscriber.withholding_set",
    subjectKind: "subscriber",
    subjectId: before.id,
    subscriberId: before.id,
    summary: rateBp === null
      ? coded("audit_withholding_ended")
      : coded("audit_withholding_set", { percent: formatBasisPoints(rateBp) }),
    details: { before: before.withholding_rate_bp, after: rateBp },
    at,
    businessOn: business.today,
  });
}
