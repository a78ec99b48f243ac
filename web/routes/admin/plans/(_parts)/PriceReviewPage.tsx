import { formatDate } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { address } from "@/web/app/frame/page_context.ts";
import type { ListParts } from "@/web/app/list/list_types.ts";
import type { AppState } from "@/web/app/state.ts";
import { PriceChange } from "@/web/app/words/price_words.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { REASON_MAX } from "@/web/domain/access/limits.ts";
import type { PlanPriceReview } from "@/web/services/billing/review_plan_price.ts";
import { planVersion } from "@/web/services/billing/save_plan.ts";
import type { PlanListRow } from "@/web/store/billing/plans.ts";
import { type Gate, GateNote, gateVerb } from "../../approvals/(_parts)/gate.tsx";
import { planForm } from "./plan_form.tsx";

/** A plan as it was typed. */
export interface TypedPlan {
  name: string;
  price: Centavos;
  profile: string;
  speed: string;
  fromOn: Temporal.PlainDate | null;
}

/** What the page of a new price shows. */
export interface PriceReview {
  plan: PlanListRow;
  asked: TypedPlan;
  review: PlanPriceReview;
  gate: Gate;
}

interface PriceReviewPageProps {
  state: AppState;
  planId: string;
  loaded: PriceReview;
  problems: Readonly<Record<string, string>>;
  parts: ListParts;
}

/** What a new price does, and the form that saves it; its list below. */
export function PriceReviewPage(
  { state, planId, loaded: { plan, asked, review, gate }, problems, parts }: PriceReviewPageProps,
) {
  const { t } = state;
  const fields = {
    name: asked.name,
    price: formatCentavosPlain(asked.price),
    profile: asked.profile,
    speed: asked.speed,
    from: asked.fromOn === null ? "next" : "day",
    on: asked.fromOn?.toString() ?? "",
  };
  const back = address(`/admin/plans/${planId}/edit`, fields);
  return (
    <>
      <PageHeader
        title={t("prices.review_title", { name: plan.name })}
        back={{ href: back, label: t("plans.edit_title", { name: plan.name }) }}
        lead={t("prices.review_lead")}
        actions={parts.fileButton}
      />
      <form class="card" method="post" action={`/admin/plans/${planId}/price`}>
        <Csrf token={state.csrfToken} />
        <HiddenFields values={{ ...fields, seen: planVersion(plan) }} />
        <div class="card-body stack">
          <ErrorSummary
            errors={problems}
            labels={{ name: t(planForm.labels.name), price: t(planForm.labels.price), on: t("prices.on") }}
            title={t("prices.not_saved")}
          />
          <FactList
            wide
            facts={[
              {
                label: t("plans.price"),
                value: <PriceChange before={centavos(plan.price_centavos)} after={asked.price} />,
              },
              {
                label: t("prices.from"),
                value: asked.fromOn === null
                  ? t("prices.from_next")
                  : t("prices.from_on", { on: formatDate(asked.fromOn, t.locale) }),
              },
              {
                label: t("tables.connections"),
                value: t("prices.changed", { n: review.changed, all: review.rows.length }),
              },
              ...(review.untouched === 0
                ? []
                : [{ label: t("prices.own"), value: t("prices.untouched", { n: review.untouched }) }]),
              {
                label: t("prices.together"),
                value: <PriceChange before={review.beforeCentavos} after={review.afterCentavos} />,
                strong: true,
              },
            ]}
          />
          {asked.fromOn !== null && <p class="note">{t("prices.day_note")}</p>}
          <GateNote gate={gate} t={t} />
          {gate.way !== "run" && (
            <TextField
              name="reason"
              label={t("tables.reason")}
              value=""
              error={problems.reason}
              maxLength={REASON_MAX}
              required
            />
          )}
          <div class="form-actions">
            <Button kind="primary">{gateVerb(gate, t, t("plans.save"))}</Button>
            <LinkButton href={back}>{t("states.go_back")}</LinkButton>
          </div>
        </div>
      </form>
      {parts.table}
    </>
  );
}
