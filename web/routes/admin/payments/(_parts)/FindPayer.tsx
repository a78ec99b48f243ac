import { centavos } from "@/shared/money/mod.ts";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Money } from "@/web/components/facts/Money.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import type { SubscriberListRow } from "@/web/store/subscribers/subscribers_page.ts";

interface FindPayerProps {
  /** Address of the page, which searches itself. */
  action: string;
  /** What its address holds besides. @default nothing */
  kept?: Readonly<Record<string, string>>;
  label: string;
  /** What may be typed, and what comes then. */
  hint: string;
  q: string;
  /** Null before anything was searched for. */
  matches: readonly SubscriberListRow[] | null;
  /** Where a person that was found leads to. */
  hrefOf: (row: SubscriberListRow) => string;
}

/** First step of what is about a subscriber: who it is. */
export function FindPayer({ action, kept = {}, label, hint, q, matches, hrefOf }: FindPayerProps) {
  const t = useT();
  return (
    <>
      <Card>
        <form class="form" method="get" action={action}>
          <HiddenFields values={kept} />
          <TextField
            name="q"
            label={label}
            type="search"
            value={q}
            required
            autofocus
            autocomplete="off"
            hint={hint}
          />
          <div class="form-actions">
            <Button kind="primary" icon="search">{t("payments.find")}</Button>
          </div>
        </form>
      </Card>
      {matches !== null && (
        <DataTable
          caption={t("payments.found")}
          rows={matches}
          rowId={(row) => row.subscriptionId ?? row.subscriberId}
          rowKeys={(row) => ({ p: hrefOf(row) })}
          rowHref={hrefOf}
          rowNote={(row) => <CodeText>{row.accountNumber}</CodeText>}
          empty={
            <EmptyState
              icon="search"
              title={t("payments.nobody")}
              actions={<LinkButton href="/admin/subscribers">{t("payments.all_subscribers")}</LinkButton>}
            >
              {t("payments.nobody_hint")}
            </EmptyState>
          }
          columns={[
            { head: t("tables.name"), cell: (row) => row.name },
            {
              head: t("tables.balance"),
              kind: "money",
              phone: "corner",
              cell: (row) => <Money amount={centavos(row.balanceCentavos)} balance />,
            },
            {
              head: t("tables.user"),
              cell: (row) => row.pppName && <CodeText>{row.pppName}</CodeText>,
              fit: true,
            },
            { head: t("tables.phone"), cell: (row) => row.phone },
          ]}
        />
      )}
    </>
  );
}
