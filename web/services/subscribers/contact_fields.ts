import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { ContactFields } from "@/web/store/subscribers/subscribers.ts";

/** Why contact data is not saved. */
export type ContactCode = "name_required" | "email_not_understood" | "text_too_long";

/** Contact data as it is stored: trimmed, empty is null. Barangay and city that were not given are left out. */
export function cleanContact(input: ContactFields): Result<ContactFields, ContactCode> {
  const clean = (text: string | null): string | null => text?.trim() || null;
  const fields: ContactFields = {
    name: input.name.trim(),
    phone: clean(input.phone),
    email: clean(input.email),
    address: clean(input.address),
    ...(input.barangay === undefined ? {} : { barangay: clean(input.barangay) }),
    ...(input.city === undefined ? {} : { city: clean(input.city) }),
    notes: clean(input.notes),
  };
  if (fields.name === "") return err("name_required");
  if (fields.email !== null && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(fields.email)) {
    return err("email_not_understood");
  }
  for (const [key, most] of Object.entries(CONTACT_MAX) as [keyof ContactFields, number][]) {
    if ((fields[key]?.length ?? 0) > most) {
      return err("text_too_long", { max: most });
    }
  }
  return ok(fields);
}
