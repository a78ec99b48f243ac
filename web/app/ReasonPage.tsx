import type { ComponentChildren } from "preact";
import { ConfirmPanel } from "@/web/components/ConfirmPanel.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { useT } from "@/web/components/i18n.ts";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import { REASON_MAX } from "@/web/domain/access/limits.ts";

interface ReasonPageProps {
  /** Heading of the page: `Void bill SOA-000002`. */
  heading: string;
  back: { href: string; label: string };
  /** The question, its effect in numbers, and the verb that does it. */
  question: string;
  effect: string;
  verb: string;
  action: string;
  csrfToken: string;
  /** What was typed. */
  reason: string;
  reasonHint: string;
  problems: Record<string, string>;
  /** What it does not do. */
  children: ComponentChildren;
}

/** Takes something back that is in the books: says what that does, and asks why. */
export function ReasonPage(props: ReasonPageProps) {
  const { back, problems } = props;
  const t = useT();
  return (
    <>
      <PageHeader title={props.heading} back={back} />
      <ErrorSummary errors={problems} title={t("bills.nothing_changed")} />
      <ConfirmPanel
        title={props.question}
        tone="danger"
        effect={props.effect}
        verb={props.verb}
        action={props.action}
        csrfToken={props.csrfToken}
        cancelHref={back.href}
      >
        <p>{props.children}</p>
        <TextField
          name="reason"
          label={t("tables.reason")}
          required
          value={props.reason}
          error={problems.reason}
          maxLength={REASON_MAX}
          hint={props.reasonHint}
          autofocus
        />
      </ConfirmPanel>
    </>
  );
}
