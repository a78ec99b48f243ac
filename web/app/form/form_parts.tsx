import { useDraft } from "@/web/components/form/draft_context.ts";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import type { MessageKey, Translate } from "@/web/messages/mod.ts";
import type { Doubt, FormView } from "./form_types.ts";
import { type FieldValues, markOpened, OPENED_FIELD } from "./opened.ts";

/** What a form that edits a row says about the row as it was opened; it outlives the session, as what was typed does. */
export function OpenedField({ values }: { values: FieldValues }) {
  return <input type="hidden" name={OPENED_FIELD} value={useDraft(OPENED_FIELD, markOpened(values))} />;
}

interface FormStartProps {
  csrfToken: string;
  hidden: Record<string, string>;
  /** What the row holds; null where the form edits none. */
  row: FieldValues | null;
}

/** The hidden fields at the beginning of every form. */
export function FormStart({ csrfToken, hidden, row }: FormStartProps) {
  return (
    <>
      <Csrf token={csrfToken} />
      <HiddenFields values={hidden} />
      {row !== null && <OpenedField values={row} />}
    </>
  );
}

/** What is wrong, with the name of each field. */
export function FormSummary<F extends string>(
  { view, labels, title }: {
    view: Pick<FormView<unknown, F>, "t" | "problems">;
    labels: Partial<Record<F, MessageKey>>;
    title?: string | undefined;
  },
) {
  return <ErrorSummary errors={view.problems} labels={namesOf(view.t, labels)} title={title} />;
}

/** What is doubted, in place of what is wrong. */
export function DoubtBanner({ title, doubt }: { title: string; doubt: Doubt }) {
  return <Banner tone="warn" title={title} live>{doubt.message}</Banner>;
}

function namesOf(
  t: Translate,
  labels: Readonly<Record<string, MessageKey | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, key]) => key === undefined ? [] : [[name, t(key)]]),
  );
}
