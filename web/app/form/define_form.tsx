import type { ComponentChildren } from "preact";
import type { z } from "zod";
import { Button, type ButtonKind, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { FormStart } from "./form_parts.tsx";
import type { FieldOf, FormDefinition, FormView } from "./form_types.ts";
import { ownPage, type OwnPageParts } from "./own_page.tsx";

/** A form on a page of its own, as `define.form` takes it. */
export interface PageFormDefinition<
  Params,
  Query,
  Input extends z.ZodObject,
  Loaded,
  Value,
  Code extends string,
> extends FormDefinition<Params, Query, Input, Loaded, Value, Code> {
  /** Buttons beside the title. */
  actions?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** The controls, in a card; `parts` puts them into a frame of the page's own. */
  fields: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** Buttons between the one that sends the form and the way back. */
  otherVerbs?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** Look of the button, where the page may lead on elsewhere. @default "primary" */
  kind?: (view: FormView<Loaded, FieldOf<Input>>) => ButtonKind;
  /** The whole page, where a card with the fields is not enough. */
  page?: (view: FormView<Loaded, FieldOf<Input>>, parts: FormParts) => ComponentChildren;
}

/** The pieces of a form for a page that arranges them itself. */
export interface FormParts {
  header: ComponentChildren;
  /** The form as a whole, of the pieces below. */
  form: ComponentChildren;
  /** Hidden fields: the first thing in the form. */
  start: ComponentChildren;
  /** What is wrong. */
  summary: ComponentChildren;
  fields: ComponentChildren;
  /** The button alone. */
  button: ComponentChildren;
  /** The button and the way back. */
  buttons: ComponentChildren;
  /** Attributes of the form: it is sent to the page's own address. */
  attributes: { method: "post"; action: string; enctype?: "multipart/form-data" };
}

/** A form: its page, what saves it, and its entries of the route table. */
export function defineForm<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: PageFormDefinition<P, Q, I, L, V, C>,
) {
  return ownPage(definition, {
    actions: definition.actions,
    show: (view, own) => {
      const { header, summary, blocked } = own;
      if (blocked !== null) return <>{header}{summary}{blocked}</>;
      const parts = formParts(definition, view, own);
      return definition.page?.(view, parts) ?? (
        <>
          {header}
          <Card>{parts.form}</Card>
        </>
      );
    },
  });
}

function formParts<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: PageFormDefinition<P, Q, I, L, V, C>,
  view: FormView<L, FieldOf<I>>,
  { header, summary, hidden, action, back }: OwnPageParts,
): FormParts {
  const { t, state, row, doubt } = view;
  const button = <Button kind={definition.kind?.(view) ?? "primary"}>{definition.verb(view)}</Button>;
  const parts = {
    header,
    summary,
    start: <FormStart csrfToken={state.csrfToken} hidden={hidden} row={row} />,
    fields: definition.fields(view),
    button,
    buttons: (
      <div class="form-actions">
        {button}
        {doubt !== null && definition.doubts !== undefined && (
          <Button name={doubt.name} value={doubt.value}>{t(definition.doubts.verb)}</Button>
        )}
        {definition.otherVerbs?.(view)}
        {back && <LinkButton href={back.href}>{t("states.go_back")}</LinkButton>}
      </div>
    ),
    attributes: {
      method: "post" as const,
      action,
      ...(definition.files === undefined ? {} : { enctype: "multipart/form-data" as const }),
    },
  };
  const form = (
    <form class="form" {...parts.attributes}>
      {parts.start}
      {parts.summary}
      {parts.fields}
      {parts.buttons}
    </form>
  );
  return { ...parts, form };
}
