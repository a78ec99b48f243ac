import { centavos } from "@/shared/money/mod.ts";
import { Button, LinkButton } from "@/web/components/Button.tsx";
import { Card } from "@/web/components/Card.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { Money } from "@/web/components/Money.tsx";
import { TextField } from "@/web/components/TextField.tsx";
import type { SubscriberListRow } from "@/web/store/subscribers_page.ts";

interface FindPayerProps {
  q: string;
  /** Null before anything was searched for. */
  matches: readonly SubscriberListRow[] | null;
}

/** First step of a payment: whose it is. */
export function FindPayer({ q, matches }: FindPayerProps) {
  return (
    <>
      <Card>
        <form class="form" method="get" action="/admin/payments/new">
          <TextField
            name="q"
            label="Who pays"
            type="search"
            value={q}
            required
            autofocus
            autocomplete="off"
            hint="Name, account, PPPoE user or phone. One match opens the payment form."
          />
          <div class="form-actions">
            <Button kind="primary" icon="search">Find</Button>
          </div>
        </form>
      </Card>
      {matches !== null && (
        <DataTable
          caption="Subscribers found"
          rows={matches}
          rowHref={(row) => `/admin/payments/new?subscriber=${row.subscriberId}`}
          rowNote={(row) => <CodeText>{row.accountNumber}</CodeText>}
          empty={
            <EmptyState
              icon="search"
              title="Nobody matches"
              actions={<LinkButton href="/admin/subscribers">All subscribers</LinkButton>}
            >
              Try a part of the name, or the PPPoE user.
            </EmptyState>
          }
          columns={[
            { head: "Name", cell: (row) => row.name },
            {
              head: "Balance",
              kind: "money",
              phone: "corner",
              cell: (row) => <Money amount={centavos(row.balanceCentavos)} balance />,
            },
            {
              head: "PPPoE user",
              cell: (row) => row.pppName && <CodeText>{row.pppName}</CodeText>,
              fit: true,
            },
            { head: "Phone", cell: (row) => row.phone },
          ]}
        />
      )}
    </>
  );
}
