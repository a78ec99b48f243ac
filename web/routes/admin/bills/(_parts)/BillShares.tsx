import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Money } from "@/web/components/facts/Money.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { type BillDetail, type BillShareRow } from "@/web/store/billing/bills.ts";
import { balanceOf } from "@/web/app/words/due_words.ts";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";

/** Which payments and memos the bill was paid with; what was taken back stays in sight. */
export function BillShares({ bill, canOpen }: { bill: BillDetail; canOpen: boolean }) {
  const t = useT();
  return (
    <TitledTable title={t("bills.shares")}>
      <DataTable
        caption={t("bills.shares")}
        rows={bill.shares}
        rowHref={canOpen ? hrefOfShare : undefined}
        empty={
          <EmptyState icon="cash" title={t("bills.none_paid")}>
            {bill.status === "void"
              ? t("bills.taken_back")
              : t("bills.is_open", { amount: formatPeso(balanceOf(bill)) })}
          </EmptyState>
        }
        columns={[
          {
            head: t("bills.payment"),
            cell: (share: BillShareRow) => <CodeText>{share.source_number}</CodeText>,
            fit: true,
          },
          {
            head: t("tables.received"),
            cell: (share) => <DateText short date={share.received_on} />,
            fit: true,
          },
          {
            head: t("tables.method"),
            cell: (share) =>
              share.method === null
                ? share.source_kind === "memo" && t("corrections.memo")
                : t(`words.method_${share.method}`),
          },
          {
            head: t("tables.state"),
            cell: (share) =>
              share.released_at === null
                ? <Pill tone="ok">{t("bills.share_applied")}</Pill>
                : <Pill tone="mute">{t("bills.share_released")}</Pill>,
            phone: "corner",
          },
          {
            head: t("tables.amount"),
            kind: "money",
            cell: (share) => <Money amount={centavos(share.amount_centavos)} />,
          },
        ]}
      />
    </TitledTable>
  );
}

function hrefOfShare({ source_id, source_kind }: BillShareRow): string | undefined {
  if (source_kind === "opening") return undefined;
  return `/admin/${source_kind === "payment" ? "payments" : "memos"}/${source_id}`;
}
