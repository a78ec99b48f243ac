import { formatDate } from "@/shared/calendar/mod.ts";
import { may } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { ActionForm, Button } from "@/web/components/form/Button.tsx";
import { Csrf } from "@/web/components/form/Csrf.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { DateField } from "@/web/components/form/NumberField.tsx";
import type { Mend } from "@/web/services/billing/mend_parked.ts";
import type { DecisionView } from "./load_decision.ts";

interface MendCardProps {
  view: DecisionView;
  mend: Mend;
  /** A stored code. */
  reason: string;
  state: AppState;
}

/** Why a connection cannot be billed, the field that is wrong, and the way to try again. */
export function MendCard({ view, mend, reason, state }: MendCardProps) {
  const { t } = state;
  const { connection } = view;
  const path = `/admin/decisions/${connection.id}`;
  const dayOrDash = (day: Temporal.PlainDate | null) => day === null ? null : formatDate(day, t.locale);
  return (
    <Card title={t("runs.kind_parked")}>
      <div class="stack">
        <p>
          <b>
            <StoredText text={reason} isSentence />
          </b>{" "}
          {t("runs.parked_note")}
        </p>
        <FactList
          facts={[
            { label: t("tables.plan"), value: connection.plan_name },
            { label: t("runs.active_from"), value: dayOrDash(connection.activated_on) },
            { label: t("runs.billed_until"), value: dayOrDash(connection.billed_through_on) },
          ]}
        />
        {may(state, "bill_run:run") && (
          <>
            <form class="form" method="post" action={`${path}/mend`}>
              <Csrf token={state.csrfToken} />
              <p>{t(`runs.mend_${mend.what}`, { day: dayOrDash(mend.from) ?? "" })}</p>
              <MendField view={view} mend={mend} state={state} />
              <div class="cluster">
                <Button kind="primary">{t("runs.mend_verb")}</Button>
              </div>
            </form>
            <ActionForm action={`${path}/retry`} csrfToken={state.csrfToken}>{t("runs.retry")}</ActionForm>
          </>
        )}
      </div>
    </Card>
  );
}

/** The field that is wrong. Where only one value would do, there is nothing to choose. */
function MendField(
  { view: { plans, problems, connection }, mend, state: { t } }: Omit<MendCardProps, "reason">,
) {
  if (mend.what === "standing") return null;
  if (mend.what === "plan") {
    return (
      <SelectField
        name="plan"
        label={t("tables.plan")}
        prompt={t("tables.plan_prompt")}
        value={connection.plan_id}
        options={plans.filter((plan) => plan.archived_at === null)
          .map((plan) => ({ value: plan.id, label: plan.name }))}
        error={problems.plan}
        required
      />
    );
  }
  return (
    <DateField
      name="day"
      min={mend.from}
      max={mend.until}
      label={t(mend.what === "begin" ? "runs.field_begin" : "runs.active_from")}
      hint={t("runs.field_day_hint", {
        from: formatDate(mend.from, t.locale),
        until: formatDate(mend.until, t.locale),
      })}
      value={mend.day?.toString() ?? ""}
      error={problems.day}
      required
    />
  );
}
