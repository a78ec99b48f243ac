import { add, centavos, ZERO } from "@/shared/money/mod.ts";
import { type OpenSplit, splitOpenWithheld } from "@/web/domain/payments/mod.ts";
import type { OpenOnDay } from "@/web/store/billing/account_lines.ts";

/** How open bills of who withholds are to be paid: so much in money, so much by certificate 2307. */
export function withheldSplit(open: readonly OpenOnDay[], rateBp: number): OpenSplit {
  return open.map((bill) =>
    splitOpenWithheld({
      openCentavos: centavos(bill.open_centavos),
      totalCentavos: centavos(bill.total_centavos),
      vatCentavos: centavos(bill.vat_centavos),
      backCentavos: centavos(bill.back_centavos),
      vatBackCentavos: centavos(bill.vat_back_centavos),
      certifiedCentavos: centavos(bill.certified_centavos),
    }, rateBp)
  ).reduce((all, one) => ({
    certificateCentavos: add(all.certificateCentavos, one.certificateCentavos),
    moneyCentavos: add(all.moneyCentavos, one.moneyCentavos),
  }), { certificateCentavos: ZERO, moneyCentavos: ZERO });
}
