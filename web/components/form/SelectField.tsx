import type { ComponentChildren } from "preact";
import { classes } from "@/web/components/classes.ts";
import { useDraft, useDraftTick } from "./draft_context.ts";
import { controlAttributes, FieldFrame, FieldNotes, type FieldProps } from "./Field.tsx";

export interface Option {
  value: string;
  label: string;
  disabled?: boolean | undefined;
}

interface SelectFieldProps extends FieldProps {
  options: readonly Option[];
  value?: string | undefined;
  /** An empty first choice: `Choose a plan`. */
  prompt?: string | undefined;
  width?: "short" | "medium" | undefined;
}

/** One of a list. */
export function SelectField(props: SelectFieldProps) {
  const value = useDraft(props.name, props.value);
  return (
    <FieldFrame {...props}>
      <select {...controlAttributes(props)} class={classes("input", props.width && `input-${props.width}`)}>
        {props.prompt !== undefined && <option value="">{props.prompt}</option>}
        {props.options.map((option) => (
          <option
            value={option.value}
            selected={option.value === value}
            disabled={option.disabled ?? false}
          >
            {option.label}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

interface CheckboxProps extends FieldProps {
  checked?: boolean | undefined;
  /** Sent when it is ticked. @default "on" */
  value?: string | undefined;
}

/** A tick box with its label beside it. */
export function Checkbox(props: CheckboxProps) {
  const attributes = controlAttributes(props);
  const value = props.value ?? "on";
  const isChecked = useDraftTick(props.name, value, props.checked ?? false);
  return (
    <div class="tick">
      <input {...attributes} type="checkbox" value={value} checked={isChecked} />
      <label for={attributes.id}>{props.label}</label>
      <FieldNotes {...props} />
    </div>
  );
}

export interface RadioCard extends Option {
  /** What choosing it means, in one line. */
  note?: ComponentChildren;
}

interface RadioCardsProps extends FieldProps {
  options: readonly RadioCard[];
  value?: string | undefined;
  /** Cards side by side where there is room. */
  row?: boolean | undefined;
}

/** One of a few, each with a line of explanation. */
export function RadioCards(props: RadioCardsProps) {
  const value = useDraft(props.name, props.value);
  const { id, name, required, ...described } = controlAttributes(props);
  return (
    <fieldset class="field" id={id} tabindex={-1} aria-describedby={described["aria-describedby"]}>
      <legend class="label">{props.label}</legend>
      <div class={classes("choices", props.row && "choices-row")}>
        {props.options.map((option) => (
          <label class="choice">
            <input
              type="radio"
              name={name}
              value={option.value}
              required={required}
              checked={option.value === value}
              disabled={option.disabled || props.disabled || false}
            />
            <span>
              <b>{option.label}</b>
              {option.note && <div class="hint">{option.note}</div>}
            </span>
          </label>
        ))}
      </div>
      <FieldNotes {...props} />
    </fieldset>
  );
}
