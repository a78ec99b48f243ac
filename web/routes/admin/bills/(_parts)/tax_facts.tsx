import { centavos } from "@/shared/money/mod.ts";
import type { Fact } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { formatBasisPoints } from "@/web/domain/billing/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { BillRow } from "@/web/store/billing/bills.ts";

/** What of a bill is sales and what is VAT; nothing where it has none. */
export function taxFacts(
  t: Translate,
  bill: Pick<BillRow, "tax_mode" | "vat_rate_bp" | "vatable_centavos" | "vat_centavos">,
): Fact[] {
  if (bill.tax_mode === "non_vat") return [];
  return [
    { label: t("bills.vatable"), value: <Money amount={centavos(bill.vatable_centavos)} /> },
    {
      label: t("bills.vat", { rate: formatBasisPoints(bill.vat_rate_bp) }),
      value: <Money amount={centavos(bill.vat_centavos)} />,
    },
  ];
}
