import { type Centavos, min, multiplyRounded } from "@/shared/money/mod.ts";
import { daysBetween } from "./charge_period.ts";
import type { Proration } from "./types.ts";

/** A billing period, or the part of one that was charged. Half-open. */
export interface CyclePart {
  /** First day. */
  start: Temporal.PlainDate;
  /** Day after the last one. */
  end: Temporal.PlainDate;
  /** Days of the whole period. @default the days of the part */
  wholeDays?: number;
}

/**
 * What some days of a period cost (billing rule 4): R(price x days / days of the whole period), with months of 30 days
 * min(price, R(price x days / 30)). All days cost exactly the price, whatever the length of the period.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { centavos } from "@/shared/money/mod.ts";
 * import { priceOfDays } from "@/web/domain/billing/mod.ts";
 * assert.equal(priceOfDays(centavos(100000), 15, 31), 48387n);
 * assert.equal(priceOfDays(centavos(100000), 31, 31), 100000n);
 * ```
 */
export function priceOfDays(
  priceCentavos: Centavos,
  days: number,
  wholeDays: number,
  proration: Proration = "actual",
): Centavos {
  if (days < 0 || days > wholeDays) throw new RangeError(`Cannot price days: ${days} of ${wholeDays}`);
  if (days === wholeDays) return priceCentavos;
  const divisor = proration === "days30" ? 30 : wholeDays;
  return min(priceCentavos, multiplyRounded(priceCentavos, BigInt(days), BigInt(divisor)));
}

/** Days of the period that a part belongs to. */
export function wholeDaysOf(part: CyclePart): number {
  return part.wholeDays ?? daysBetween(part.start, part.end);
}
