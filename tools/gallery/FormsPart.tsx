import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { ConfirmPanel } from "@/web/components/form/ConfirmPanel.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { DateField, MoneyField, NumberField } from "@/web/components/form/NumberField.tsx";
import { Checkbox, RadioCards, SelectField } from "@/web/components/form/SelectField.tsx";
import { TextArea, TextField } from "@/web/components/form/TextField.tsx";
import { TODAY } from "./sample_data.ts";

/** Every kind of field, with and without errors, and a confirmation. */
export function FormsPart() {
  return <Columns even main={<Payment />} side={<Others />} />;
}

function Payment() {
  return (
    <Card title="Post payment">
      <form class="form" method="post" action="#">
        <ErrorSummary
          errors={{
            amount: "The amount has more than two decimals.",
            reference: "This reference was used on 21 Nov.",
          }}
        />
        <MoneyField
          name="amount"
          label="Amount"
          required
          big
          value="1499.555"
          error="The amount has more than two decimals. Write 1499.55."
        />
        <RadioCards
          name="method"
          label="Method"
          required
          row
          value="cash"
          options={[
            { value: "cash", label: "Cash", note: "Change is shown" },
            { value: "gcash", label: "GCash", note: "Needs a reference" },
            { value: "bank", label: "Bank", disabled: true },
          ]}
        />
        <div class="form-row">
          <TextField
            name="reference"
            label="Reference"
            mono
            value="9014 2218 883"
            error="This reference was used on 21 Nov."
          />
          <DateField name="received" label="Received on" required value={TODAY} max={TODAY} />
        </div>
        <Checkbox name="receipt" label="Print a receipt" checked hint="58 mm printer at the counter" />
        <div class="form-actions">
          <Button kind="primary">Post ₱1,499.55</Button>
          <LinkButton href="#">Go back</LinkButton>
        </div>
      </form>
    </Card>
  );
}

function Others() {
  return (
    <>
      <Card title="Plan">
        <form class="form" method="post" action="#">
          <TextField
            name="plan-name"
            label="Name"
            required
            value="Fiber 50"
            hint="As it stands on the bill"
          />
          <div class="form-row">
            <SelectField
              name="profile"
              label="PPP profile"
              required
              prompt="Choose a profile"
              options={[{ value: "a", label: "fiber-50" }, { value: "b", label: "fiber-100" }]}
            />
            <NumberField name="grace" label="Grace" required value={5} min={0} unit="days" />
          </div>
          <TextArea name="note" label="Note" placeholder="Seen by staff only" />
          <TextField name="fixed" label="Account" value="A-1044" disabled mono />
          <Checkbox name="vat" label="Prices include VAT" />
        </form>
      </Card>
      <ConfirmPanel
        title="Cut 17 subscribers now?"
        tone="danger"
        effect="17 subscribers go offline within a minute. They owe ₱23,483.00 past grace."
        verb="Cut 17 subscribers"
        action="#"
        csrfToken="t"
        cancelHref="#"
      >
        <p>Each row is checked again before it is cut. Who pays comes back at once.</p>
      </ConfirmPanel>
    </>
  );
}
