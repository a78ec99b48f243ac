import { formatDateShort } from "@/shared/calendar/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";
import { agreedTitle } from "@/web/app/words/price_words.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { agreedWords, endOf } from "@/web/services/billing/agree_own_price.ts";
import type { OwnPriceRow } from "@/web/store/billing/own_prices.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";

interface OwnPricesCardProps {
  /** The newest first. */
  rows: readonly OwnPriceRow[];
  /** The page of the prices of this connection. */
  path: string;
  connection: SubscriptionDetail;
  moment: { tenant: TenantRow; today: Temporal.PlainDate };
  state: AppState;
}

/** What was ever agreed for a connection, and the way to end it. */
export function OwnPricesCard({ rows, path, connection, moment, state }: OwnPricesCardProps) {
  const { t } = state;
  return (
    <TitledTable title={t("prices.agreed")}>
      <DataTable
        caption={t("prices.agreed")}
        rows={rows}
        empty={null}
        columns={[
          {
            head: t("prices.what"),
            cell: (row) => agreedTitle(t, agreedWords({ ...row, last_on: null })),
          },
          { head: t("prices.days"), cell: (row) => daysOf(t, row) },
          { head: t("tables.reason"), cell: (row) => `${row.reason} · ${row.agreed_by}`, minor: true },
          {
            head: t("tables.state"),
            cell: (row) => <StatePill row={row} today={moment.today} t={t} />,
            phone: "corner",
          },
          {
            head: t("tables.actions"),
            kind: "actions",
            cell: (row) =>
              row.taken_back_at === null && endOf(moment, connection, row).ok && (
                <LinkButton small dialog href={`${path}/end?connection=${connection.id}&price=${row.id}`}>
                  {t(isToCome(row, moment.today) ? "prices.take_back" : "prices.end_link")}
                </LinkButton>
              ),
          },
        ]}
      />
    </TitledTable>
  );
}

function daysOf(t: Translate, row: OwnPriceRow): string {
  const from = formatDateShort(row.from_on, t.locale);
  if (row.last_on !== null) {
    return t("prices.days_until", { from, until: formatDateShort(row.last_on, t.locale) });
  }
  return row.periods === null
    ? t("prices.days_from", { from })
    : t("prices.days_periods", { n: row.periods });
}

function StatePill({ row, today, t }: { row: OwnPriceRow; today: Temporal.PlainDate; t: Translate }) {
  if (row.taken_back_at !== null) return <Pill tone="mute">{t("prices.state_taken_back")}</Pill>;
  if (row.last_on !== null && Temporal.PlainDate.compare(row.last_on, today) < 0) {
    return <Pill tone="mute">{t("prices.state_over")}</Pill>;
  }
  return isToCome(row, today)
    ? <Pill tone="info">{t("prices.state_to_come")}</Pill>
    : <Pill tone="ok">{t("prices.state_counts")}</Pill>;
}

function isToCome(row: OwnPriceRow, today: Temporal.PlainDate): boolean {
  return Temporal.PlainDate.compare(row.from_on, today) > 0;
}
