import type { ComponentChildren } from "preact";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { Csrf } from "@/web/components/Csrf.tsx";
import { ErrorSummary } from "@/web/components/ErrorSummary.tsx";
import { FactList } from "@/web/components/FactList.tsx";
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
  const { row } = now;
  return (
    <>
      <PageHeader
        title={title}
        back={{ href: "/admin/tonight", label: "Tonight" }}
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
                <LinkButton href="/admin/tonight">Go back</LinkButton>
              </div>
            </form>
          </Card>
        }
        side={
          <Card title="As it stands">
            <FactList facts={factsOf(now)} />
          </Card>
        }
      />
    </>
  );
}

function factsOf({ row, note }: RowNow) {
  return [
    { label: "Owes", value: formatPeso(centavos(row.balanceCentavos)) },
    { label: "Why", value: row.reason },
    { label: "Cut on", value: row.cutOn === null ? "Never" : dayWords(row.cutOn) },
    ...(note === undefined ? [] : [{ label: "Decided", value: `${note.reason} (${note.by})` }]),
    { label: "Plan", value: row.planName },
    { label: "PPPoE user", value: <CodeText>{row.pppName}</CodeText> },
    { label: "Router", value: `${row.routerName}, ${row.siteName}` },
  ];
}
