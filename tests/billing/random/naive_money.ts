import type { Life, LifeBill, MoneyEvent } from "./life_types.ts";

/** Money that came in or was given, as it was told. */
export interface NaiveSource extends Extract<MoneyEvent, { do: "pay" | "memo" }> {
  refunded: bigint;
  isGone: boolean;
}

/** What of a source is on a bill. */
export interface NaiveShare {
  source: string;
  bill: string;
  amount: bigint;
  /** Of that, what service is paid with: it is paid before the fees that are asked for beside it. */
  forService: bigint;
}

/** The money after so many events. */
export interface NaiveNow {
  at: number;
  sources: readonly NaiveSource[];
  shares: readonly NaiveShare[];
  /** Live bills in their order. */
  live: readonly LifeBill[];
}

/** What one subscriber's money has come to, counted again from the beginning with lists alone. */
export interface NaiveMoney {
  balances: Map<string, bigint>;
  credit: bigint;
  shares: NaiveShare[];
}

/** What a bill asks for service: without its fees, and less what was taken off. */
export function askedForService({ total, lines }: LifeBill, isVatOnTop: boolean): bigint {
  const fees = lines.filter(({ isFee }) => isFee);
  return total - fees.reduce((sum, { amount, vat }) => sum + amount + (isVatOnTop ? vat : 0n), 0n);
}

/**
 * Plays the events again: the target first, else all others before late fees, the oldest due bill, its oldest period, its
 * lowest number.
 *
 * @param look is shown the money before each event, and at the end
 */
export function naiveMoney(
  { events, bills, settings }: Pick<Life, "events" | "bills" | "settings">,
  look: (now: NaiveNow) => void = () => {},
): NaiveMoney {
  const open: string[] = [];
  const dead = new Set<string>();
  const sources: NaiveSource[] = [];
  let shares: NaiveShare[] = [];
  const byId = new Map(bills.map((bill) => [bill.id, bill]));
  const billOf = (id: string) => byId.get(id)!;
  const forService = new Map(
    bills.map((bill) => [bill.id, askedForService(bill, settings.tax === "vat_exclusive")]),
  );
  const paid = (id: string) => total(shares.filter((share) => share.bill === id));
  const left = (source: NaiveSource) =>
    source.isGone
      ? 0n
      : source.amount - source.refunded - total(shares.filter((share) => share.source === source.id));
  const order = () =>
    open.filter((id) => !dead.has(id)).map(billOf).sort((a, b) =>
      Number(a.isLateFee) - Number(b.isLateFee) || a.dueOn - b.dueOn || a.from - b.from ||
      a.id.length - b.id.length || (a.id < b.id ? -1 : 1)
    ).map((bill) => bill.id);
  const put = (source: NaiveSource, ids: readonly string[]) => {
    for (const id of ids) {
      const owed = billOf(id).total - paid(id);
      const most = left(source);
      const amount = owed < most ? owed : most;
      if (amount <= 0n) continue;
      const served = shares.filter((share) => share.bill === id)
        .reduce((sum, share) => sum + share.forService, 0n);
      const service = forService.get(id)! - served;
      shares.push({ source: source.id, bill: id, amount, forService: amount < service ? amount : service });
    }
  };
  const show = (at: number) =>
    look({ at, sources, shares, live: open.filter((id) => !dead.has(id)).map(billOf) });
  for (const [at, event] of events.entries()) {
    show(at);
    if (event.do === "mark") continue;
    if (event.do === "bill") open.push(event.id);
    if (event.do === "pay" || event.do === "memo") {
      const source = { ...event, refunded: 0n, isGone: false };
      sources.push(source);
      const ids = order();
      put(source, event.target !== null && ids.includes(event.target) ? [event.target, ...ids] : ids);
    }
    if (event.do === "void") {
      dead.add(event.id);
      shares = shares.filter((share) => share.bill !== event.id);
    }
    if (event.do === "reverse") {
      const reopened = shares.filter((share) => share.source === event.id).map((share) => share.bill);
      shares = shares.filter((share) => share.source !== event.id);
      for (const source of sources) if (source.id === event.id) source.isGone = true;
      // A memo of a bill that is owed again is for that one first.
      for (const memo of sources) {
        const { target } = memo;
        if (memo.do !== "memo" || target === null || !reopened.includes(target)) continue;
        if (!order().includes(target) || paid(target) >= billOf(target).total) continue;
        shares = shares.filter((share) => share.source !== memo.id || share.bill === target);
        put(memo, [target, ...order()]);
      }
    }
    if (event.do === "refund") {
      let rest = event.amount;
      for (const source of sources) {
        const amount = left(source) < rest ? left(source) : rest;
        source.refunded += amount;
        rest -= amount;
      }
    }
    if (event.do === "bill" && event.isWithNext === true) continue;
    // Nothing idles beside an open bill.
    for (const source of sources) put(source, order());
  }
  show(events.length);
  return {
    balances: new Map(open.map((id) => [id, dead.has(id) ? 0n : billOf(id).total - paid(id)])),
    credit: sources.reduce((sum, source) => sum + left(source), 0n),
    shares,
  };
}

function total(shares: readonly NaiveShare[]): bigint {
  return shares.reduce((sum, share) => sum + share.amount, 0n);
}
