import type { ComponentChildren } from "preact";
import { Button, LinkButton } from "./Button.tsx";
import { Csrf, HiddenFields } from "./Csrf.tsx";
import { Icon } from "./Icon.tsx";

interface ConfirmPanelProps {
  /** The question: `Cut 17 subscribers now?` */
  title: string;
  /** The effect in numbers: `17 subscribers go offline. They owe ₱23,483.00.` */
  effect: ComponentChildren;
  /** What it does not do, how it is undone, fields to fill in. */
  children?: ComponentChildren;
  tone: "primary" | "danger";
  /** The verb and its object, never OK: `Cut 17 subscribers`. */
  verb: string;
  action: string;
  csrfToken: string;
  values?: Record<string, string> | undefined;
  cancelHref: string;
  /** @default "Go back" */
  cancelLabel?: string | undefined;
}

/** A dialog as a page: says what will happen before it happens, and needs no scripts. */
export function ConfirmPanel(props: ConfirmPanelProps) {
  const { tone, cancelLabel = "Go back" } = props;
  return (
    <form class="card confirm" method="post" action={props.action}>
      <Csrf token={props.csrfToken} />
      {props.values && <HiddenFields values={props.values} />}
      <div class="card-body">
        <h2>{props.title}</h2>
        <div class={`banner ${tone === "danger" ? "bad" : "info"}`}>
          <Icon name={tone === "danger" ? "warn" : "info"} />
          <div>{props.effect}</div>
        </div>
        {props.children}
        <div class="form-actions">
          <Button kind={tone}>{props.verb}</Button>
          <LinkButton href={props.cancelHref}>{cancelLabel}</LinkButton>
        </div>
      </div>
    </form>
  );
}
