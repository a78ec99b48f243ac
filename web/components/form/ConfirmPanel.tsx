import type { ComponentChildren } from "preact";
import { Button, LinkButton } from "./Button.tsx";
import { Csrf, HiddenFields } from "./Csrf.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Icon } from "@/web/components/facts/Icon.tsx";
import { TextField } from "./TextField.tsx";

/** A word to type before something that cannot be undone; the server compares it again with `isTyped`. */
export interface TypedWord {
  /** For example the name of the site. */
  word: string;
  /** Name of the field. */
  name: string;
  error?: string | undefined;
}

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
  /** Only for what cannot be undone. */
  typed?: TypedWord | undefined;
}

/** A dialog as a page: says what will happen before it happens. With scripts it opens over the page one comes from. */
export function ConfirmPanel(props: ConfirmPanelProps) {
  const t = useT();
  const { tone, typed, cancelLabel = t("states.go_back") } = props;
  return (
    <form class="card confirm" method="post" action={props.action} data-panel>
      <Csrf token={props.csrfToken} />
      {props.values && <HiddenFields values={props.values} />}
      <div class="card-body">
        <h2>{props.title}</h2>
        <div class={`banner ${tone === "danger" ? "bad" : "info"}`}>
          <Icon name={tone === "danger" ? "warn" : "info"} />
          <div>{props.effect}</div>
        </div>
        {props.children}
        {typed && (
          <TextField
            name={typed.name}
            label={t("states.type_word", { word: typed.word })}
            hint={t("states.type_word_hint")}
            error={typed.error}
            autocomplete="off"
            required
          />
        )}
        <div class="form-actions">
          <Button kind={tone}>{props.verb}</Button>
          <LinkButton href={props.cancelHref}>{cancelLabel}</LinkButton>
        </div>
      </div>
    </form>
  );
}

/** Whether the word was typed; capitals and spaces around it do not count. */
export function isTyped(word: string, text: unknown): boolean {
  const plain = (value: unknown) =>
    typeof value === "string" ? value.trim().replace(/\s+/g, " ").toLowerCase() : null;
  return plain(text) === plain(word);
}
