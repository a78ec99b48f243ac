import type { ComponentChildren } from "preact";
import { classes } from "@/web/components/classes.ts";
import { useT } from "@/web/components/i18n.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";

/** What every form control has in common. */
export interface FieldProps {
  name: string;
  label: string;
  hint?: ComponentChildren;
  /** What is wrong and how to put it right. */
  error?: string | undefined;
  required?: boolean | undefined;
  /** Another field says whether it must be filled in: then it is not called optional. */
  isConditional?: boolean | undefined;
  disabled?: boolean | undefined;
  /** @default the name, as in `fieldId` */
  id?: string | undefined;
}

/** Id of the control of a field; the error summary links to it. */
export function fieldId(name: string): string {
  return `f-${name.replace(/[^\w-]/g, "-")}`;
}

/** Attributes that tie a control to its label, hint and error. */
export function controlAttributes(props: FieldProps) {
  const id = props.id ?? fieldId(props.name);
  const described = classes(!!props.hint && `${id}-hint`, !!props.error && `${id}-error`);
  return {
    id,
    name: props.name,
    required: props.required ?? false,
    disabled: props.disabled ?? false,
    "aria-invalid": props.error ? "true" as const : undefined,
    "aria-describedby": described === "" ? undefined : described,
  };
}

/** Label above, control, hint and error below. */
export function FieldFrame(
  { children, big, ...props }: FieldProps & { children: ComponentChildren; big?: boolean | undefined },
) {
  const t = useT();
  return (
    <div class={classes("field", big && "field-big")}>
      <label class="label" for={props.id ?? fieldId(props.name)}>
        {props.label}
        {!props.required && !props.isConditional && <span class="optional">{t("states.optional")}</span>}
      </label>
      {children}
      <FieldNotes {...props} />
    </div>
  );
}

/** The hint and the error under a control. */
export function FieldNotes(props: FieldProps) {
  const id = props.id ?? fieldId(props.name);
  return (
    <>
      {props.hint && <div class="hint" id={`${id}-hint`}>{props.hint}</div>}
      {props.error && (
        <div class="error" id={`${id}-error`}>
          <Icon name="bad" />
          {props.error}
        </div>
      )}
    </>
  );
}
