import { formatDate, formatDateShort, formatPeriod } from "@/shared/calendar/mod.ts";
import type { FormParts } from "@/web/app/form/define_form.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { importedBilling, importRulesOf } from "@/web/domain/imports/mod.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { CheckCard } from "./CheckCard.tsx";
import type { ImportView } from "./load_import.ts";
import { ProfileRows } from "./ProfileRows.tsx";
import { suggestedFirstBill } from "./review_answers.ts";

/** The review: what the import would do, and its form. */
export function ReviewPart({ view, parts }: { view: ImportView; parts: FormParts }) {
  return (
    <>
      <CheckCard view={view} />
      <form class="stack" {...parts.attributes}>
        {parts.start}
        {parts.fields}
        {may(view.state, "import:run") && <div class="form-actions">{parts.button}</div>}
      </form>
    </>
  );
}

/** Profiles to plans, first bill, disabled secrets. */
export function ReviewFields({ view }: { view: ImportView }) {
  const { t, field, loaded: { batch, counts, profiles } } = view;
  const path = `/admin/import/${batch.id}`;
  return (
    <>
      <Card
        title={t("import.in_profiles", {
          secrets: t("import.secrets", { n: batch.total }),
          n: profiles.length,
        })}
        aside={<LinkButton small href={`${path}/rows`}>{t("import.see_secrets")}</LinkButton>}
      >
        <p>
          {t("import.names_from")} {counts.issues > 0 && (
            <a href={`${path}/rows?show=issues`}>
              {t("import.look_at", { n: counts.issues })}
            </a>
          )}
        </p>
        <ProfileRows view={view} />
      </Card>
      <Card title={t("import.billing")}>
        <div class="form">
          <FirstBill view={view} />
          <RadioCards
            {...field("disabledPolicy")}
            options={[
              {
                value: "disconnected",
                label: t("import.as_disconnected"),
                note: t("import.as_disconnected_note"),
              },
              { value: "skip", label: t("import.skip_them"), note: t("import.skip_note") },
            ]}
          />
          {may(view.state, "import:run") && (
            <p>
              {counts.prepaid > 0 ? t("import.bought_n", { n: counts.prepaid }) : t("import.bought_none")}
              {" "}
              <a href={`${path}/bought`}>{t("import.bought_title")}</a>
            </p>
          )}
        </div>
      </Card>
    </>
  );
}

function FirstBill({ view }: { view: ImportView }) {
  const { t, field, loaded, moment } = view;
  const shown = suggestedFirstBill(loaded.batch, moment);
  const { billedThroughOn, anchorDay, firstPeriodEnd } = importedBilling({
    firstBillOn: shown,
    importedOn: moment.today,
    ...importRulesOf(moment.tenant),
  });
  return (
    <DateField
      {...field("firstBillOn")}
      hint={t("import.first_bill_hint", {
        day: formatDate(shown, t.locale),
        period: formatPeriod(billedThroughOn, firstPeriodEnd, t.locale),
        anchor: anchorDay,
        before: formatDateShort(billedThroughOn, t.locale),
      })}
    />
  );
}
