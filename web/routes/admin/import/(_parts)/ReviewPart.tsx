import { formatDate, formatDateShort, formatPeriod } from "@/shared/calendar/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { DateField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { importedBilling, importRulesOf } from "@/web/domain/imports/mod.ts";
import { may, typed } from "@/web/app/frame/page_context.ts";
import { CheckCard } from "./CheckCard.tsx";
import type { ImportView } from "./load_import.ts";
import { ProfileRows } from "./ProfileRows.tsx";
import { suggestedFirstBill } from "./review_answers.ts";

/** The review: profiles to plans, first bill, disabled secrets; then the check. */
export function ReviewPart({ view, state }: { view: ImportView; state: AppState }) {
  const { t } = state;
  const { batch, counts } = view;
  const path = `/admin/import/${batch.id}`;
  return (
    <>
      <CheckCard view={view} state={state} />
      <form class="stack" method="post" action={path}>
        <Csrf token={state.csrfToken} />
        <Card
          title={t("import.in_profiles", {
            secrets: t("import.secrets", { n: batch.total }),
            n: view.profiles.length,
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
          <ProfileRows view={view} state={state} />
        </Card>
        <Card title={t("import.billing")}>
          <div class="form">
            <FirstBill view={view} state={state} />
            <RadioCards
              name="disabledPolicy"
              label={t("import.disabled_label")}
              required
              value={typed(state, "disabledPolicy") || view.settings.disabledPolicy}
              error={view.problems.disabledPolicy}
              options={[
                {
                  value: "disconnected",
                  label: t("import.as_disconnected"),
                  note: t("import.as_disconnected_note"),
                },
                { value: "skip", label: t("import.skip_them"), note: t("import.skip_note") },
              ]}
            />
          </div>
        </Card>
        {may(state, "import:run") && (
          <div class="form-actions">
            <Button kind={view.forecast === null ? "primary" : "default"}>
              {view.forecast === null ? t("import.save_check") : t("import.save_check_again")}
            </Button>
          </div>
        )}
      </form>
    </>
  );
}

function FirstBill({ view, state }: { view: ImportView; state: AppState }) {
  const { t } = state;
  const { today, tenant } = view.moment;
  const shown = suggestedFirstBill(view);
  const { billedThroughOn, anchorDay, firstPeriodEnd } = importedBilling({
    firstBillOn: shown,
    importedOn: today,
    ...importRulesOf(tenant),
  });
  return (
    <DateField
      name="firstBillOn"
      label={t("import.first_bill")}
      value={typed(state, "firstBillOn") || shown}
      error={view.problems.firstBillOn}
      required
      hint={t("import.first_bill_hint", {
        day: formatDate(shown, t.locale),
        period: formatPeriod(billedThroughOn, firstPeriodEnd, t.locale),
        anchor: anchorDay,
        before: formatDateShort(billedThroughOn, t.locale),
      })}
    />
  );
}
