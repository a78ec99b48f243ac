import type { ComponentChildren } from "preact";
import type { z } from "zod";
import { Button, type ButtonKind, LinkButton } from "@/web/components/form/Button.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { formEntries } from "./form_entries.ts";
import { FormStart, FormSummary } from "./form_parts.tsx";
import type { FieldOf, FormDefinition, FormView } from "./form_types.ts";
import { type FormData, formHandlers } from "./submit_form.ts";

/** A form on a page of its own, as `define.form` takes it. */
export interface PageFormDefinition<
  Params,
  Query,
  Input extends z.ZodObject,
  Loaded,
  Value,
  Code extends string,
> extends FormDefinition<Params, Query, Input, Loaded, Value, Code> {
  lead?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** Buttons beside the title. */
  actions?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** The controls, in a card; `parts` puts them into a frame of the page's own. */
  fields: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** What the button does, with its object: `Save the plan`. */
  verb: (view: FormView<Loaded, FieldOf<Input>>) => string;
  /** Look of the button, where the page may lead on elsewhere. @default "primary" */
  kind?: (view: FormView<Loaded, FieldOf<Input>>) => ButtonKind;
  /** The whole page, where a card with the fields is not enough. */
  page?: (view: FormView<Loaded, FieldOf<Input>>, parts: FormParts) => ComponentChildren;
}

/** The pieces of a form for a page that arranges them itself. */
export interface FormParts {
  header: ComponentChildren;
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
  return {
    page: ({ data, url }: { data: FormData<L, FieldOf<I>>; url: URL }) => (
      <FormPage definition={definition} view={data.view} action={url.pathname} />
    ),
    handler: formHandlers(definition),
    route: formEntries(definition),
  };
}

interface FormPageProps<P, Q, I extends z.ZodObject, L, V, C extends string> {
  definition: PageFormDefinition<P, Q, I, L, V, C>;
  view: FormView<L, FieldOf<I>>;
  action: string;
}

function FormPage<P, Q, I extends z.ZodObject, L, V, C extends string>(
  { definition, view, action }: FormPageProps<P, Q, I, L, V, C>,
) {
  const { t } = view;
  const back = definition.back?.(view);
  const button = <Button kind={definition.kind?.(view) ?? "primary"}>{definition.verb(view)}</Button>;
  const parts: FormParts = {
    header: (
      <PageHeader
        title={definition.title(view)}
        back={back}
        lead={definition.lead?.(view)}
        actions={definition.actions?.(view)}
      />
    ),
    start: (
      <FormStart csrfToken={view.state.csrfToken} hidden={definition.hidden?.(view) ?? {}} row={view.row} />
    ),
    summary: (
      <FormSummary
        view={view}
        labels={definition.labels ?? {}}
        title={definition.refused === undefined ? undefined : t(definition.refused)}
      />
    ),
    fields: definition.fields(view),
    button,
    buttons: (
      <div class="form-actions">
        {button}
        {back && <LinkButton href={back.href}>{t("states.go_back")}</LinkButton>}
      </div>
    ),
    attributes: {
      method: "post",
      action,
      ...(definition.files === undefined ? {} : { enctype: "multipart/form-data" }),
    },
  };
  if (definition.page !== undefined) return <>{definition.page(view, parts)}</>;
  return (
    <>
      {parts.header}
      <Card>
        <form class="form" {...parts.attributes}>
          {parts.start}
          {parts.summary}
          {parts.fields}
          {parts.buttons}
        </form>
      </Card>
    </>
  );
}
