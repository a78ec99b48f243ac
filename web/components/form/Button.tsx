import type { ComponentChildren } from "preact";
import { classes } from "@/web/components/classes.ts";
import { Csrf, HiddenFields } from "./Csrf.tsx";
import { Icon } from "@/web/components/facts/Icon.tsx";
import type { IconName } from "@/web/components/facts/icon_paths.ts";

/** One primary action per view; danger only for what harms someone; quiet for the way back. */
export type ButtonKind = "primary" | "default" | "quiet" | "danger";

interface ButtonLook {
  kind?: ButtonKind | undefined;
  small?: boolean | undefined;
  wide?: boolean | undefined;
  icon?: IconName | undefined;
  children: ComponentChildren;
}

interface ButtonProps extends ButtonLook {
  /** @default "submit" */
  type?: "submit" | "reset" | "button" | undefined;
  name?: string | undefined;
  value?: string | undefined;
  /** Id of the form it submits, when the button stands outside it. */
  form?: string | undefined;
  /** Another address for this button of a form with several. */
  formAction?: string | undefined;
  /** Sends the form as it is: for a preview of what is not finished. */
  noValidate?: boolean | undefined;
  /** Why it cannot be used now: the button is disabled and says so in its tooltip. */
  disabledReason?: string | undefined;
  /** Text that a click copies; the frame's script does it. */
  copies?: string | undefined;
}

/** Submit button of a form. */
export function Button(
  { type = "submit", name, value, form, formAction, noValidate, disabledReason, copies, ...look }:
    ButtonProps,
) {
  return (
    <button
      class={buttonClass(look)}
      type={type}
      name={name}
      value={value}
      form={form}
      formaction={formAction}
      formnovalidate={noValidate}
      disabled={disabledReason !== undefined}
      title={disabledReason}
      data-copies={copies}
    >
      {look.icon && <Icon name={look.icon} />}
      {look.children}
    </button>
  );
}

interface LinkButtonProps extends ButtonLook {
  href: string;
  /** Leads to a page of one question: with scripts it opens over this page. */
  dialog?: boolean | undefined;
}

/** Link that looks like a button: it goes somewhere, it changes nothing. */
export function LinkButton({ href, dialog, ...look }: LinkButtonProps) {
  return (
    <a class={buttonClass(look)} data-dialog={dialog} href={href}>
      {look.icon && <Icon name={look.icon} />}
      {look.children}
    </a>
  );
}

interface ActionFormProps extends ButtonLook {
  action: string;
  csrfToken: string;
  /** Hidden fields sent along. */
  values?: Record<string, string> | undefined;
}

/** A single button that posts: a form of its own, so that it works without scripts. */
export function ActionForm({ action, csrfToken, values, ...look }: ActionFormProps) {
  return (
    <form class="action-form" method="post" action={action}>
      <Csrf token={csrfToken} />
      {values && <HiddenFields values={values} />}
      <Button {...look} />
    </form>
  );
}

function buttonClass({ kind = "default", small, wide }: ButtonLook): string {
  return classes(
    "button",
    kind !== "default" && `button-${kind}`,
    small && "button-small",
    wide && "button-wide",
  );
}
