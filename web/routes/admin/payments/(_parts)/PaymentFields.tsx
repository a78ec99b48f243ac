import { formatDateShort, formatPeriod } from "@/shared/calendar/mod.ts";
import { formatPeso, ZERO } from "@/shared/money/mod.ts";
import type { FieldAttributes } from "@/web/app/form/form_types.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { DateField, MoneyField } from "@/web/components/form/NumberField.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import type { OpenSplit } from "@/web/domain/payments/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import ChangeDue from "@/web/islands/ChangeDue.tsx";
import { METHODS, PAYMENT_METHODS } from "@/web/route_table/payments.ts";
import type { PaymentPreview } from "@/web/services/payments/preview_payment.ts";
import type { Paying, PaymentView } from "./payment_form.ts";

/** The fields of a payment of the one who pays. */
export function PaymentFields({ form, paying }: { form: PaymentView; paying: Paying }) {
  const { t, field } = form;
  const { preview, today, closed, withheld } = paying;
  // What a certificate settles is offered to who withholds; a form that names it all the same says why not.
  const methods = withheld === null && field("method").value !== "withholding_2307"
    ? METHODS
    : PAYMENT_METHODS;
  return (
    <>
      {closed !== null && (
        <Banner tone="warn" title={t(`corrections.target_${closed.state}`, { number: closed.number })}>
          {t("corrections.target_goes")}
        </Banner>
      )}
      {withheld !== null && <p class="note">{withheldWords(t, withheld)}</p>}
      <MoneyField
        {...field("amount")}
        big
        autofocus
        hint={preview.owedCentavos > ZERO
          ? t("payments.owed", { amount: formatPeso(preview.owedCentavos) })
          : t("payments.nothing_owed")}
      />
      <div class="form-row">
        <SelectField
          {...field("method")}
          options={methods.map((method) => ({ value: method, label: t(`words.method_${method}`) }))}
        />
        <MoneyField {...field("tendered")} hint={t("payments.tendered_hint")} />
      </div>
      <ChangeDue
        texts={{
          change: t("payments.change_is", { amount: "*" }),
          short: t("payments.short", { amount: "*" }),
        }}
      />
      <div class="form-row">
        <DateField {...field("received")} max={today} />
        <TextField {...field("reference")} mono hint={t("payments.reference_hint")} />
      </div>
      <BillField field={field("bill")} bills={preview.bills} />
      <TextField {...field("note")} />
    </>
  );
}

/** `Tax is withheld: ₱1,650.00 in money, ₱30.00 by certificate 2307.` */
export function withheldWords(t: Translate, { moneyCentavos, certificateCentavos }: OpenSplit): string {
  return t("payments.withheld_split", {
    money: formatPeso(moneyCentavos),
    certificate: formatPeso(certificateCentavos),
  });
}

/** The bill to pay first; there is nothing to choose where there is only one. */
function BillField({ field, bills }: { field: FieldAttributes; bills: PaymentPreview["bills"] }) {
  const t = useT();
  if (bills.length <= 1) return field.value === "" ? null : <HiddenFields values={{ bill: field.value }} />;
  return (
    <SelectField
      {...field}
      prompt={t("payments.oldest")}
      options={bills.map((bill) => ({
        value: bill.billId,
        label: t("payments.bill_option", {
          number: bill.number,
          day: formatDateShort(bill.dueOn, t.locale),
          amount: formatPeso(bill.balanceCentavos),
        }),
      }))}
    />
  );
}

/** What a payment of the amount in the field would do. */
export function PreviewCard(
  { paying: { preview, amount, changeDue, restores } }: {
    paying: Pick<Paying, "preview" | "amount" | "changeDue" | "restores">;
  },
) {
  const t = useT();
  // The account is one: what whoever looks does not see comes back too, and is not named.
  const elsewhere = preview.restores.length - restores.length;
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
      {preview.restores.length > 0 && (
        <Banner tone="ok" title={t("payments.comes_back")}>
          {[...restores, ...(elsewhere > 0 ? [t("payments.comes_back_elsewhere", { n: elsewhere })] : [])]
            .join(", ")}
        </Banner>
      )}
      {preview.creditBeforeCentavos > ZERO && (
        <p class="note">
          {t("payments.credit_before", { amount: formatPeso(preview.creditBeforeCentavos) })}
        </p>
      )}
    </Card>
  );
}
