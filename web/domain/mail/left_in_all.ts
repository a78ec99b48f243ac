import { type Centavos, sum, ZERO } from "@/shared/money/mod.ts";
import type { Told } from "./content.ts";

/**
 * What the reader of a bill's mail has left to pay on all bills.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos } from "@/shared/money/mod.ts";
 * import { leftInAll } from "@/web/domain/mail/left_in_all.ts";
 *
 * const others = { leftCentavos: centavos(100_000), areBefore: true };
 * assert.equal(leftInAll({ bill: { leftCentavos: centavos(50_000) }, others }), 150_000n);
 * ```
 */
export function leftInAll({ bill, others }: {
  bill: { leftCentavos: Centavos };
  others: Extract<Told, { occasion: "bill_issued" }>["others"];
}): Centavos {
  return sum([bill.leftCentavos, others?.leftCentavos ?? ZERO]);
}
