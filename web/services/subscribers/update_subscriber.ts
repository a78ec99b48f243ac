import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { versionOf } from "@/shared/version.ts";
import {
  type ContactFields,
  lockSubscriber,
  updateSubscriberContact,
} from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import { cleanContact, type ContactCode } from "./contact_fields.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { rememberContact } from "./remembered_contact.ts";
import { runUseCase } from "../use_case.ts";

/** Why contact data is not saved. */
export type UpdateSubscriberCode = ContactCode | "subscriber_not_found" | "row_changed";

/** Version of what the office may change of a subscriber. */
export function contactVersion(person: ContactFields): string {
  return versionOf(person, ["name", "phone", "email", "address", "barangay", "city", "notes"]);
}

/** Changes how a subscriber is reached. */
export async function updateSubscriber(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriberId: string; seen?: string | undefined } & ContactFields,
): Promise<Result<null, UpdateSubscriberCode>> {
  const fields = cleanContact(input);
  if (!fields.ok) return fields;
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    const before = await lockSubscriber(trx, input.subscriberId);
    if (before === null) return err("subscriber_not_found");
    if (input.seen !== undefined && input.seen !== contactVersion(before)) return err("row_changed");
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
