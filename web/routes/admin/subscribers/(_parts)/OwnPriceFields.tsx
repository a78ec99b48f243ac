import type { FormView } from "@/web/app/form/form_types.ts";
import { DateField, MoneyField, NumberField } from "@/web/components/form/NumberField.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { OWN_PRICE_MAX } from "@/web/domain/billing/limits.ts";
import type { OWN_PRICE_FIELDS } from "./own_price.ts";

type Field = (typeof OWN_PRICE_FIELDS)[number];

/** What is agreed, from when and until when. All fields stand there: the page works without scripts. */
export function OwnPriceFields(
  { view: { field, t } }: { view: Pick<FormView<unknown, Field>, "field" | "t"> },
) {
  return (
    <>
      <RadioCards
        {...field("kind")}
        row
        options={[
          { value: "price", label: t("prices.kind_price"), note: t("prices.kind_price_note") },
          { value: "amount_off", label: t("prices.kind_amount"), note: t("prices.kind_amount_note") },
          { value: "percent_off", label: t("prices.kind_percent"), note: t("prices.kind_percent_note") },
        ]}
      />
      <div class="form-row">
        <MoneyField {...field("amount")} required={false} isConditional hint={t("prices.amount_hint")} />
        <TextField
          {...field("percent")}
          required={false}
          isConditional
          hint={t("prices.percent_hint")}
        />
      </div>
      <RadioCards
        {...field("from")}
        row
        options={[
          { value: "next", label: t("prices.own_from_next"), note: t("prices.own_from_next_note") },
          { value: "day", label: t("prices.from_day"), note: t("prices.own_from_day_note") },
        ]}
      />
      <DateField {...field("on")} required={false} isConditional hint={t("prices.own_on_hint")} />
      <RadioCards
        {...field("end")}
        row
        options={[
          { value: "none", label: t("prices.end_none"), note: t("prices.end_none_note") },
          { value: "periods", label: t("prices.end_periods"), note: t("prices.end_periods_note") },
          { value: "last", label: t("prices.end_last"), note: t("prices.end_last_note") },
        ]}
      />
      <div class="form-row">
        <NumberField
          {...field("periods")}
          required={false}
          isConditional
          min={1}
          max={OWN_PRICE_MAX.periods}
        />
        <DateField {...field("last")} required={false} isConditional />
      </div>
      <TextField {...field("reason")} hint={t("prices.reason_hint")} />
    </>
  );
}
