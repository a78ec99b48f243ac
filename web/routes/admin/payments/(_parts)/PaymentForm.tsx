import { formatDateShort, formatPeriod } from "@/shared/calendar/mod.ts";
import { formatPeso, ZERO } from "@/shared/money/mod.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { useT } from "@/web/components/i18n.ts";
import { DateField, MoneyField } from "@/web/components/form/NumberField.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import ChangeDue from "@/web/islands/ChangeDue.tsx";
import { METHODS } from "@/web/route_table/payments.ts";
import type { PaymentFormData } from "./payment_form.ts";
import { PAYMENT_MAX } from "@/web/domain/payments/limits.ts";

/** The payment form. Enter in any field posts: the first button is the one that does. */
export function PaymentForm({ data, csrfToken }: { data: PaymentFormData; csrfToken: string }) {
  const t = useT();
  const { subscriber, preview, values, problems, doubt, today } = data;
  const confirmed = {
    confirm_large: values.confirm_large,
    confirm_reference: values.confirm_reference,
    confirm_date: values.confirm_date,
    confirm_paid: values.confirm_paid,
    // Kept through every question and correction: who posted since the form was opened is asked about at its end.
    shown: values.shown,
  };
  return (
    <Card>
      <form class="form" method="post" action="/admin/payments/new">
        <Csrf token={csrfToken} />
        <HiddenFields values={{ key: values.key, subscriber: subscriber.id, ...confirmed }} />
        {doubt === null
          ? (
            <ErrorSummary
              errors={problems}
              labels={{
                amount: t("tables.amount"),
                method: t("tables.method"),
                tendered: t("payments.tendered"),
                received: t("payments.received_on"),
                reference: t("tables.reference"),
                bill: t("payments.pay_first"),
                note: t("payments.note"),
              }}
              title={t("payments.nothing_posted")}
            />
          )
          : (
            <Banner tone="warn" title={t("payments.not_posted_yet")} live>
              {doubt.message}
            </Banner>
          )}
        <MoneyField
          name="amount"
          label={t("tables.amount")}
          required
          big
          autofocus
          value={values.amount}
          error={problems.amount}
          hint={preview.owedCentavos > ZERO
            ? t("payments.owed", { amount: formatPeso(preview.owedCentavos) })
            : t("payments.nothing_owed")}
        />
        <div class="form-row">
          <SelectField
            name="method"
            label={t("tables.method")}
            required
            value={values.method}
            error={problems.method}
            options={METHODS.map((method) => ({ value: method, label: t(`words.method_${method}`) }))}
          />
          <MoneyField
            name="tendered"
            label={t("payments.tendered")}
            value={values.tendered}
            error={problems.tendered}
            hint={t("payments.tendered_hint")}
          />
        </div>
        <ChangeDue
          texts={{
            change: t("payments.change_is", { amount: "*" }),
            short: t("payments.short", { amount: "*" }),
          }}
        />
        <div class="form-row">
          <DateField
            name="received"
            label={t("payments.received_on")}
            required
            value={values.received}
            max={today}
            error={problems.received}
          />
          <TextField
            name="reference"
            label={t("tables.reference")}
            mono
            value={values.reference}
            error={problems.reference}
            maxLength={PAYMENT_MAX.reference}
            hint={t("payments.reference_hint")}
          />
        </div>
        {preview.bills.length > 1 && (
          <SelectField
            name="bill"
            label={t("payments.pay_first")}
            value={values.bill}
            error={problems.bill}
            prompt={t("payments.oldest")}
            options={preview.bills.map((bill) => ({
              value: bill.billId,
              label: t("payments.bill_option", {
                number: bill.number,
                day: formatDateShort(bill.dueOn, t.locale),
                amount: formatPeso(bill.balanceCentavos),
              }),
            }))}
          />
        )}
        {preview.bills.length <= 1 && values.bill !== "" && <HiddenFields values={{ bill: values.bill }} />}
        <TextField
          name="note"
          label={t("payments.note")}
          value={values.note}
          error={problems.note}
          maxLength={PAYMENT_MAX.reference}
        />
        <div class="form-actions">
          <Button kind="primary" name="intent" value="post">{t("tables.sub_post_payment")}</Button>
          {doubt !== null && (
            <Button name={doubt.flag} value={doubt.value}>{t("payments.post_anyway")}</Button>
          )}
          <Button name="intent" value="preview">{t("payments.preview")}</Button>
          <LinkButton kind="quiet" href={`/admin/subscribers/${subscriber.id}`}>
            {t("states.go_back")}
          </LinkButton>
        </div>
      </form>
    </Card>
  );
}

/** What a payment of the amount in the field would do. */
export function PreviewCard({ data }: { data: PaymentFormData }) {
  const t = useT();
  const { preview, amount, changeDue, restores } = data;
  return (
    <Card
      title={amount === null || amount === ZERO
        ? t("payments.open_bills")
        : t("payments.goes_to", { amount: formatPeso(amount) })}
    >
      <ul class="allocation">
        {preview.bills.map((bill) => (
          <li>
            <span>
              <b>{bill.number}</b>, {formatPeriod(bill.periodStart, bill.periodEnd, t.locale)}
              <div class="note">
                {t("payments.bill_open", {
                  day: formatDateShort(bill.dueOn, t.locale),
                  amount: formatPeso(bill.balanceCentavos),
                })}
              </div>
            </span>
            <span class="money">{bill.appliedCentavos > ZERO ? formatPeso(bill.appliedCentavos) : "—"}</span>
          </li>
        ))}
        {preview.bills.length === 0 && <li class="note">{t("payments.no_open")}</li>}
        {amount !== null && preview.creditCentavos > ZERO && (
          <li>
            <span>
              {t("payments.credit_left")}
              <div class="note">{t("payments.credit_pays")}</div>
            </span>
            <span class="money credit">{formatPeso(preview.creditCentavos)}</span>
          </li>
        )}
        {changeDue !== null && (
          <li class="strong">
            <span>{t("payments.change")}</span>
            <span class="money">{formatPeso(changeDue)}</span>
          </li>
        )}
      </ul>
      {restores.length > 0 && (
        <Banner tone="ok" title={t("payments.comes_back")}>{restores.join(", ")}</Banner>
      )}
      {preview.creditBeforeCentavos > ZERO && (
        <p class="note">
          {t("payments.credit_before", { amount: formatPeso(preview.creditBeforeCentavos) })}
        </p>
      )}
    </Card>
  );
}
