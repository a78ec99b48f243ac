import { classes } from "./classes.ts";
import { controlAttributes, FieldFrame, type FieldProps } from "./Field.tsx";

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
}

/** One line of text. Passwords are never filled in again. */
export function TextField(props: TextFieldProps) {
  const { type = "text", mono, width } = props;
  return (
    <FieldFrame {...props}>
      <input
        {...controlAttributes(props)}
        class={classes("input", mono && "mono", width && `input-${width}`)}
        type={type}
        value={type === "password" ? undefined : props.value}
        autocomplete={props.autocomplete}
        placeholder={props.placeholder}
        maxlength={props.maxLength}
        autofocus={props.autofocus ?? false}
        readonly={props.readonly ?? false}
        autocapitalize={mono ? "none" : undefined}
        spellcheck={mono ? false : undefined}
      />
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
  return (
    <FieldFrame {...props}>
      <textarea
        {...controlAttributes(props)}
        class="input"
        rows={props.rows ?? 3}
        placeholder={props.placeholder}
        maxlength={props.maxLength}
      >
        {props.value}
      </textarea>
    </FieldFrame>
  );
}
