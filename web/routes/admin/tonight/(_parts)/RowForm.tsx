import { StoredText } from "@/web/components/StoredText.tsx";
import type { ComponentChildren } from "preact";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { FactList } from "@/web/components/FactList.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { Columns } from "@/web/components/Layout.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import type { RowNow } from "./row_action.ts";
import { dayWords } from "./words.ts";

interface RowFormProps {
  title: string;
  now: RowNow;
  problems: Record<string, string>;
  /** Last part of the address that the form posts to. */
  action: "hold" | "exclude";
  csrfToken: string;
  /** What doing it means, in a sentence. */
  effect: ComponentChildren;
  verb: string;
  children: ComponentChildren;
}

/** A form about one row, beside what is known of it. */
export function RowForm({ title, now, problems, action, csrfToken, effect, verb, children }: RowFormProps) {
  const t = useT();
  const { row } = now;
  return (
    <>
      <PageHeader
        title={title}
        back={{ href: "/admin/tonight", label: t("tonight.title") }}
        lead={
          <>
            {`${row.name}, `}
            <CodeText>{row.accountNumber}</CodeText>
          </>
        }
      />
      <Columns
        main={
          <Card>
            <form class="form" method="post" action={`/admin/tonight/${row.subscriptionId}/${action}`}>
              <Csrf token={csrfToken} />
              <ErrorSummary errors={problems} />
              <p>{effect}</p>
              {children}
              <div class="form-actions">
                <Button kind="primary">{verb}</Button>
                <LinkButton href="/admin/tonight">{t("states.go_back")}</LinkButton>
              </div>
            </form>
          </Card>
        }
        side={
          <Card title={t("tonight.as_it_stands")}>
            <FactList facts={factsOf(t, now)} />
          </Card>
        }
      />
    </>
  );
}

function factsOf(t: Translate, { row, note }: RowNow) {
  return [
    { label: t("tables.owes"), value: formatPeso(centavos(row.balanceCentavos)) },
    { label: t("tables.why"), value: <StoredText text={row.reason} /> },
    {
      label: t("tables.cut_on"),
      value: row.cutOn === null ? t("tonight.never") : dayWords(row.cutOn, t.locale),
    },
    ...(note === undefined ? [] : [{ label: t("tonight.decided"), value: `${note.reason} (${note.by})` }]),
    { label: t("tables.plan"), value: row.planName },
    { label: t("tables.user"), value: <CodeText>{row.pppName}</CodeText> },
    { label: t("tables.router"), value: `${row.routerName}, ${row.siteName}` },
  ];
}
