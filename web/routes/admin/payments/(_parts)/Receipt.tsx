import { formatDate } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { type Fact, FactList } from "@/web/components/FactList.tsx";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import PrintButton from "@/web/islands/PrintButton.tsx";
import type { PaymentListRow } from "@/web/store/payments.ts";
import type { PaymentShareRow } from "@/web/store/payments_page.ts";
import { METHOD_WORDS } from "../../(_billing)/words.ts";

interface ReceiptProps {
  payment: PaymentListRow;
  shares: readonly PaymentShareRow[];
  credit: Centavos;
  /** Null when nothing was tendered. */
  change: Centavos | null;
  /** Name of the ISP. */
  tenant: string;
}

/** What the payer takes home; the only thing of its page that is printed. */
export function Receipt({ payment, shares, credit, change, tenant }: ReceiptProps) {
  return (
    <section class="card receipt">
      <div class="card-head">
        <div>
          <h2>Acknowledgement receipt</h2>
          <div class="note">{tenant}</div>
        </div>
        <span class="no-print">
          <PrintButton label="Print" />
        </span>
      </div>
      <div class="card-body stack">
        <FactList
          sum
          facts={[
            { label: "Number", value: payment.number },
            { label: "Received on", value: formatDate(payment.received_on) },
            { label: "From", value: `${payment.subscriber_name}, ${payment.account_number}` },
            { label: "Method", value: methodOf(payment) },
          ]}
        />
        <FactList
          sum
          facts={[...factsOf(shares), ...moneyOf(payment, credit, change)]}
        />
        <div class="note">
          {payment.status === "reversed" && (
            <p>
              <b>Reversed: {payment.reverse_reason}</b>
            </p>
          )}
          <p>Recorded by {payment.recorded_by}. THIS DOCUMENT IS NOT VALID FOR CLAIM OF INPUT TAX.</p>
        </div>
      </div>
    </section>
  );
}

function factsOf(shares: readonly PaymentShareRow[]): Fact[] {
  return shares.map((share) => ({
    label: `${share.bill_number}, ${formatPeriod(share.period_start, share.period_end)}${
      share.released_at === null ? "" : " (taken back)"
    }`,
    value: formatPeso(centavos(share.amount_centavos)),
  }));
}

function moneyOf(payment: PaymentListRow, credit: Centavos, change: Centavos | null): Fact[] {
  const facts: Fact[] = [];
  if (credit > ZERO) facts.push({ label: "Credit for the next bill", value: formatPeso(credit) });
  facts.push({ label: "Amount", value: formatPeso(centavos(payment.amount_centavos)), strong: true });
  if (change !== null && payment.tendered_centavos !== null) {
    facts.push({ label: "Cash tendered", value: formatPeso(centavos(payment.tendered_centavos)) });
    facts.push({ label: "Change due", value: formatPeso(change), strong: true });
  }
  return facts;
}

function methodOf({ method, reference }: PaymentListRow): string {
  return reference === null ? METHOD_WORDS[method] : `${METHOD_WORDS[method]}, ${reference}`;
}
