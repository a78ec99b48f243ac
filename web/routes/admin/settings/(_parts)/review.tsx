import { formatPeso } from "@/shared/money/mod.ts";
import { type AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { Icon } from "@/web/components/Icon.tsx";
import {
  type BillingSettings,
  changedSettings,
  describeEffects,
  type Effect,
} from "@/web/domain/settings/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { readSettingsFacts } from "@/web/store/settings/settings_facts.ts";
import { billingSettingsOf, lastSave } from "@/web/store/settings/settings.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import { address } from "./address.ts";
import { type BillingFields, toFields } from "./billing_form.ts";
import { say } from "@/web/app/say.ts";

/** A change before it is saved. */
export interface Review {
  before: BillingSettings;
  after: BillingSettings;
  effects: Effect[];
  fields: BillingFields;
  today: Temporal.PlainDate;
  isFirstUse: boolean;
  /** Who saved after the form was opened: some differences may be theirs. */
  savedBetween: string | null;
}

/** Reads what a change would do now, for a form that was opened at a revision. */
export async function loadReview(
  state: AppState,
  after: BillingSettings,
  formRevision: number,
): Promise<Review> {
  const moment = momentOf(state);
  const before = billingSettingsOf(moment.tenant);
  const last = lastSave(moment.tenant, "billing");
  const revision = last?.revision ?? 0;
  const facts = await readPage(state, (trx) => readSettingsFacts(trx, moment.tenant, after, moment));
  return {
    before,
    after,
    effects: describeEffects(before, after, facts),
    fields: toFields(after, revision),
    today: moment.today,
    isFirstUse: facts.connections === 0,
    savedBetween: revision === formRevision ? null : last?.by ?? "",
  };
}

interface ReviewCardsProps {
  review: Review;
  state: AppState;
  /** Sent along: where to go after saving. */
  from?: "setup" | undefined;
  backHref?: string | undefined;
}

/** What changes, for whom, and the button that saves it. */
export function ReviewCards({ review, state, from, backHref }: ReviewCardsProps) {
  const { t } = state;
  const changed = changedSettings(review.before, review.after);
  return (
    <>
      {review.savedBetween !== null && changed.length > 0 && (
        <Banner tone="warn">{t("settings.saved_between", { name: review.savedBetween })}</Banner>
      )}
      {changed.length === 0
        ? <Banner tone="info">{t("settings.nothing_changes")}</Banner>
        : (
          <Card title={t("settings.what_changes")}>
            <div class="stack">
              <ChangeTable review={review} t={t} />
              {review.isFirstUse
                ? <p class="note">{t("settings.nobody_yet")}</p>
                : <Effects effects={review.effects} t={t} />}
              <p class="note">{t("settings.never_past")}</p>
            </div>
          </Card>
        )}
      <form class="form-actions" method="post" action="/admin/settings/billing">
        <Csrf token={state.csrfToken} />
        <Hidden fields={from === undefined ? review.fields : { ...review.fields, from }} />
        {(changed.length > 0 || from === "setup") && (
          <Button kind="primary">
            {t(from === "setup" ? "settings.save_and_go_on" : "settings.save_rules")}
          </Button>
        )}
        <LinkButton href={backHref ?? address("/admin/settings/billing", review.fields)}>
          {t("settings.change_more")}
        </LinkButton>
      </form>
    </>
  );
}

function ChangeTable({ review, t }: { review: Review; t: Translate }) {
  return (
    <table class="plain-table changes">
      <caption class="sr-only">{t("settings.review_title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("settings.table_rule")}</th>
          <th scope="col">{t("settings.table_now")}</th>
          <th scope="col">{t("settings.table_then")}</th>
        </tr>
      </thead>
      <tbody>
        {changedSettings(review.before, review.after).map((name) => (
          <tr>
            <th scope="row">{t(`settings.field_${name}`)}</th>
            <td>{valueText(t, review.before, name)}</td>
            <td>
              <b>{valueText(t, review.after, name)}</b>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Effects({ effects, t }: { effects: readonly Effect[]; t: Translate }) {
  return (
    <ul class="effects">
      {effects.map((effect) => (
        <li class={effect.tone === "warn" ? "text-warn" : undefined}>
          <Icon name={effect.tone} />
          <span>{say(t, effect)}</span>
        </li>
      ))}
    </ul>
  );
}

function Hidden({ fields }: { fields: BillingFields }) {
  return (
    <>
      {Object.entries(fields).flatMap(([name, values]) =>
        [values].flat().map((value) => <input key={name + value} type="hidden" name={name} value={value} />)
      )}
    </>
  );
}

/** A setting's value in words. */
function valueText(t: Translate, settings: BillingSettings, name: keyof BillingSettings): string {
  switch (name) {
    case "minBalanceCentavos":
      return formatPeso(settings.minBalanceCentavos);
    case "blackoutWeekdays": {
      const days = settings.blackoutWeekdays.map((day) => t(`settings.weekday_${day as 1}`));
      return days.join(", ") || t("settings.none");
    }
    case "blackoutDates":
      return settings.blackoutDates.map(String).join(", ") || t("settings.none");
    case "firstBill":
      return t(`settings.first_bill_${settings.firstBill}`);
    case "cycleAnchor":
    case "timing":
    case "suspendedPolicy":
    case "proration":
      return t(`settings.choice_${settings[name]}`);
    default:
      return String(settings[name]);
  }
}
