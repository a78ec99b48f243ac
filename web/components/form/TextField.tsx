import { classes } from "@/web/components/classes.ts";
import { useDraft } from "./draft_context.ts";
import { controlAttributes, FieldFrame, fieldId, type FieldProps } from "./Field.tsx";

interface TextFieldProps extends FieldProps {
  value?: string | undefined;
  /** @default "text" */
  type?: "text" | "email" | "password" | "tel" | "url" | "search" | undefined;
  autocomplete?: string | undefined;
  placeholder?: string | undefined;
  /** Fixed-width letters, for users, addresses and references. */
  mono?: boolean | undefined;
  width?: "short" | "medium" | undefined;
  maxLength?: number | undefined;
  autofocus?: boolean | undefined;
  readonly?: boolean | undefined;
  /** What others have typed here, offered below the field. */
  suggestions?: readonly string[] | undefined;
}

/** One line of text. Passwords are never filled in again. */
export function TextField(props: TextFieldProps) {
  const { type = "text", mono, width } = props;
  const value = useDraft(props.name, props.value);
  return (
    <FieldFrame {...props}>
      <input
        {...controlAttributes(props)}
        class={classes("input", mono && "mono", width && `input-${width}`)}
        type={type}
        value={type === "password" ? undefined : value}
        autocomplete={props.autocomplete}
        placeholder={props.placeholder}
        maxlength={props.maxLength}
        autofocus={props.autofocus ?? false}
        readonly={props.readonly ?? false}
        autocapitalize={mono ? "none" : undefined}
        spellcheck={mono ? false : undefined}
        list={props.suggestions === undefined ? undefined : `${fieldId(props.name)}-list`}
      />
      {props.suggestions && (
        <datalist id={`${fieldId(props.name)}-list`}>
          {props.suggestions.map((text) => <option key={text} value={text} />)}
        </datalist>
      )}
    </FieldFrame>
  );
}

interface TextAreaProps extends FieldProps {
  value?: string | undefined;
  rows?: number | undefined;
  placeholder?: string | undefined;
  maxLength?: number | undefined;
}

/** Several lines of text. */
export function TextArea(props: TextAreaProps) {
  const value = useDraft(props.name, props.value);
  return (
    <FieldFrame {...props}>
      <textarea
        {...controlAttributes(props)}
        class="input"
        rows={props.rows ?? 3}
        placeholder={props.placeholder}
        maxlength={props.maxLength}
      >
        {value}
      </textarea>
    </FieldFrame>
  );
}
