import type { Dice } from "./dice.ts";
import type { Day, OwnAgreed } from "./life_types.ts";

/** Some own price: of every kind, by days that somebody named or by periods, with and without an end. */
export function anyOwnPrice(
  dice: Dice,
  at: {
    today: Day;
    /** First day that is not billed. */
    first: Day;
    /** First day of a period that is not billed. */
    boundary: Day;
    plan: string;
  },
): OwnAgreed {
  const isByDay = dice.happens(0.4);
  const from = isByDay ? at.first + dice.whole(0, 50) : at.boundary;
  const kind = dice.of(["price", "amount_off", "percent_off"] as const)!;
  return {
    on: at.today,
    from,
    last: dice.happens(0.5) ? from + dice.whole(0, 150) : null,
    isByDay,
    plan: dice.happens(0.5) ? at.plan : null,
    kind,
    amount: kind === "percent_off" ? 0n : BigInt(dice.whole(kind === "price" ? 0 : 1, 150_000)),
    basisPoints: kind === "percent_off" ? dice.whole(1, 10_000) : 0,
  };
}
