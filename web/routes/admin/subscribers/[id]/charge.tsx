import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, parsePeso } from "@/shared/money/mod.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { taxFacts } from "@/web/app/words/tax_words.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { Button } from "@/web/components/form/Button.tsx";
import { MoneyField } from "@/web/components/form/NumberField.tsx";
import { RadioCards, SelectField } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { formatBasisPoints, taxedSum } from "@/web/domain/billing/mod.ts";
import { CHARGE_KINDS, chargeForm } from "@/web/route_table/corrections.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { taxTermsOn } from "@/web/services/billing/tax_terms.ts";
import { issueCharge } from "@/web/services/billing/issue_charge.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { listSubscriptionDetails } from "@/web/store/subscribers/subscriptions.ts";

const form = define.form({
  params: idParams,
  input: chargeForm,
  load: async (trx, { params, moment, typed }) => {
    const subscriber = found(await findSubscriber(trx, params.id));
    const { creditCentavos } = await findSubscriberBalance(trx, subscriber.id);
    const amount = parsePeso(typed("amount").slice(0, 100));
    const tax = taxTermsOn(moment.tenant, moment.today);
    return {
      subscriber,
      connections: await listSubscriptionDetails(trx, { subscriberId: subscriber.id }, moment),
      credit: centavos(creditCentavos),
      tax,
      /** The bill of the amount as it was typed. */
      asked: amount.ok && amount.value > 0n ? taxedSum(tax, amount.value) : null,
      dueOn: moment.today.add({ days: moment.tenant.terms_days }),
      key: crypto.randomUUID(),
    };
  },
  permission: "charge:post",
  audit: "bill.charged",
  summary: "Charge once, or with a debit memo",
  title: ({ t, loaded: { subscriber } }) => t("corrections.charge_for", { name: subscriber.name }),
  windowTitle: ({ t }) => t("corrections.charge"),
  lead: ({ loaded: { subscriber } }) => <CodeText>{subscriber.account_number}</CodeText>,
  back: ({ loaded: { subscriber } }) => ({
    href: `/admin/subscribers/${subscriber.id}`,
    label: subscriber.name,
  }),
  blocked: ({ t, loaded: { connections } }) =>
    connections.length > 0 ? null : (
      <section class="card">
        <EmptyState icon="plug" title={t("subscribers.no_connection")}>
          {t("corrections.charge_none")}
        </EmptyState>
      </section>
    ),
  labels: {
    kind: "corrections.charge_kind",
    what: "corrections.charge_what",
    amount: "tables.amount",
    connection: "corrections.charge_whose",
  },
  values: ({ key }) => ({ key, kind: "one_time" }),
  hidden: ({ many }) => ({ key: many("key")[0] ?? "" }),
  fields: ({ t, field, loaded: { connections, credit, dueOn, tax, asked } }) => (
    <>
      <RadioCards
        {...field("kind")}
        row
        options={CHARGE_KINDS.map((value) => ({
          value,
          label: t(`corrections.charge_${value}`),
          note: t(`corrections.charge_${value}_note`),
        }))}
      />
      <TextField {...field("what")} hint={t("corrections.charge_what_hint")} autofocus />
      <MoneyField
        {...field("amount")}
        hint={[
          ...(tax.mode === "non_vat"
            ? []
            : [t(`corrections.charge_${tax.mode}`, { rate: formatBasisPoints(tax.rateBp) })]),
          t("corrections.charge_due", { day: formatDate(dueOn, t.locale) }),
          ...(credit > 0n ? [t("corrections.charge_credit", { amount: formatPeso(credit) })] : []),
        ].join(" ")}
      />
      {asked !== null && (
        <FactList
          sum
          facts={[
            ...taxFacts(t, asked),
            {
              label: t("corrections.charge_total"),
              value: <Money amount={asked.totalCentavos} />,
              strong: true,
            },
          ]}
        />
      )}
      <SelectField
        {...field("connection")}
        prompt={t("corrections.charge_nobody")}
        hint={t("corrections.charge_whose_hint")}
        options={connections.map(({ id, plan_name, ppp_name }) => ({
          value: id,
          label: `${plan_name}, ${ppp_name}`,
        }))}
      />
    </>
  ),
  refused: "corrections.nothing_charged",
  verb: ({ t }) => t("corrections.charge_verb"),
  preview: "when_valid",
  otherVerbs: ({ t }) => <Button name="intent" value="preview">{t("corrections.preview")}</Button>,
  submit: ({ key, kind, what, amount, connection }, { call, loaded: { subscriber } }) =>
    issueCharge(...call, {
      subscriberId: subscriber.id,
      kind,
      what,
      amountCentavos: amount,
      subscriptionId: connection,
      billId: key,
    }),
  at: { subscription_not_found: "connection" },
  done: ({ billId, duplicate }) => `/admin/bills/${billId}?done=${duplicate ? "charged_before" : "charged"}`,
  undo: ({ billId }) => billId,
});

export default form.page;
export const { handler, route } = form;
