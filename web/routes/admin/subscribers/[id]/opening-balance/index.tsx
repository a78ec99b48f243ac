import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { DateField, MoneyField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { openingForm } from "@/web/route_table/payments.ts";
import { takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { findOpeningBalance } from "@/web/store/payments/opening_balances.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";

const form = define.form({
  params: idParams,
  input: openingForm,
  load: async (trx, { params }) => {
    const person = found(await findSubscriber(trx, params.id));
    return { person, opening: await findOpeningBalance(trx, person.id) };
  },
  permission: "opening_balance:write",
  audit: "opening_balance.taken_over",
  summary: "Take over what was owed, or was credit, in the books from before",
  title: ({ t }) => t("payments.opening_title"),
  lead: ({ t, loaded: { person } }) => t("payments.opening_lead", { name: person.name }),
  back: ({ loaded: { person } }) => ({ href: `/admin/subscribers/${person.id}`, label: person.name }),
  labels: { side: "payments.opening_side", amount: "tables.amount", asOf: "payments.opening_as_of" },
  values: (_loaded, { moment }) => ({ side: "owed", amount: "", asOf: moment.today.toString() }),
  blocked: ({ t, loaded: { person, opening } }) =>
    opening === null ? null : (
      <section class="card">
        <EmptyState
          icon="cash"
          title={t("payments.opening_there_title")}
          actions={opening.side === "owed"
            ? (
              <LinkButton href={`/admin/bills/${opening.id}`}>
                {t("payments.opening_open_bill", { number: opening.number })}
              </LinkButton>
            )
            : (
              <LinkButton href={`/admin/subscribers/${person.id}/opening-balance/take-back`} dialog>
                {t("payments.opening_take_back")}
              </LinkButton>
            )}
        >
          {t("payments.opening_there", {
            number: opening.number,
            amount: formatPeso(centavos(opening.amount_centavos)),
            side: opening.side,
            day: formatDate(opening.as_of, t.locale),
          })}
        </EmptyState>
      </section>
    ),
  fields: ({ field, t, moment: { today } }) => (
    <>
      <RadioCards
        {...field("side")}
        row
        options={[
          { value: "owed", label: t("payments.opening_owed"), note: t("payments.opening_owed_note") },
          { value: "credit", label: t("payments.opening_credit"), note: t("payments.opening_credit_note") },
        ]}
      />
      <MoneyField {...field("amount")} autofocus />
      <DateField {...field("asOf")} max={today} hint={t("payments.opening_as_of_hint")} />
    </>
  ),
  verb: ({ t }) => t("payments.opening_verb"),
  submit: ({ side, amount, asOf }, { call, loaded: { person } }) =>
    takeOverBalance(...call, { subscriberId: person.id, side, amountCentavos: amount, asOf }),
  at: { payment_amount_not_positive: "amount", amount_over_limit: "amount" },
  done: (_value, { loaded: { person } }) => `/admin/subscribers/${person.id}?done=opening_taken_over`,
});

export default form.page;
export const { handler, route } = form;
