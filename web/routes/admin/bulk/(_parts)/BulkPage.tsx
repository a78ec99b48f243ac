import type { ComponentChildren } from "preact";
import { ownPath } from "@/web/app/own_path.ts";
import type { AppState } from "@/web/app/state.ts";
import { Banner } from "@/web/components/Banner.tsx";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { useT } from "@/web/components/i18n.ts";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { formatCount } from "@/web/format.ts";
import type { BulkAsk } from "./handle.ts";

interface BulkPageProps {
  data: BulkAsk<unknown>;
  state: AppState;
  title: string;
  /** The question, with the number. */
  question: string;
  /** What will happen, in numbers; a sentence each. */
  effect: readonly (string | false)[];
  verb: string;
  action: string;
  /** Fields to fill in. */
  children?: ComponentChildren;
}

/** Says what an action on many rows will do before it does it. */
export function BulkPage({ data, state, title, question, effect, verb, action, children }: BulkPageProps) {
  const t = useT();
  const { form, rows, changedFrom } = data;
  const back = ownPath(form.back) ?? "/admin/subscribers";
  return (
    <>
      <PageHeader title={title} back={{ href: back, label: t("tables.back") }} />
      <ErrorSummary
        errors={data.problems}
        labels={{
          until: t("tables.hold_until"),
          reason: t("tables.reason"),
          plan: t("tables.plan_field"),
        }}
      />
      {changedFrom !== null && (
        <Banner tone="warn" title={t("tables.changed_title")} live>
          {t("tables.changed", { before: formatCount(changedFrom), now: formatCount(rows.length) })}
        </Banner>
      )}
      <ConfirmPanel
        title={data.only === null ? question : `${data.only}: ${question}`}
        effect={effect.filter((text) => text !== false).join(" ")}
        tone="primary"
        verb={verb}
        action={action}
        csrfToken={state.csrfToken}
        values={{
          step: "do",
          list: form.list,
          key: data.key,
          seen: data.seen,
          count: String(rows.length),
          filter: form.filter,
          back: form.back,
          ...(form.all ? { all: "yes" } : {}),
        }}
        cancelHref={back}
      >
        {!form.all && form.id.map((id) => <input key={id} type="hidden" name="id" value={id} />)}
        {children}
      </ConfirmPanel>
    </>
  );
}
