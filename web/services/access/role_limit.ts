import type { RoleLimit } from "@/web/domain/access/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { err, type Failure } from "@/shared/result.ts";
import type { Actor } from "../context.ts";

/** What somebody asks for is more than their roles let one act come to. */
export type AboveLimitCode = "above_your_limit" | "days_above_your_limit";

/** Refuses an amount above what the roles of whoever asks allow for it. */
export function refuseAbove(
  actor: Actor,
  limit: Extract<RoleLimit, `${string}_centavos`>,
  amountCentavos: bigint,
): Failure<"above_your_limit"> | null {
  const most = mostOf(actor, limit);
  return most === null || amountCentavos <= most ? null : err("above_your_limit", { max: centavos(most) });
}

/** Refuses more days than the roles of whoever asks allow for it. */
export function refuseDaysAbove(
  actor: Actor,
  limit: Extract<RoleLimit, `${string}_days`>,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
): Failure<"days_above_your_limit"> | null {
  const most = mostOf(actor, limit);
  const days = from.until(to, { largestUnit: "day" }).days;
  return most === null || days <= most ? null : err("days_above_your_limit", { max: Number(most) });
}

/** Jobs and agents have no roles, and so no limits. */
function mostOf(actor: Actor, limit: RoleLimit): bigint | null {
  return actor.kind === "staff" ? actor.limitOf?.(limit) ?? null : null;
}
