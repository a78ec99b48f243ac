import { type AddressProblem, parseContactAddress } from "@/web/domain/mail/address.ts";
import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import type { ContactFields } from "@/web/store/subscribers/subscribers.ts";

/** Why contact data is not saved. */
export type ContactCode = "name_required" | "text_too_long" | AddressProblem;

/**
 * Contact data as it is stored: trimmed, empty is null. Barangay and city that were not given are left out. An e-mail
 * address that is as it was saved stays, however odd it is.
 */
export function cleanContact(
  input: ContactFields,
  saved: Pick<ContactFields, "email"> | null = null,
): Result<ContactFields, ContactCode> {
  const clean = (text: string | null): string | null => text?.trim() || null;
  const email = parseContactAddress(input.email, saved?.email ?? null);
  const fields: ContactFields = {
    name: input.name.trim(),
    phone: clean(input.phone),
    email: email.ok ? email.value : null,
    address: clean(input.address),
    ...(input.barangay === undefined ? {} : { barangay: clean(input.barangay) }),
    ...(input.city === undefined ? {} : { city: clean(input.city) }),
    notes: clean(input.notes),
  };
  if (fields.name === "") return err("name_required");
  if (!email.ok) return email;
  for (const [key, most] of Object.entries(CONTACT_MAX) as [keyof ContactFields, number][]) {
    if ((fields[key]?.length ?? 0) > most) {
      return err("text_too_long", { max: most });
    }
  }
  return ok(fields);
}
