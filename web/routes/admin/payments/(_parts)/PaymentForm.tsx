import { formatDateShort } from "@/shared/calendar/mod.ts";
import { formatPeso, ZERO } from "@/shared/money/mod.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { Csrf, HiddenFields } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { DateField, MoneyField } from "@/web/components/NumberField.tsx";
import { SelectField } from "@/web/components/SelectField.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import { METHODS } from "@/web/route_table/payments.ts";
import { METHOD_WORDS } from "../../(_billing)/words.ts";
import type { PaymentFormData } from "./payment_form.ts";

/** The payment form. Enter in any field posts: the first button is the one that does. */
export function PaymentForm({ data, csrfToken }: { data: PaymentFormData; csrfToken: string }) {
  const { subscriber, preview, values, problems, doubt, today } = data;
  const confirmed = {
    confirm_large: values.confirm_large,
    confirm_reference: values.confirm_reference,
    confirm_date: values.confirm_date,
  };
  return (
    <Card>
      <form class="form" method="post" action="/admin/payments/new">
        <Csrf token={csrfToken} />
        <HiddenFields values={{ key: values.key, subscriber: subscriber.id, ...confirmed }} />
        {doubt === null
          ? <ErrorSummary errors={problems} title="Nothing was posted. Check these fields:" />
          : <Banner tone="warn" title="Nothing was posted yet" live>{doubt.message}</Banner>}
        <MoneyField
          name="amount"
          label="Amount"
          required
          big
          autofocus
          value={values.amount}
          error={problems.amount}
          hint={preview.owedCentavos > ZERO
            ? `${formatPeso(preview.owedCentavos)} is owed in all.`
            : "Nothing is owed: the payment becomes credit for the next bill."}
        />
        <div class="form-row">
          <SelectField
            name="method"
            label="Method"
            required
            value={values.method}
            error={problems.method}
            options={METHODS.map((method) => ({ value: method, label: METHOD_WORDS[method] }))}
          />
          <MoneyField
            name="tendered"
            label="Cash tendered"
            value={values.tendered}
            error={problems.tendered}
            hint="The change is worked out from it."
          />
        </div>
        <div class="form-row">
          <DateField
            name="received"
            label="Received on"
            required
            value={values.received}
            max={today}
            error={problems.received}
          />
          <TextField
            name="reference"
            label="Reference"
            mono
            value={values.reference}
            error={problems.reference}
            maxLength={200}
            hint="Needed for everything but cash."
          />
        </div>
        {preview.bills.length > 1 && (
          <SelectField
            name="bill"
            label="Pay first"
            value={values.bill}
            error={problems.bill}
            prompt="The oldest due bill"
            options={preview.bills.map((bill) => ({
              value: bill.billId,
              label: `${bill.number}, due ${formatDateShort(bill.dueOn)}, ${
                formatPeso(bill.balanceCentavos)
              }`,
            }))}
          />
        )}
        {preview.bills.length <= 1 && values.bill !== "" && <HiddenFields values={{ bill: values.bill }} />}
        <TextField name="note" label="Note" value={values.note} error={problems.note} maxLength={200} />
        <div class="form-actions">
          <Button kind="primary" name="intent" value="post">Post payment</Button>
          {doubt !== null && <Button name={doubt.flag} value={doubt.value}>Post anyway</Button>}
          <Button name="intent" value="preview">Preview</Button>
          <LinkButton kind="quiet" href={`/admin/subscribers/${subscriber.id}`}>Go back</LinkButton>
        </div>
      </form>
    </Card>
  );
}

/** What a payment of the amount in the field would do. */
export function PreviewCard({ data }: { data: PaymentFormData }) {
  const { preview, amount, changeDue, restores } = data;
  return (
    <Card title={amount === null || amount === ZERO ? "Open bills" : `${formatPeso(amount)} goes to`}>
      <ul class="allocation">
        {preview.bills.map((bill) => (
          <li>
            <span>
              <b>{bill.number}</b>, {formatPeriod(bill.periodStart, bill.periodEnd)}
              <div class="note">
                due {formatDateShort(bill.dueOn)}, {formatPeso(bill.balanceCentavos)} open
              </div>
            </span>
            <span class="money">{bill.appliedCentavos > ZERO ? formatPeso(bill.appliedCentavos) : "—"}</span>
          </li>
        ))}
        {preview.bills.length === 0 && <li class="note">No bill is open.</li>}
        {amount !== null && preview.creditCentavos > ZERO && (
          <li>
            <span>
              Credit left
              <div class="note">pays the next bill by itself</div>
            </span>
            <span class="money credit">{formatPeso(preview.creditCentavos)}</span>
          </li>
        )}
        {changeDue !== null && (
          <li class="strong">
            <span>Change due</span>
            <span class="money">{formatPeso(changeDue)}</span>
          </li>
        )}
      </ul>
      {restores.length > 0 && (
        <Banner tone="ok" title="Internet comes back at once">{restores.join(", ")}</Banner>
      )}
      {preview.creditBeforeCentavos > ZERO && (
        <p class="note">{formatPeso(preview.creditBeforeCentavos)} credit is on the account already.</p>
      )}
    </Card>
  );
}
