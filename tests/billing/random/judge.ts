import type { Day, Life, LifeBill, LifeConnection, LifePeriod } from "./life_types.ts";
import {
  beginsCycle,
  costOf,
  countedToday,
  cycleOf,
  dayText,
  partOf,
  payOf,
  shareOf,
  unchargedDays,
  wholeOf,
} from "./naive.ts";
import { LateJudge } from "./judge_late.ts";
import { naiveMoney } from "./naive_money.ts";

/** What of a life breaks a rule of the books, by the names of the invariants; empty when all hold. */
export function judge(life: Life): string[] {
  return [
    ...life.connections.flatMap((connection) => [
      ...tiles(connection),
      ...onceCharged(life, connection),
      ...passedOver(life, connection),
      ...prices(life, connection),
    ]),
    ...bills(life),
    ...taxes(life),
    ...comingBack(life),
    ...money(life),
    ...judgeCuts(life),
  ];
}

/** Who is off for what: all that is cheap to ask after each thing that somebody did. */
export function judgeCuts(life: Life): string[] {
  return life.connections.flatMap((connection) => cuts(life, connection));
}

/** M4: from the first day to where it stands every day is in one period and in no two. */
function tiles({ id, activatedOn, billedThrough, periods }: LifeConnection): string[] {
  const times = new Map<Day, number>();
  for (const { from, until } of periods) {
    for (let day = from; day < until; day++) times.set(day, (times.get(day) ?? 0) + 1);
  }
  const problems: string[] = [];
  for (let day = activatedOn; day < (billedThrough ?? activatedOn); day++) {
    if (times.get(day) !== 1) problems.push(`M4 ${id}: ${dayText(day)} is in ${times.get(day) ?? 0} periods`);
    times.delete(day);
  }
  for (const day of times.keys()) {
    problems.push(`M4 ${id}: ${dayText(day)} is in a period and counts as not billed`);
  }
  return problems.slice(0, 3);
}

/** No day is charged by two live lines, and a live line is of a period that says so. */
function onceCharged(life: Life, { id, periods }: LifeConnection): string[] {
  const problems: string[] = [];
  const charged = new Set<Day>();
  for (const bill of life.bills) {
    if (bill.isVoid || bill.connection !== id) continue;
    for (const line of bill.lines) {
      if (line.amount < 0n || line.isFee) continue;
      for (let day = line.from; day < line.until; day++) {
        if (charged.has(day)) problems.push(`M4 ${id}: ${dayText(day)} is charged twice`);
        charged.add(day);
      }
      const isTold = periods.some((period) =>
        period.state === "billed" && period.bill === bill.id && period.from === line.from &&
        period.until === line.until
      );
      if (!isTold) problems.push(`M4 ${id}: no period for the line of ${dayText(line.from)} on ${bill.id}`);
    }
  }
  for (const { state, bill, from } of periods) {
    const isVoid = life.bills.some((one) => one.id === bill && one.isVoid);
    if (state === "billed" && isVoid) problems.push(`M4 ${id}: ${dayText(from)} is on the void bill ${bill}`);
  }
  return problems.slice(0, 3);
}

/** What is never billed has its reason in the facts. */
function passedOver({ settings, bills }: Life, connection: LifeConnection): string[] {
  const { id, periods, activatedOn, offs } = connection;
  const problems: string[] = [];
  for (const period of periods) {
    if (period.state !== "never") continue;
    const say = (what: string) => problems.push(`${id}: ${dayText(period.from)} is passed over, ${what}`);
    const days = period.until - period.from;
    if (period.why === "suspended" && unchargedDays(connection, settings, period, Infinity) !== days) {
      say("and was served");
    }
    if (period.why === "free" && (settings.firstBill !== "free" || period.from !== activatedOn)) {
      say("and is no free first stub");
    }
    const wasOff = offs.some(({ from, until }) => from < period.until && (until ?? Infinity) >= period.until);
    if (period.why === "stopped" && (!wasOff || settings.policy === "skip" || settings.stopAfter === 0)) {
      say("and its bills had no reason to stop");
    }
    if (
      period.why === "stopped" &&
      bills.filter((bill) => bill.connection === id && !bill.isLateFee).length < settings.stopAfter
    ) {
      say("and it never had so many bills");
    }
  }
  return problems;
}

