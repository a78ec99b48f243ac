import { TextArea, TextField } from "@/web/components/TextField.tsx";
import { useT } from "@/web/components/i18n.ts";
import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";

/** What stands in the fields of a person. */
export const PERSON_FIELDS = ["name", "phone", "email", "address", "barangay", "city", "notes"] as const;
export type PersonValues = Record<(typeof PERSON_FIELDS)[number], string>;

interface PersonFieldsProps {
  values: PersonValues;
  problems: Readonly<Record<string, string>>;
  /** Barangays and cities that are known already. */
  places: { barangays: readonly string[]; cities: readonly string[] };
  autofocus?: boolean | undefined;
}

/** Who it is and how to reach them. */
export function PersonFields({ values, problems, places, autofocus }: PersonFieldsProps) {
  const t = useT();
  const field = (name: keyof PersonValues) => ({ name, value: values[name], error: problems[name] });
  return (
    <>
      <TextField
        {...field("name")}
        label={t("subscribers.name")}
        required
        maxLength={CONTACT_MAX.name}
        autofocus={autofocus}
      />
      <div class="form-row">
        <TextField
          {...field("phone")}
          label={t("subscribers.phone")}
          type="tel"
          maxLength={CONTACT_MAX.phone}
        />
        <TextField
          {...field("email")}
          label={t("subscribers.email")}
          type="email"
          maxLength={CONTACT_MAX.email}
          hint={t("subscribers.email_hint")}
        />
      </div>
      <TextField
        {...field("address")}
        label={t("subscribers.address")}
        maxLength={CONTACT_MAX.address}
        hint={t("subscribers.address_hint")}
      />
      <div class="form-row">
        <TextField
          {...field("barangay")}
          label={t("subscribers.barangay")}
          maxLength={CONTACT_MAX.barangay}
          suggestions={places.barangays}
        />
        <TextField
          {...field("city")}
          label={t("subscribers.city")}
          maxLength={CONTACT_MAX.city}
          suggestions={places.cities}
        />
      </div>
      <TextArea
        {...field("notes")}
        label={t("subscribers.notes")}
        rows={2}
        maxLength={CONTACT_MAX.notes}
        hint={t("subscribers.notes_hint")}
      />
    </>
  );
}
