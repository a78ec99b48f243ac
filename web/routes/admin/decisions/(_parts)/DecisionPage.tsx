import { formatDate } from "@/shared/calendar/mod.ts";
import { formatCentavosPlain, formatPeso } from "@/shared/money/mod.ts";
import { may } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { ActionForm, Button, LinkButton } from "@/web/components/form/Button.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { MoneyField } from "@/web/components/form/NumberField.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { codedText } from "@/web/messages/coded_text.ts";
import type { DecisionView } from "./load_decision.ts";
import { MendCard } from "./MendCard.tsx";

interface DecisionProps {
  view: DecisionView;
  state: AppState;
}

/** One connection that waits for a person: why it cannot be billed, and days that nothing explains. */
export function DecisionPage({ view, state }: DecisionProps) {
  const { t } = state;
  const { connection, row, done, problems } = view;
  return (
    <>
      <PageHeader
        title={t("runs.decision_of", { name: connection.subscriber_name })}
        back={{ href: "/admin/decisions", label: t("runs.decisions_title") }}
        lead={<CodeText>{connection.ppp_name}</CodeText>}
        actions={
          <LinkButton href={`/admin/subscribers/${connection.subscriber_id}`}>
            {t("runs.to_subscriber")}
          </LinkButton>
        }
      />
      <Flash
        done={done}
        tone={done === "still" ? "warn" : "ok"}
        messages={{
          billed: t("runs.done_billed"),
          nothing_due: t("runs.done_nothing_due"),
          still: t("runs.done_still"),
          never: t("runs.done_never"),
          to_bill: t("runs.done_to_bill"),
        }}
      />
      <ErrorSummary errors={problems} title={t("runs.not_decided")} />
      {row === null && (
        <EmptyState icon="ok" title={t("runs.decided_all")}>{t("runs.decided_all_hint")}</EmptyState>
      )}
      {view.mend !== null && row !== null && row.reason !== null && (
        <MendCard view={view} mend={view.mend} reason={row.reason} state={state} />
      )}
      {row !== null && row.unexplained.length > 0 && <DaysCard view={view} state={state} />}
    </>
  );
}

/** The days that nothing explains, at a plan and a price, with the two ways to decide. */
function DaysCard({ view, state }: DecisionProps) {
  const { t } = state;
  const { connection, row, offer, seen, plans, problems } = view;
  const path = `/admin/decisions/${connection.id}`;
  const can = may(state, "bill_run:run");
  return (
    <Card title={t("runs.days_nothing")}>
      <div class="stack">
        <p>{t("runs.days_why")}</p>
        {offer === null
          ? (
            <FactList
              facts={(row?.unexplained ?? []).map(({ start, end }) => ({
                label: t("tables.period"),
                value: `${formatDate(Temporal.PlainDate.from(start), t.locale)} – ${
                  formatDate(Temporal.PlainDate.from(end).subtract({ days: 1 }), t.locale)
                }`,
              }))}
            />
          )
          : (
            <>
              <FactList
                sum
                facts={[
                  ...offer.lines.map((line) => ({
                    label: codedText(t, line.description),
                    value: formatPeso(line.amountCentavos),
                  })),
                  { label: t("runs.days_total"), value: formatPeso(offer.totalCentavos), strong: true },
                ]}
              />
              {can && (
                <form class="form" method="get" action={path}>
                  <div class="form-row">
                    <SelectField
                      name="plan"
                      label={t("runs.days_plan")}
                      value={offer.planId}
                      options={plans.map((plan) => ({ value: plan.id, label: plan.name }))}
                      required
                    />
                    <MoneyField
                      name="price"
                      label={t("runs.days_price")}
                      hint={t("runs.days_price_hint")}
                      value={offer.chosenCentavos === null ? "" : formatCentavosPlain(offer.chosenCentavos)}
                      error={problems.price}
                    />
                  </div>
                  <div>
                    <Button>{t("runs.days_reckon")}</Button>
                  </div>
                </form>
              )}
            </>
          )}
        {can && (
          <div class="cluster">
            {offer !== null && (
              <ActionForm
                kind="primary"
                action={`${path}/bill`}
                csrfToken={state.csrfToken}
                values={{
                  seen,
                  plan: offer.planId,
                  price: offer.chosenCentavos === null ? "" : formatCentavosPlain(offer.chosenCentavos),
                  total: formatCentavosPlain(offer.totalCentavos),
                }}
              >
                {t("runs.days_bill", { amount: formatPeso(offer.totalCentavos) })}
              </ActionForm>
            )}
            <ActionForm action={`${path}/never`} csrfToken={state.csrfToken} values={{ seen }}>
              {t("runs.days_never")}
            </ActionForm>
          </div>
        )}
        <p class="note">{t("runs.days_note")}</p>
      </div>
    </Card>
  );
}