/** Off for non-payment stays only who owes enough past grace that is not disputed: a posting takes it away at once. */
function cuts(life: Life, { id, offs }: LifeConnection): string[] {
  if (!offs.some(({ reason, until }) => reason === "nonpayment" && until === null)) return [];
  const counted = life.bills.filter((bill) => bill.connection === id && !bill.isVoid)
    .reduce((sum, bill) => sum + countedToday(life, bill.id, life.money.balances.get(bill.id)!), 0n);
  return counted >= life.minBalance ? [] : [`R2 ${id}: is off for ${counted} that counts`];
}

/** Each stretch of a live bill costs what was agreed, and what was suspended later came off once. */
function prices(life: Life, connection: LifeConnection): string[] {
  const own = life.bills.filter((bill) => bill.connection === connection.id && !bill.isLateFee);
  const live = own.filter(({ isVoid }) => !isVoid);
  // What a void bill had taken off comes off the next new one.
  const lastVoid = Math.max(0, ...own.map(({ voidedOn }) => voidedOn ?? 0));
  const problems: string[] = [];
  for (const period of connection.periods) {
    if (period.state !== "billed") continue;
    const line = live.find((bill) => bill.id === period.bill)?.lines
      .find((one) => one.amount >= 0n && !one.isFee && one.from === period.from);
    const expected = costOfPeriod(life, connection, period);
    if (line?.amount !== expected.amount) {
      problems.push(
        `${connection.id}: ${dayText(period.from)} costs ${line?.amount}, should cost ${expected.amount}`,
      );
      continue;
    }
    const credited = creditedFor(live, period);
    const most = creditDue(life, connection, period, expected, life.today);
    if (credited > most) {
      problems.push(`${connection.id}: ${credited} of ${most} came off ${dayText(period.from)}`);
    }
    const last = live.findLast((bill) =>
      !bill.isAgain && servedFor(bill) > 0n && bill.issuedOn > Math.max(period.firstBilledOn!, lastVoid)
    );
    const least = last === undefined ? 0n : creditDue(life, connection, period, expected, last.issuedOn);
    if (credited < least) {
      problems.push(`${connection.id}: only ${credited} of ${least} came off ${dayText(period.from)}`);
    }
  }
  return problems.slice(0, 3);
}

/** What a bill asks for beside fees: only from that comes off what was suspended. */
function servedFor({ lines }: LifeBill): bigint {
  return lines.reduce((sum, { amount, isFee }) => isFee ? sum : sum + amount, 0n);
}

function costOfPeriod({ settings, prices }: Life, connection: LifeConnection, period: LifePeriod) {
  const billedOn = period.firstBilledOn!;
  const pay = payOf(connection, prices, settings, { day: period.from, billedOn });
  const days = period.until - period.from;
  const charged = days - unchargedDays(connection, settings, period, billedOn);
  const { activatedOn } = connection;
  const isFirstStub = period.from === activatedOn && !beginsCycle(activatedOn, settings.anchorDay) &&
    period.until === cycleOf(activatedOn, settings.anchorDay).until;
  if (isFirstStub && settings.firstBill === "full") {
    return { amount: charged === days ? wholeOf(pay) : partOf(pay, charged, days), charged };
  }
  return { amount: costOf(period, charged, pay, settings), charged };
}

/** What is to come off a period billed in advance, for days that were suspended after its first bill. */
function creditDue(
  { settings }: Life,
  connection: LifeConnection,
  period: LifePeriod,
  { amount, charged }: { amount: bigint; charged: number },
  asOf: Day,
): bigint {
  if (settings.timing === "arrears" || charged === 0) return 0n;
  const from = Math.max(period.from, period.firstBilledOn!);
  const off = from >= period.until
    ? 0
    : unchargedDays(connection, settings, { from, until: period.until }, asOf);
  return shareOf(amount, off, charged);
}

function creditedFor(live: readonly LifeBill[], { from, until }: LifePeriod): bigint {
  return live.flatMap(({ lines }) => lines)
    .filter((line) => line.amount < 0n && line.from === from && line.until === until)
    .reduce((sum, { amount }) => sum - amount, 0n);
}

