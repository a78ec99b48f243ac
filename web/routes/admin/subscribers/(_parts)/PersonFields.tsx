import type { FormView } from "@/web/app/form/form_types.ts";
import { TextArea, TextField } from "@/web/components/form/TextField.tsx";

/** What stands in the fields of a person. */
export const PERSON_FIELDS = ["name", "phone", "email", "address", "barangay", "city", "notes"] as const;
export type PersonField = (typeof PERSON_FIELDS)[number];
export type PersonValues = Record<PersonField, string>;

/** What the fields of a person are called. */
export const PERSON_LABELS = {
  name: "subscribers.name",
  phone: "subscribers.phone",
  email: "subscribers.email",
  address: "subscribers.address",
  barangay: "subscribers.barangay",
  city: "subscribers.city",
  notes: "subscribers.notes",
} as const;

interface PersonFieldsProps {
  form: Pick<FormView<unknown, PersonField>, "field" | "t">;
  /** Barangays and cities that are known already. */
  places: { barangays: readonly string[]; cities: readonly string[] };
  autofocus?: boolean | undefined;
}

/** Who it is and how to reach them. */
export function PersonFields({ form: { field, t }, places, autofocus }: PersonFieldsProps) {
  return (
    <>
      <TextField {...field("name")} autofocus={autofocus} />
      <div class="form-row">
        <TextField {...field("phone")} type="tel" />
        <TextField {...field("email")} type="email" hint={t("subscribers.email_hint")} />
      </div>
      <TextField {...field("address")} hint={t("subscribers.address_hint")} />
      <div class="form-row">
        <TextField {...field("barangay")} suggestions={places.barangays} />
        <TextField {...field("city")} suggestions={places.cities} />
      </div>
      <TextArea {...field("notes")} rows={2} hint={t("subscribers.notes_hint")} />
    </>
  );
}
