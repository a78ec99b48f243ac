import type { ComponentChildren } from "preact";
import type { z } from "zod";
import { ConfirmPanel } from "@/web/components/form/ConfirmPanel.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { formEntries } from "./form_entries.ts";
import { FormSummary } from "./form_parts.tsx";
import type { Back, FieldOf, FormDefinition, FormView } from "./form_types.ts";
import { type FormData, formHandlers } from "./submit_form.ts";

/** A page of one question, as `define.question` takes it. A link with `dialog` opens it over the page one is on. */
export interface QuestionDefinition<
  Params,
  Query,
  Input extends z.ZodObject,
  Loaded,
  Value,
  Code extends string,
> extends FormDefinition<Params, Query, Input, Loaded, Value, Code> {
  back: (view: FormView<Loaded, FieldOf<Input>>) => Back;
  lead?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** What the way back is called in the question. @default "Go back" */
  backLabel?: (view: FormView<Loaded, FieldOf<Input>>) => string;
  /** `Void bill SOA-000002?` */
  question: (view: FormView<Loaded, FieldOf<Input>>) => string;
  /** What will happen, in numbers. */
  effect: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** `danger` for what harms somebody. @default "primary" */
  tone?: "primary" | "danger";
  /** The verb and its object: `Void SOA-000002`. */
  verb: (view: FormView<Loaded, FieldOf<Input>>) => string;
  /** A word to type into the field `confirm`, only for what cannot be undone. */
  typedWord?: (view: FormView<Loaded, FieldOf<Input>>) => string;
  /** Stands between what is wrong and the question. */
  above?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** What it does not do, and fields to fill in. */
  children?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** Shown in place of the question while it cannot be asked; null when it can. */
  blocked?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren | null;
}

/** A page that says what will happen before it happens: its page, what does it, and its entries of the route table. */
export function defineQuestion<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: QuestionDefinition<P, Q, I, L, V, C>,
) {
  return {
    page: ({ data, url }: { data: FormData<L, FieldOf<I>>; url: URL }) => (
      <QuestionPage definition={definition} view={data.view} action={url.pathname} />
    ),
    handler: formHandlers(definition),
    route: formEntries(definition),
  };
}

interface QuestionPageProps<P, Q, I extends z.ZodObject, L, V, C extends string> {
  definition: QuestionDefinition<P, Q, I, L, V, C>;
  view: FormView<L, FieldOf<I>>;
  action: string;
}

function QuestionPage<P, Q, I extends z.ZodObject, L, V, C extends string>(
  { definition, view, action }: QuestionPageProps<P, Q, I, L, V, C>,
) {
  const { t } = view;
  const back = definition.back(view);
  return (
    <>
      <PageHeader title={definition.title(view)} back={back} lead={definition.lead?.(view)} />
      <FormSummary
        view={view}
        labels={definition.labels ?? {}}
        title={t(definition.refused ?? "bills.nothing_changed")}
      />
      {definition.above?.(view)}
      {definition.blocked?.(view) ?? (
        <ConfirmPanel
          title={definition.question(view)}
          tone={definition.tone ?? "primary"}
          effect={definition.effect(view)}
          verb={definition.verb(view)}
          action={action}
          csrfToken={view.state.csrfToken}
          values={definition.hidden?.(view)}
          cancelHref={back.href}
          cancelLabel={definition.backLabel?.(view)}
          typed={definition.typedWord && {
            word: definition.typedWord(view),
            name: "confirm",
            error: view.problems.confirm,
          }}
        >
          {definition.children?.(view)}
        </ConfirmPanel>
      )}
    </>
  );
}