/** A bill is the sum of its lines, is not below zero, and leaves time to pay. */
function bills({ bills, settings }: Life): string[] {
  const problems: string[] = [];
  for (const bill of bills) {
    const onTop = settings.tax === "vat_exclusive";
    const sum = bill.lines.reduce((total, { amount, vat }) => total + amount + (onTop ? vat : 0n), 0n);
    if (sum !== bill.total) problems.push(`c ${bill.id}: total ${bill.total}, lines ${sum}`);
    if (bill.total < 0n) problems.push(`b ${bill.id}: total ${bill.total}`);
    if (bill.dueOn < bill.issuedOn + Math.min(settings.minNoticeDays, settings.termsDays)) {
      problems.push(`${bill.id}: issued ${dayText(bill.issuedOn)}, due ${dayText(bill.dueOn)}`);
    }
  }
  return problems.slice(0, 3);
}

/** VAT once on the total of a bill, half a centavo up, and each line within a centavo of its own. */
function taxes({ bills, settings: { tax, vatRate } }: Life): string[] {
  const rate = BigInt(vatRate);
  const whole = tax === "vat_exclusive" ? 10_000n : 10_000n + rate;
  // In a price the sales are rounded and the VAT is the rest: half a centavo of it goes down.
  const vatOf = (amount: bigint) =>
    tax === "non_vat"
      ? 0n
      : tax === "vat_exclusive"
      ? (2n * amount * rate + whole) / (2n * whole)
      : amount - (2n * amount * 10_000n + whole) / (2n * whole);
  const problems: string[] = [];
  for (const { id, vat, lines } of bills) {
    const expected = vatOf(lines.reduce((sum, { amount }) => sum + amount, 0n));
    if (vat !== expected) problems.push(`${id}: VAT ${vat}, should be ${expected}`);
    const parts = lines.reduce((sum, line) => sum + line.vat, 0n);
    if (parts !== vat) problems.push(`${id}: VAT ${vat}, its lines have ${parts}`);
    for (const line of lines) {
      const off = line.vat * whole - (tax === "non_vat" ? 0n : line.amount * rate);
      if (off <= -whole || off >= whole) problems.push(`${id}: VAT ${line.vat} on a line of ${line.amount}`);
    }
  }
  return problems.slice(0, 3);
}

/** Each cut that a posting lifted is asked for by one live bill or waits for one, at the fee that held. */
function comingBack({ bills, connections, settings: { reconnectionFee } }: Life): string[] {
  return connections.flatMap(({ id, offs, waitingFees }) => {
    if (waitingFees === null) return [];
    const lifted = reconnectionFee === 0
      ? 0
      : offs.filter(({ reason, until }) => reason === "nonpayment" && until !== null).length;
    const asked = bills.filter((bill) => !bill.isVoid && bill.connection === id)
      .flatMap(({ lines, isLateFee }) => isLateFee ? [] : lines.filter(({ isFee }) => isFee));
    const wrong = asked.find(({ amount }) => amount !== BigInt(reconnectionFee));
    if (wrong !== undefined) return [`${id}: came back for ${wrong.amount} instead of ${reconnectionFee}`];
    const all = asked.length + waitingFees;
    return all === lifted ? [] : [`${id}: came back ${lifted} times, asked for ${asked.length} of ${all}`];
  });
}

/** a to e and M1, against the same events counted again. */
function money(life: Life): string[] {
  const { bills, money } = life;
  const late = new LateJudge(life);
  const again = naiveMoney(life, (now) => late.look(now));
  const problems: string[] = [...late.problems];
  let owed = 0n;
  for (const [id, balance] of again.balances) {
    const said = money.balances.get(id);
    if (said !== balance) problems.push(`c ${id}: balance ${said}, counted again ${balance}`);
    const total = bills.find((bill) => bill.id === id)!.total;
    if (balance < 0n || balance > total) problems.push(`b ${id}: balance ${balance} of ${total}`);
    owed += balance;
  }
  if (money.credit !== again.credit) {
    problems.push(`a: credit ${money.credit}, counted again ${again.credit}`);
  }
  if (money.credit > 0n && owed > 0n) problems.push(`d: credit ${money.credit} beside ${owed} owed`);
  if (money.shares.some(({ amount }) => amount <= 0n)) problems.push("e: a share is not above zero");
  if (money.allLegs !== 0n) problems.push(`M1: the ledger sums to ${money.allLegs}`);
  if (money.receivable !== owed) problems.push(`M1: receivable ${money.receivable}, owed ${owed}`);
  if (-money.subscriberCredit !== money.credit) {
    problems.push(`M1: subscriber credit ${-money.subscriberCredit}, idle ${money.credit}`);
  }
  return problems.slice(0, 3);
}
