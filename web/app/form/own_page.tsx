import type { ComponentChildren } from "preact";
import type { z } from "zod";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import type { MessageKey } from "@/web/messages/mod.ts";
import { formEntries } from "./form_entries.ts";
import { DoubtBanner, FormSummary } from "./form_parts.tsx";
import type { Back, FieldOf, FormDefinition, FormView } from "./form_types.ts";
import { type FormData, formHandlers } from "./submit_form.ts";

/** What stands on the page of every form and question. */
export interface OwnPageParts {
  header: ComponentChildren;
  /** What is wrong, or doubted. */
  summary: ComponentChildren;
  back: Back | undefined;
  /** What stands in place of the form; null where it can be filled in. */
  blocked: ComponentChildren | null;
  /** Where the form is sent: the page's own address. */
  action: string;
  /** Fields that are sent without being shown. */
  hidden: Record<string, string>;
}

/** What a form and a question look different in. */
interface OwnPageLook<L, F extends string> {
  show: (view: FormView<L, F>, parts: OwnPageParts) => ComponentChildren;
  /** Buttons beside the title. */
  actions?: ((view: FormView<L, F>) => ComponentChildren) | undefined;
  /** Title over a list of what is wrong. */
  refused?: MessageKey | undefined;
}

/** A form on a page of its own: the page, what saves it, and its entries of the route table. */
export function ownPage<P, Q, I extends z.ZodObject, L, V, C extends string>(
  definition: FormDefinition<P, Q, I, L, V, C>,
  { show, actions, refused = definition.refused }: OwnPageLook<L, FieldOf<I>>,
) {
  function OwnPage({ data: { view }, url }: { data: FormData<L, FieldOf<I>>; url: URL }) {
    const { t, doubt } = view;
    const { doubts, labels = {} } = definition;
    const back = definition.back?.(view);
    const parts: OwnPageParts = {
      header: (
        <PageHeader
          title={definition.title(view)}
          back={back}
          lead={definition.lead?.(view)}
          actions={actions?.(view)}
        />
      ),
      summary: doubt !== null && doubts !== undefined
        ? <DoubtBanner title={t(doubts.title)} doubt={doubt} />
        : <FormSummary view={view} labels={labels} title={refused && t(refused)} />,
      back,
      blocked: definition.blocked?.(view) ?? null,
      action: url.pathname,
      hidden: { ...definition.hidden?.(view), ...overruled(definition, view) },
    };
    return <>{show(view, parts)}</>;
  }
  return { page: OwnPage, handler: formHandlers(definition), route: formEntries(definition) };
}

/** What was overruled before stays so, beside the doubt that has its button now. */
function overruled<P, Q, I extends z.ZodObject, L, V, C extends string>(
  { doubts }: Pick<FormDefinition<P, Q, I, L, V, C>, "doubts">,
  { values, doubt }: FormView<L, FieldOf<I>>,
): Record<string, string> {
  const entries = Object.values<{ overrule: string } | undefined>(doubts?.codes ?? {});
  const names = entries.flatMap((entry) => entry === undefined ? [] : [entry.overrule]);
  return Object.fromEntries(
    names.filter((name) => name !== doubt?.name && (values[name] ?? "") !== "")
      .map((name) => [name, [values[name] ?? ""].flat()[0] ?? ""]),
  );
}
