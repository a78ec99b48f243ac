import { formatDate, formatDateShort, formatPeriod } from "@/shared/calendar/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { DateField } from "@/web/components/NumberField.tsx";
import { RadioCards } from "@/web/components/SelectField.tsx";
import { formatPlural } from "@/web/format.ts";
import { importedBilling, importRulesOf } from "@/web/domain/import_review/mod.ts";
import { may, typed } from "../../(_billing)/page_context.ts";
import { CheckCard } from "./CheckCard.tsx";
import type { ImportView } from "./load_import.ts";
import { ProfileRows } from "./ProfileRows.tsx";
import { suggestedFirstBill } from "./review_answers.ts";

/** The review: profiles to plans, first bill, disabled secrets; then the check. */
export function ReviewPart({ view, state }: { view: ImportView; state: AppState }) {
  const { batch, counts } = view;
  const path = `/admin/import/${batch.id}`;
  return (
    <>
      <CheckCard view={view} state={state} />
      <form class="stack" method="post" action={path}>
        <Csrf token={state.csrfToken} />
        <Card
          title={`${formatPlural(batch.total, "secret")} in ${formatPlural(view.profiles.length, "profile")}`}
          aside={<LinkButton small href={`${path}/rows`}>See every secret</LinkButton>}
        >
          <p>
            Names and phone numbers come from the comments.{" "}
            {counts.issues > 0 && (
              <a href={`${path}/rows?show=issues`}>
                Look at {formatPlural(counts.issues, "secret")} with a remark
              </a>
            )}
          </p>
          <ProfileRows view={view} state={state} />
        </Card>
        <Card title="Billing">
          <div class="form">
            <FirstBill view={view} state={state} />
            <RadioCards
              name="disabledPolicy"
              label="Secrets that are disabled on the router"
              required
              value={typed(state, "disabledPolicy") || view.settings.disabledPolicy}
              error={view.problems.disabledPolicy}
              options={[
                {
                  value: "disconnected",
                  label: "Import as disconnected",
                  note: "They stay off, and are not billed until somebody reconnects them.",
                },
                { value: "skip", label: "Skip them", note: "They stay on the router as they are." },
              ]}
            />
          </div>
        </Card>
        {may(state, "import:run") && (
          <div class="form-actions">
            <Button kind={view.forecast === null ? "primary" : "default"}>
              {view.forecast === null ? "Save and check" : "Save and check again"}
            </Button>
          </div>
        )}
      </form>
    </>
  );
}

function FirstBill({ view, state }: { view: ImportView; state: AppState }) {
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
      label="First bill"
      value={typed(state, "firstBillOn") || shown}
      error={view.problems.firstBillOn}
      required
      hint={`On ${formatDate(shown)} the first bill covers ${
        formatPeriod(billedThroughOn, firstPeriodEnd)
      }; the next ones follow each month on day ${anchorDay}. What was owed before ${
        formatDateShort(billedThroughOn)
      } stays in your old books, and nobody is cut for it.`}
    />
  );
}
