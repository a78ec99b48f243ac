import assert from "node:assert/strict";
import { localDate } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { Played, soaked } from "@/tests/support/soak.ts";
import { nextBillOn, planBills, type PlanBillsInput } from "@/web/domain/billing/mod.ts";
import { Dice } from "./dice.ts";
import type { Day } from "./life_types.ts";
import { beginsCycle, cycleOf, dayText, shareOf } from "./naive.ts";
import { dateOf, dayOf } from "./pure_connection.ts";

/** Two without daylight saving; in the other two its clocks change at midnight, which some days do not have. */
const ZONES = ["Asia/Manila", "UTC", "America/Havana", "America/Santiago"];
const SERVICES = soaked(200, 800);
const YEARS = 10;
const BEGIN = Temporal.Instant.from("2026-01-01T12:00:00Z");

interface Service {
  rules: Omit<PlanBillsInput, "asOf" | "billedThrough">;
  billedThrough: Temporal.PlainDate | null;
  nextOn: Day;
  lines: { from: Day; until: Day; amount: bigint }[];
}

Deno.test("ten years of 200 services, every anchor, four zones: no day is left out, billed twice or wrongly priced", () => {
  const anchors = new Set<string>();
  const played = new Played(`services of ${YEARS} years, each anchor in ${ZONES.length} zones`);
  for (const [at, zone] of ZONES.entries()) {
    const days = localDays(zone, new Dice(at));
    const services = Array.from(
      { length: SERVICES / ZONES.length },
      (_, n) => serviceOf(n, new Dice(at * 1000 + n), days[0]!),
    );
    for (const { rules } of services) anchors.add(`${zone} ${rules.anchorDay}`);
    for (const today of days) {
      for (const service of services) if (service.nextOn <= today) bill(service, today);
    }
    for (const service of services) {
      judge(service, zone, days.at(-1)!);
      played.add([["lines", service.lines.length]]);
    }
  }
  played.say();
  assert.equal(anchors.size, 31 * ZONES.length);
});

/** The business days that a scheduler sees which looks at the clock a few times a day, in their order. */
function localDays(zone: string, dice: Dice): Day[] {
  const days: Day[] = [];
  const end = BEGIN.add({ hours: YEARS * 8766 });
  for (let at = BEGIN; Temporal.Instant.compare(at, end) < 0; at = at.add({ minutes: dice.whole(1, 900) })) {
    const today = dayOf(localDate(at, zone));
    const last = days.at(-1);
    assert.ok(
      last === undefined || today === last || today === last + 1,
      `${zone}: ${dayText(today)} is skipped`,
    );
    if (today !== last) days.push(today);
  }
  return days;
}

function serviceOf(n: number, dice: Dice, first: Day): Service {
  const timing = n % 2 === 0 ? "arrears" as const : "advance" as const;
  const activatedOn = dateOf(first + dice.whole(0, 400));
  const rules = {
    planName: "Plan",
    timing,
    anchorDay: 1 + n % 31,
    priceCentavos: centavos(dice.whole(1, 300_000)),
    activatedOn,
    termsDays: 7,
    leadDays: timing === "advance" ? dice.whole(0, 10) : 0,
    proration: dice.happens(0.5) ? "actual" as const : "days30" as const,
  };
  return { rules, billedThrough: null, nextOn: dayOf(activatedOn), lines: [] };
}

function bill(service: Service, today: Day): void {
  for (
    const planned of planBills({
      ...service.rules,
      billedThrough: service.billedThrough,
      asOf: dateOf(today),
    })
  ) {
    for (const line of planned.lines) {
      const [from, until] = [dayOf(line.periodStart), dayOf(line.periodEnd)];
      service.lines.push({ from, until, amount: line.amountCentavos });
    }
    service.billedThrough = planned.periodEnd;
  }
  service.nextOn = dayOf(nextBillOn({ ...service.rules, billedThrough: service.billedThrough }));
}

function judge({ rules, lines }: Service, zone: string, last: Day): void {
  const { anchorDay, priceCentavos, timing, leadDays = 0, proration } = rules;
  const say = (day: Day) => `${zone}, anchor ${anchorDay}, ${timing}: ${dayText(day)}`;
  let day = dayOf(rules.activatedOn);
  for (const { from, until, amount } of lines) {
    assert.equal(from, day, `${say(from)} follows ${dayText(day)}`);
    const cycle = cycleOf(from, anchorDay);
    assert.equal(until, cycle.until, `${say(from)} ends on ${dayText(until)}`);
    assert.ok(beginsCycle(until, anchorDay), say(until));
    const whole = cycle.until - cycle.from;
    const part = shareOf(priceCentavos, until - from, proration === "days30" ? 30 : whole);
    const expected = until - from === whole || part > priceCentavos ? priceCentavos : part;
    assert.equal(amount, expected, say(from));
    day = until;
  }
  // Everything is billed that was due by the last day, and nothing before its day.
  const isDue = (cycle: { from: Day; until: Day }) =>
    (timing === "arrears" ? cycle.until : cycle.from - leadDays) <= last;
  assert.ok(!isDue(cycleOf(day, anchorDay)), `${say(day)} is not billed`);
}
