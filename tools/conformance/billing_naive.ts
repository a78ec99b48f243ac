/*
 * A second reading of the billing rules for the judge of the worked cases: plain day numbers, one day after the other,
 * nothing of the product. Slow and simple on purpose.
 */

/** Days since 1970 of `2026-03-01`. */
export function dayNumber(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / 86_400_000;
}

/** `2026-03-01` again. */
export function isoDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

/** Whether a day is the billing day of its month. */
export function isBoundary(day: number, anchor: number): boolean {
  const date = new Date(day * 86_400_000);
  return date.getUTCDate() === Math.min(anchor, daysInMonth(date.getUTCFullYear(), date.getUTCMonth()));
}

/** The first billing day after a day. */
export function boundaryAfter(day: number, anchor: number): number {
  let next = day + 1;
  while (!isBoundary(next, anchor)) next++;
  return next;
}

/** n / d, half away from zero. */
export function round(n: bigint, d: bigint): number {
  const size = ((n < 0n ? -n : n) * 2n + d) / (2n * d);
  return Number(n < 0n ? -size : size);
}

/** What `days` of a period of `of` days cost. */
function share(price: number, days: number, of: number): number {
  return round(BigInt(price) * BigInt(days), BigInt(of));
}

/** A prepaid case as it stands in the file. */
export interface PrepaidCase {
  unit: "days" | "months";
  count: number;
  price: number;
  lapse: "restart" | "backdate";
  auto_renew: boolean;
  as_of: string;
  payments: { date: string; amount: number; qty: number }[];
  check: string[];
}

/** Lives through every day from the first payment on: renewal in the night, then the payments. */
export function naivePrepaid(given: PrepaidCase) {
  const coverage: [number, number][] = [];
  let credit = 0;
  let anchor = 0;
  const buy = (start: number) => {
    const isNewRow = coverage.at(-1)?.[1] !== start;
    if (isNewRow) anchor = new Date(start * 86_400_000).getUTCDate();
    let end = start;
    for (let n = 0; n < given.count; n++) end = given.unit === "days" ? end + 1 : boundaryAfter(end, anchor);
    coverage.push([start, end]);
    credit -= given.price;
  };
  const last = dayNumber(given.as_of);
  for (let today = dayNumber(given.payments[0]?.date ?? given.as_of); today <= last; today++) {
    const until = () => coverage.at(-1)?.[1];
    const renew = () => {
      for (let end = until(); end !== undefined && end <= today && credit >= given.price; end = until()) {
        buy(end);
      }
    };
    if (given.auto_renew) renew();
    for (const payment of given.payments.filter(({ date }) => dayNumber(date) === today)) {
      credit += payment.amount;
      const isOff = (until() ?? Infinity) <= today;
      const wanted = given.auto_renew && isOff ? Math.max(payment.qty, 1) : payment.qty;
      for (let n = 0; n < wanted; n++) {
        const end = until() ?? today;
        if (credit >= given.price) buy(end < today && given.lapse === "restart" ? today : end);
      }
    }
    if (given.auto_renew && given.lapse === "backdate") renew();
  }
  const covers = (text: string) => coverage.some(([a, b]) => dayNumber(text) >= a && dayNumber(text) < b);
  return {
    coverage: coverage.map(([start, end]) => [isoDay(start), isoDay(end)]),
    credit,
    active: Object.fromEntries(given.check.map((text) => [text, covers(text)])),
  };
}

/** A change of plan as it stands in the file. */
export interface PlanChangeCase {
  timing: "arrears" | "advance";
  policy: "immediate" | "next_cycle";
  period_start: string;
  period_end: string;
  old: number;
  new: number;
  change: string;
}

/** Counts the days on each plan. */
export function naivePlanChange(given: PlanChangeCase) {
  const [start, end] = [dayNumber(given.period_start), dayNumber(given.period_end)];
  let before = 0;
  let after = 0;
  for (let day = start; day < end; day++) day < dayNumber(given.change) ? before++ : after++;
  const isArrears = given.timing === "arrears";
  if (given.policy === "next_cycle") {
    return { lines: [given.old], net_now: 0, next_bill: isArrears ? given.old : given.new };
  }
  const used = share(given.old, before, end - start);
  const rest = share(given.new, after, end - start);
  if (isArrears) return { lines: [used, rest], net_now: 0, next_bill: used + rest };
  const back = given.old - used;
  return { lines: [back === 0 ? 0 : -back, rest], net_now: rest - back, next_bill: given.new };
}

/** An end of service as it stands in the file. */
export interface TerminateCase {
  timing: "arrears" | "advance";
  price: number;
  period_start: string;
  period_end: string;
  last_day: string;
  on_terminate: "credit" | "no_credit";
  lockin_end: string;
  lockin_fee: { kind: "flat" | "per_month"; amount: number };
}

/** Counts days of service, and billing days of the lock-in that are still to come when the service is over. */
export function naiveTerminate(given: TerminateCase, anchor: number) {
  const [start, end] = [dayNumber(given.period_start), dayNumber(given.period_end)];
  let days = 0;
  for (let day = start; day <= dayNumber(given.last_day); day++) days++;
  const used = share(given.price, days, end - start);
  const isArrears = given.timing === "arrears";
  const off = dayNumber(given.last_day) + 1;
  let months = 0;
  for (let day = off + 1; day <= dayNumber(given.lockin_end); day++) if (isBoundary(day, anchor)) months++;
  const flat = off < dayNumber(given.lockin_end) ? given.lockin_fee.amount : 0;
  return {
    final_charge: isArrears ? used : 0,
    credit: !isArrears && given.on_terminate === "credit" ? given.price - used : 0,
    pretermination: given.lockin_fee.kind === "flat" ? flat : months * given.lockin_fee.amount,
  };
}

/** A late fee as it stands in the file. */
export interface LateFeeCase {
  principal: number;
  due_date: string;
  late_after_days: number;
  already_charged: boolean;
  fee: { kind: "flat" | "percent_bp"; value: number };
  as_of: string;
  received_on?: string;
}

/** Looks at the bill every night until `as_of`. */
export function naiveLateFee(given: LateFeeCase) {
  const fee = given.fee.kind === "flat" ? given.fee.value : share(given.principal, given.fee.value, 10_000);
  const received = given.received_on === undefined ? Infinity : dayNumber(given.received_on);
  const firstNight = dayNumber(given.due_date) + given.late_after_days + 1;
  let isDue = false;
  for (let night = firstNight; night <= dayNumber(given.as_of); night++) {
    if (received >= firstNight) isDue = true;
  }
  if (!given.already_charged) return { fee: isDue ? fee : 0 };
  return { fee: received < firstNight && fee !== 0 ? -fee : 0 };
}

/** The smallest charge that leaves the base, found by trying. */
export function naiveConvenienceFee(given: { base: number; rate_bp: number; fixed: number }) {
  const leaves = (charge: number) =>
    charge * (10_000 - given.rate_bp) - given.fixed * 10_000 >= given.base * 10_000;
  let charge = Math.floor((given.base + given.fixed) / (1 - given.rate_bp / 10_000)) - 5;
  while (!leaves(charge)) charge++;
  return { charge, fee: charge - given.base };
}
