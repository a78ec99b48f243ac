import type { z } from "zod";
import type { MessageKey } from "@/web/messages/mod.ts";
import type { AppState } from "../state.ts";
import { type FieldRules, fieldRules } from "./field_rules.ts";
import type { Asked, Doubt, FieldOf, FormView } from "./form_types.ts";
import type { FieldValue, FieldValues } from "./opened.ts";

interface FormStandsAs<F extends string> {
  values: FieldValues;
  problems: Readonly<Record<string, string>>;
  rules: Readonly<Record<string, FieldRules>>;
  labels: Partial<Record<F, MessageKey>>;
}

/** A form as its page shows it. */
export function viewOf<L, F extends string>(
  asked: Asked<unknown, unknown>,
  loaded: L,
  form: FormStandsAs<F> & { row: FieldValues | null; doubt: Doubt | null },
): FormView<L, F> {
  const { state, moment } = asked;
  return { state, moment, loaded, row: form.row, doubt: form.doubt, ...controlsOf(state, form) };
}

/** Fields of a small form on a page that shows more than the form. */
export type PartView<F extends string> = Pick<
  FormView<unknown, F>,
  "t" | "values" | "problems" | "field" | "number" | "many"
>;

/**
 * A small form on a page that shows more than the form. It holds what was typed where it was refused, else `values`.
 */
export function partForm<I extends z.ZodObject>(
  state: AppState,
  form: {
    input: I;
    labels: Partial<Record<FieldOf<I>, MessageKey>>;
    values?: Partial<Record<FieldOf<I>, FieldValue>>;
    problems: Readonly<Record<string, string>>;
  },
): PartView<FieldOf<I>> {
  const { input, labels, problems } = form;
  const names = Object.keys(input.shape);
  const isRefused = Object.keys(problems).some((name) => name === "" || names.includes(name));
  const values = isRefused
    ? Object.fromEntries(names.map((name) => [name, state.inputValues[name] ?? ""]))
    : (form.values ?? {}) as FieldValues;
  return controlsOf<FieldOf<I>>(state, { values, problems, rules: fieldRules(input), labels });
}

function controlsOf<F extends string>(
  { t }: AppState,
  { values, problems, rules, labels }: FormStandsAs<F>,
): PartView<F> {
  const field = (name: F) => {
    const label = labels[name];
    if (label === undefined) throw new Error(`Cannot show field "${name}": it has no label`);
    return {
      name,
      label: t(label),
      value: [values[name] ?? ""].flat()[0] ?? "",
      error: problems[name],
      required: rules[name]?.required ?? false,
      maxLength: rules[name]?.maxLength,
    };
  };
  return {
    t,
    values,
    problems,
    field,
    number: (name) => ({ ...field(name), min: rules[name]?.min, max: rules[name]?.max }),
    many: (name) => [values[name] ?? []].flat(),
  };
}
