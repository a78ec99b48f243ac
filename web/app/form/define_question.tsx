import type { ComponentChildren } from "preact";
import type { z } from "zod";
import { ConfirmPanel } from "@/web/components/form/ConfirmPanel.tsx";
import type { Back, FieldOf, FormDefinition, FormView } from "./form_types.ts";
import { ownPage } from "./own_page.tsx";

/** A page of one question, as `define.question` takes it. A link with `dialog` opens it over the page one is on. */
export interface QuestionDefinition<
  Params,
  Query,
  Input extends z.ZodObject,
  Loaded,
  Value,
  Code extends string,
> extends Omit<FormDefinition<Params, Query, Input, Loaded, Value, Code>, "doubts" | "preview"> {
  back: (view: FormView<Loaded, FieldOf<Input>>) => Back;
  /** What the way back is called in the question. @default "Go back" */
  backLabel?: (view: FormView<Loaded, FieldOf<Input>>) => string;
  /** `Void bill SOA-000002?` */
  question: (view: FormView<Loaded, FieldOf<Input>>) => string;
  /** What will happen, in numbers. */
  effect: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** `danger` for what harms somebody. @default "primary" */
  tone?: "primary" | "danger";
  /** A word to type into the field `confirm`, only for what cannot be undone. */
  typedWord?: (view: FormView<Loaded, FieldOf<Input>>) => string;
  /** Stands between what is wrong and the question. */
  above?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
  /** What it does not do, and fields to fill in. */
  children?: (view: FormView<Loaded, FieldOf<Input>>) => ComponentChildren;
}

/** A page that says what will happen before it happens: its page, what does it, and its entries of the route table. */
export function defineQuestion<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: QuestionDefinition<P, Q, I, L, V, C>,
) {
  return ownPage(definition, {
    refused: definition.refused ?? "bills.nothing_changed",
    show: (view, { header, summary, blocked, action, hidden }) => (
      <>
        {header}
        {summary}
        {definition.above?.(view)}
        {blocked ?? (
          <ConfirmPanel
            title={definition.question(view)}
            tone={definition.tone ?? "primary"}
            effect={definition.effect(view)}
            verb={definition.verb(view)}
            action={action}
            csrfToken={view.state.csrfToken}
            values={hidden}
            cancelHref={definition.back(view).href}
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
    ),
  });
}
