import type { Fact } from "@/web/components/facts/FactList.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import type { PaymentShareRow } from "@/web/store/payments/payments_page.ts";
import type { SourceRefundRow } from "@/web/store/payments/refunds.ts";

/** Where the money of a payment or memo went: its bills, each once, and what was paid back of it. */
export function sourceLinks(
  t: Translate,
  shares: readonly PaymentShareRow[],
  refunds: readonly SourceRefundRow[],
): Fact[] {
  const bills = new Map(shares.map((share) => [share.bill_id, share.bill_number]));
  return [
    ...[...bills].map(([id, number]) => ({
      label: t("tables.bill"),
      value: <a href={`/admin/bills/${id}`}>{number}</a>,
    })),
    ...refunds.map((refund) => ({
      label: t("corrections.refund"),
      value: <a href={`/admin/refunds/${refund.refund_id}`}>{refund.number}</a>,
    })),
  ];
}
