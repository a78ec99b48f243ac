import { FormStart } from "@/web/app/form/form_parts.tsx";
import type { AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { Icon } from "@/web/components/facts/Icon.tsx";
import {
  type BillingSettings,
  changedSettings,
  describeEffects,
  type Effect,
} from "@/web/domain/settings/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { readSettingsFacts } from "@/web/store/settings/settings_facts.ts";
import { billingSettingsOf, lastSave } from "@/web/store/settings/settings.ts";
import { momentOf, readPage } from "@/web/app/frame/page_context.ts";
import { address } from "./address.ts";
import { type BillingFields, toFields } from "./billing_form.ts";
import { say } from "@/web/app/words/say.ts";
import { settingText } from "./setting_words.ts";

/** A change before it is saved. */
export interface Review {
  before: BillingSettings;
  after: BillingSettings;
  effects: Effect[];
  fields: BillingFields;
  today: Temporal.PlainDate;
  isFirstUse: boolean;
  /** Of the rules as they are saved now. */
  revision: number;
  /** Who saved after the form was opened, and whether some of the differences undo what they saved. */
  savedBetween: { name: string; isUndone: boolean } | null;
}

/** Reads what a change would do now, for a form that was opened at a revision; `isUndone` where it meets others' changes. */
export async function loadReview(
  state: AppState,
  after: BillingSettings,
  form: { revision: number; isUndone: boolean },
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
    revision,
    savedBetween: revision === form.revision ? null : { name: last?.by ?? "", isUndone: form.isUndone },
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
      {review.savedBetween !== null && changed.length > 0 && <SavedBetween {...review.savedBetween} t={t} />}
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
        <FormStart csrfToken={state.csrfToken} hidden={{}} row={toFields(review.before, review.revision)} />
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

function SavedBetween({ name, isUndone, t }: { name: string; isUndone: boolean; t: Translate }) {
  if (isUndone) return <Banner tone="warn">{t("settings.saved_between", { name })}</Banner>;
  return <Banner tone="info">{t("settings.saved_beside", { name })}</Banner>;
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
            <td>{settingText(t, review.before, name)}</td>
            <td>
              <b>{settingText(t, review.after, name)}</b>
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
