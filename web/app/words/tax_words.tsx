import type { Fact } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { formatBasisPoints, type TaxedSum } from "@/web/domain/billing/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";

/** What of a bill, made or to be made, is sales and what is VAT; nothing where it has none. */
export function taxFacts(t: Translate, tax: Omit<TaxedSum, "totalCentavos">): Fact[] {
  if (tax.mode === "non_vat") return [];
  return [
    { label: t("bills.vatable"), value: <Money amount={tax.vatableCentavos} /> },
    {
      label: t("bills.vat", { rate: formatBasisPoints(tax.rateBp) }),
      value: <Money amount={tax.vatCentavos} />,
    },
  ];
}
