import type { LifeBill, MoneyEvent } from "./life_types.ts";

interface Source {
  id: string;
  amount: bigint;
  kind: "pay" | "memo";
  refunded: bigint;
  isGone: boolean;
  target: string | null;
}

interface Share {
  source: string;
  bill: string;
  amount: bigint;
}

/** What one subscriber's money has come to, counted again from the beginning with lists alone. */
export interface NaiveMoney {
  balances: Map<string, bigint>;
  credit: bigint;
  shares: Share[];
}

/** Plays the events again: the target first, else all others before late fees, the oldest due bill, its oldest period, its lowest number. */
export function naiveMoney(events: readonly MoneyEvent[], bills: readonly LifeBill[]): NaiveMoney {
  const open: string[] = [];
  const dead = new Set<string>();
  const sources: Source[] = [];
  let shares: Share[] = [];
  const billOf = (id: string) => bills.find((bill) => bill.id === id)!;
  const paid = (id: string) => total(shares.filter((share) => share.bill === id));
  const left = (source: Source) =>
    source.isGone
      ? 0n
      : source.amount - source.refunded - total(shares.filter((share) => share.source === source.id));
  const order = () =>
    open.filter((id) => !dead.has(id)).map(billOf).sort((a, b) =>
      Number(a.isLateFee) - Number(b.isLateFee) || a.dueOn - b.dueOn || a.from - b.from ||
      a.id.length - b.id.length || (a.id < b.id ? -1 : 1)
    ).map((bill) => bill.id);
  const put = (source: Source, ids: readonly string[]) => {
    for (const id of ids) {
      const owed = billOf(id).total - paid(id);
      const most = left(source);
      const amount = owed < most ? owed : most;
      if (amount > 0n) shares.push({ source: source.id, bill: id, amount });
    }
  };
  for (const event of events) {
    if (event.do === "bill") open.push(event.id);
    if (event.do === "pay" || event.do === "memo") {
      const { id, amount, do: kind, target } = event;
      const source: Source = { id, amount, kind, refunded: 0n, isGone: false, target };
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
      // A memo of a bill that is owed again comes back to it.
      for (const share of [...shares]) {
        const memo = sources.find((source) => source.id === share.source)!;
        const { target } = memo;
        if (memo.kind !== "memo" || target === null || target === share.bill) continue;
        if (!reopened.includes(target) || !shares.includes(share) || !order().includes(target)) continue;
        if (paid(target) >= billOf(target).total) continue;
        shares = shares.filter((other) => other.source !== memo.id || other.bill === target);
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
  return {
    balances: new Map(open.map((id) => [id, dead.has(id) ? 0n : billOf(id).total - paid(id)])),
    credit: sources.reduce((sum, source) => sum + left(source), 0n),
    shares,
  };
}

function total(shares: readonly Share[]): bigint {
  return shares.reduce((sum, share) => sum + share.amount, 0n);
}
