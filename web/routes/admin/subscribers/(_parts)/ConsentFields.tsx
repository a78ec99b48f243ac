import type { FormView } from "@/web/app/form/form_types.ts";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { CONSENT_WAYS } from "@/web/route_table/privacy.ts";

/** What a new subscriber said to offers and news. It never stops anybody from being added. */
export function ConsentFields(
  { form: { field, t } }: { form: Pick<FormView<unknown, "consent" | "way">, "field" | "t"> },
) {
  return (
    <div class="form-row">
      <SelectField
        {...field("consent")}
        hint={t("privacy.consent_note")}
        options={[
          { value: "", label: t("privacy.consent_unknown") },
          { value: "given", label: t("privacy.consent_state", { state: "given" }) },
          { value: "refused", label: t("privacy.consent_state", { state: "refused" }) },
        ]}
      />
      <SelectField
        {...field("way")}
        options={CONSENT_WAYS.map((way) => ({ value: way, label: t("privacy.way", { way }) }))}
      />
    </div>
  );
}
