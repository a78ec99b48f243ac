import type { z } from "zod";
import { ZERO } from "@/shared/money/mod.ts";
import type { ownPriceForm } from "@/web/route_table/prices.ts";
import type { OwnPriceInput } from "@/web/services/billing/review_own_price.ts";

/** Names of the fields of an own price, in the form, in the address of its review, and in what is sent from there. */
export const OWN_PRICE_FIELDS = [
  "kind",
  "amount",
  "percent",
  "from",
  "on",
  "end",
  "periods",
  "last",
  "reason",
] as const;

/** What a form says is agreed. */
export function ownPriceOfForm(form: z.output<typeof ownPriceForm>): OwnPriceInput {
  return {
    kind: form.kind,
    amountCentavos: form.amount ?? ZERO,
    basisPoints: form.percent ?? 0,
    startOn: form.from === "day" ? form.on : null,
    lastOn: form.end === "last" ? form.last : null,
    periods: form.end === "periods" ? form.periods : null,
    reason: form.reason,
  };
}
