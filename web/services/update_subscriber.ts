import { err, ok, type Result } from "@/shared/result.ts";
import { type ContactFields, lockSubscriber, updateSubscriberContact } from "@/web/store/subscribers.ts";
import { recordAudit } from "./audit.ts";
import type { Actor, ServiceContext } from "./context.ts";
import { runUseCase } from "./use_case.ts";

/** Why contact data is not saved. */
export type UpdateSubscriberCode =
  | "subscriber_not_found"
  | "name_required"
  | "email_not_understood"
  | "text_too_long";

const LIMITS: Record<keyof ContactFields, number> = {
  name: 160,
  phone: 40,
  email: 254,
  address: 400,
  notes: 2000,
};

/** Changes how a subscriber is reached. */
export async function updateSubscriber(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriberId: string } & ContactFields,
): Promise<Result<null, UpdateSubscriberCode>> {
  const fields = fieldsOf(input);
  if (!fields.ok) return fields;
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business }) => {
    const before = await lockSubscriber(trx, input.subscriberId);
    if (before === null) return err("subscriber_not_found", "This subscriber does not exist");
    const keys = Object.keys(LIMITS) as (keyof ContactFields)[];
    const changed = keys.filter((key) => before[key] !== fields.value[key]);
    if (changed.length === 0) return ok(null);
    await updateSubscriberContact(trx, before.id, fields.value);
    await recordAudit(trx, actor, {
      action: "subscriber.updated",
      subjectKind: "subscriber",
      subjectId: before.id,
      subscriberId: before.id,
      summary: `Changed ${changed.join(", ")}`,
      details: { changed },
      at,
      businessOn: business.today,
    });
    return ok(null);
  });
}

function fieldsOf(input: ContactFields): Result<ContactFields, UpdateSubscriberCode> {
  const clean = (text: string | null): string | null => text?.trim() || null;
  const fields: ContactFields = {
    name: input.name.trim(),
    phone: clean(input.phone),
    email: clean(input.email),
    address: clean(input.address),
    notes: clean(input.notes),
  };
  if (fields.name === "") return err("name_required", "Enter a name");
  if (fields.email !== null && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(fields.email)) {
    return err("email_not_understood", "Enter an e-mail address such as maria@example.com");
  }
  for (const [key, most] of Object.entries(LIMITS) as [keyof ContactFields, number][]) {
    if ((fields[key]?.length ?? 0) > most) {
      return err("text_too_long", `Shorten ${key} to ${most} characters`);
    }
  }
  return ok(fields);
}
