import { classes } from "@/web/components/classes.ts";
import { useDraft } from "./draft_context.ts";
import { controlAttributes, FieldFrame, type FieldProps } from "./Field.tsx";

interface NumberFieldProps extends FieldProps {
  value?: number | string | undefined;
  min?: number | undefined;
  max?: number | undefined;
  /** Shown inside the box: `days`, `Mbps`. */
  unit?: string | undefined;
}

/** A whole number. */
export function NumberField(props: NumberFieldProps) {
  const value = useDraft(props.name, props.value);
  return (
    <FieldFrame {...props}>
      <span class={classes("input-short", props.unit && "affix")}>
        <input
          {...controlAttributes(props)}
          class={classes("input", props.unit && "has-unit")}
          type="number"
          inputmode="numeric"
          step={1}
          min={props.min}
          max={props.max}
          value={value}
        />
        {props.unit && <span class="unit" aria-hidden="true">{props.unit}</span>}
      </span>
    </FieldFrame>
  );
}

interface MoneyFieldProps extends FieldProps {
  /** As it is typed again: `1499.00`, from `formatCentavosPlain`, or what the person entered. */
  value?: string | undefined;
  /** The one figure of the page, as on Post payment. */
  big?: boolean | undefined;
  autofocus?: boolean | undefined;
}

/** An amount in pesos. Text, not number: `1,499.50` and a pasted `₱1499` are both read. */
export function MoneyField(props: MoneyFieldProps) {
  const value = useDraft(props.name, props.value);
  return (
    <FieldFrame {...props}>
      <span class="affix input-medium">
        <span aria-hidden="true">₱</span>
        <input
          {...controlAttributes(props)}
          class="input"
          type="text"
          inputmode="decimal"
          autocomplete="off"
          value={value}
          autofocus={props.autofocus ?? false}
        />
      </span>
    </FieldFrame>
  );
}

interface DateFieldProps extends FieldProps {
  value?: Temporal.PlainDate | string | undefined;
  min?: Temporal.PlainDate | undefined;
  max?: Temporal.PlainDate | undefined;
}

/** A calendar day, sent as `2026-11-26`. */
export function DateField(props: DateFieldProps) {
  const value = useDraft(props.name, props.value?.toString());
  return (
    <FieldFrame {...props}>
      <input
        {...controlAttributes(props)}
        class="input input-short"
        type="date"
        value={value}
        min={props.min?.toString()}
        max={props.max?.toString()}
      />
    </FieldFrame>
  );
}
