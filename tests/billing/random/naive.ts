import type { Agreed, Day, Given, Life, LifeConnection, LifeSettings, OwnAgreed } from "./life_types.ts";

/**
 * The rules of billing a second time, day by day and as plainly as they are said, without a line of the engine: only for
 * judging it.
 */

const DAY_MS = 86_400_000;

/** A day as text. */
export function dayText(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Whether a cycle begins on a day: its number is the anchor, or the month is over before the anchor comes. */
export function beginsCycle(day: Day, anchor: number): boolean {
  const date = new Date(day * DAY_MS);
  const isLastOfMonth = new Date((day + 1) * DAY_MS).getUTCDate() === 1;
  return date.getUTCDate() === anchor || (isLastOfMonth && date.getUTCDate() < anchor);
}

/** First and last day (exclusive) of the cycle that a day lies in, by walking there. */
export function cycleOf(day: Day, anchor: number): { from: Day; until: Day } {
  let from = day;
  while (!beginsCycle(from, anchor)) from--;
  let until = day + 1;
  while (!beginsCycle(until, anchor)) until++;
  return { from, until };
}

/** R(amount x part / whole), halves away from zero; nothing here is below zero. */
export function shareOf(amount: bigint, part: number, whole: number): bigint {
  const doubled = amount * BigInt(part) * 2n + BigInt(whole);
  return doubled / (2n * BigInt(whole));
}

/** Whether a day is not charged: on vacation, or off while the policy is to skip; as far as it was known. */
export function isUncharged(
  connection: LifeConnection,
  settings: LifeSettings,
  day: Day,
  knownOn: Day,
): boolean {
  return connection.offs.some(({ reason, from, until }) => {
    const counts = reason === "vacation" || settings.policy === "skip";
    return counts && from <= day && (until === null || day < until) && day < knownOn;
  });
}

/** Uncharged days of a stretch. */
export function unchargedDays(
  connection: LifeConnection,
  settings: LifeSettings,
  stretch: { from: Day; until: Day },
  knownOn: Day,
): number {
  let days = 0;
  for (let day = stretch.from; day < stretch.until; day++) {
    if (isUncharged(connection, settings, day, knownOn)) days++;
  }
  return days;
}

/** What a connection pays: the price of its plan, and what stands in its place. */
export interface Pay {
  list: bigint;
  own: OwnAgreed | null;
}

/** What a connection pays on a day, by what was agreed before `billedOn`. */
export function payOf(
  connection: LifeConnection,
  prices: ReadonlyMap<string, readonly Agreed[]>,
  settings: LifeSettings,
  at: { day: Day; billedOn: Day },
): Pay {
  const isForPlan = (own: OwnAgreed, on: typeof at) =>
    own.plan === null || own.plan === givenOn(connection, on).plan;
  const begun = connection.own.filter((own) =>
    own.on < at.billedOn && own.from <= at.day && isForPlan(own, { ...at, day: own.from })
  );
  // One ends where the next begins, and does not come back.
  const last = begun.sort((a, b) => a.from - b.from).at(-1);
  const isOn = last !== undefined && at.day < endOfOwn(last, settings.anchorDay) && isForPlan(last, at);
  const own = isOn ? last : null;
  return { list: priceOf(connection, prices, settings, at), own };
}

/** Where no day was named it goes on to the end of the period in which its last day lies. */
function endOfOwn({ last, isByDay }: OwnAgreed, anchor: number): Day {
  if (last === null) return Infinity;
  return isByDay ? last + 1 : nextCycle(last, anchor);
}

/** A whole period. */
export function wholeOf({ list, own }: Pay): bigint {
  if (own === null) return list;
  if (own.kind === "price") return own.amount;
  if (own.kind === "amount_off") return own.amount > list ? 0n : list - own.amount;
  return shareOf(list, 10_000 - own.basisPoints, 10_000);
}

/** A part of a period, rounded once, whatever it is a part of. */
export function partOf(pay: Pay, part: number, whole: number): bigint {
  if (pay.own?.kind !== "percent_off") return shareOf(wholeOf(pay), part, whole);
  return shareOf(pay.list, part * (10_000 - pay.own.basisPoints), whole * 10_000);
}

/** What of a bill counts for a cut today: nothing in its grace, and nothing that is disputed. */
export function countedToday({ bills, disputes, settings, today }: Life, bill: string, owed: bigint): bigint {
  const own = disputes.filter((dispute) => dispute.bill === bill);
  const told = own.filter(({ decidedOn, wasPaid }) => decidedOn !== null && !wasPaid)
    .map(({ decidedOn }) => decidedOn! + Math.max(settings.graceDays, settings.minNoticeDays, 1));
  const safeUntil = Math.max(bills.find(({ id }) => id === bill)!.dueOn + settings.graceDays, ...told);
  if (today <= safeUntil) return 0n;
  const disputed = own.find(({ decidedOn }) => decidedOn === null)?.amount ?? 0n;
  return owed > disputed ? owed - disputed : 0n;
}

function givenOn(connection: LifeConnection, at: { day: Day; billedOn: Day }): Given {
  const plans = connection.given.filter((given) => given.from <= at.day && given.agreedOn < at.billedOn);
  return plans.at(-1) ?? connection.given[0]!;
}

/**
 * What a whole period costs a connection on a day, by what was agreed before `billedOn`: a new price holds from its next
 * period unless a day was named; whoever joins later has it at once.
 */
function priceOf(
  connection: LifeConnection,
  prices: ReadonlyMap<string, readonly Agreed[]>,
  settings: LifeSettings,
  at: { day: Day; billedOn: Day },
): bigint {
  const given = givenOn(connection, at);
  const agreed = (prices.get(given.plan) ?? []).filter((price) => price.on < at.billedOn);
  const dayOf = (price: Agreed) => price.from ?? nextCycle(price.on, settings.anchorDay);
  let [best, bestSince] = [agreed[0]!, -Infinity];
  for (const price of agreed.slice(1)) {
    const since = dayOf(price);
    // Whoever joins after it was agreed does not wait for the next period; who changes to it on that day has begun.
    const joinsAfter = given.agreedOn < 0 ? price.on <= given.from : price.on < given.from;
    const counts = since <= at.day || price.from === null && joinsAfter;
    if (counts && since >= bestSince) [best, bestSince] = [price, since];
  }
  return best.price;
}

function nextCycle(day: Day, anchor: number): Day {
  let next = day + 1;
  while (!beginsCycle(next, anchor)) next++;
  return next;
}

/** What a stretch costs of which so many days are charged. */
export function costOf(
  stretch: { from: Day; until: Day },
  charged: number,
  pay: Pay,
  settings: LifeSettings,
): bigint {
  const cycle = cycleOf(stretch.from, settings.anchorDay);
  const whole = cycle.until - cycle.from;
  const price = wholeOf(pay);
  if (charged === whole) return price;
  const part = partOf(pay, charged, settings.proration === "days30" ? 30 : whole);
  return part < price ? part : price;
}
