import { graceAfterDispute } from "@/web/domain/billing/mod.ts";
import type { Day, LifeBill, LifeDispute, LifeSettings, MoneyEvent } from "./life_types.ts";
import { dateOf } from "./pure_connection.ts";

/** Disputes of one subscriber, as the table keeps them, with the days of grace that bills have come to. */
export class PureDisputes {
  readonly all: LifeDispute[] = [];
  #grace = new Map<string, number>();
  /** Money events that were there when a bill's open dispute began. */
  #since = new Map<string, number>();
  #settings: LifeSettings;

  constructor(settings: LifeSettings) {
    this.#settings = settings;
  }

  openOf(bill: string): LifeDispute | undefined {
    return this.all.find((dispute) => dispute.bill === bill && dispute.decidedOn === null);
  }

  graceOf({ id }: LifeBill): number {
    return this.#grace.get(id) ?? this.#settings.graceDays;
  }

  open(dispute: LifeDispute, eventsBefore: number): void {
    this.all.push(dispute);
    this.#since.set(dispute.bill, eventsBefore);
  }

  /** What it gives back when it is upheld: memos since it was opened count for it, and no bill is given back twice. */
  amountUpheld(bill: LifeBill, events: readonly MoneyEvent[]): bigint {
    const memos = (from: number) =>
      events.slice(from).reduce(
        (sum, event) => event.do === "memo" && event.target === bill.id ? sum + event.amount : sum,
        0n,
      );
    const open = this.openOf(bill.id)!.amount - memos(this.#since.get(bill.id)!);
    const left = bill.total - memos(0);
    return open < left ? open : left;
  }

  decide(
    bill: LifeBill,
    { today, isPaid, ...more }: { today: Day; isPaid: boolean; decidedAt: number; isUpheld: boolean },
  ): void {
    Object.assign(this.openOf(bill.id)!, { decidedOn: today, wasPaid: isPaid, ...more });
    if (isPaid) return;
    const facts = { dueOn: dateOf(bill.dueOn), graceDays: this.graceOf(bill) };
    this.#grace.set(bill.id, graceAfterDispute(facts, this.#settings, dateOf(today)));
  }
}
