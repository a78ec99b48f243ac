import type { Day, Life, LifeBill, LifeDispute, LifeLateFee } from "./life_types.ts";
import { dayText, shareOf } from "./naive.ts";
import { askedForService, type NaiveNow } from "./naive_money.ts";

/**
 * Late fees again, from the events alone: each is of what was unpaid in time when it was charged, no late bill was left
 * out by the last run, and none stands that is more than what is right now.
 */
export class LateJudge {
  readonly problems: string[] = [];
  #life: Life;
  #told: NonNullable<Life["lateFees"]> | null;
  #bills: ReadonlyMap<string, LifeBill>;
  #chargedAt = new Map<string, number>();

  constructor(life: Life) {
    this.#life = life;
    this.#told = life.lateFees;
    this.#bills = new Map(life.bills.map((bill) => [bill.id, bill]));
    for (const [at, event] of life.events.entries()) {
      if (event.do === "bill") this.#chargedAt.set(event.id, at);
    }
  }

  look(now: NaiveNow): void {
    if (this.#told === null) return;
    const event = this.#life.events[now.at];
    if (event?.do === "bill" && this.#bills.get(event.id)!.isLateFee) {
      this.#charged(now, this.#bills.get(event.id)!);
    }
    if (now.at === this.#told.chargedAt) this.#leftOut(now, this.#told.chargedOn);
    if (now.at === this.#life.events.length) this.#standing(now);
  }

  #charged(now: NaiveNow, feeBill: LifeBill): void {
    const fee = this.#told!.fees.find((one) => one.feeBill === feeBill.id);
    const bill = this.#bills.get(fee?.bill ?? "");
    if (fee === undefined || bill === undefined) return this.#say(feeBill, "is a late fee of no bill");
    const right = this.#rightFee(now, bill);
    const { amount } = feeBill.lines[0]!;
    if (amount !== right) this.#say(feeBill, `is ${amount}, should be ${right} for ${bill.id}`);
    const from = this.#costsFrom(bill, now.at);
    if (feeBill.issuedOn < from) this.#say(feeBill, `is charged before ${dayText(from)}`);
    const others = this.#told!.fees.filter((one) => one !== fee && one.bill === bill.id);
    if (others.some((one) => this.#stands(one, now.at))) this.#say(feeBill, `is a second one for ${bill.id}`);
  }

  /** After a run nobody owes a fee that was not charged. */
  #leftOut(now: NaiveNow, today: Day): void {
    for (const bill of now.live) {
      if (bill.isLateFee || this.#costsFrom(bill, now.at) > today) continue;
      if (this.#told!.fees.some((fee) => fee.bill === bill.id && this.#stands(fee, now.at))) continue;
      const right = this.#rightFee(now, bill);
      if (right > 0n) this.#say(bill, `was late, and ${right} was not charged`);
    }
  }

  #standing(now: NaiveNow): void {
    for (const fee of this.#told!.fees) {
      if (!this.#stands(fee, now.at)) continue;
      const feeBill = this.#bills.get(fee.feeBill)!;
      const given = now.sources.filter(({ target }) => target === feeBill.id)
        .reduce((sum, { do: what, amount }) => what === "memo" ? sum + amount : sum, 0n);
      // A person has waived it.
      if (feeBill.isVoid || given >= feeBill.total) continue;
      const bill = this.#bills.get(fee.bill)!;
      if (bill.isVoid) this.#say(feeBill, `stands, and ${bill.id} is void`);
      // What is disputed is decided first.
      else if (this.#disputes(bill, now.at).every(({ decidedOn }) => decidedOn !== null)) {
        const right = this.#rightFee(now, bill);
        const { amount } = feeBill.lines[0]!;
        // One that stands is not raised, and what is less than a centavo lowers nothing.
        const isTooMuch = this.#unpaid(now, bill) === 0n || right > 0n && right < amount;
        if (isTooMuch) this.#say(feeBill, `stands at ${amount}, and ${right} is right for ${bill.id}`);
      }
    }
  }

  #stands(fee: LifeLateFee, at: number): boolean {
    return this.#chargedAt.get(fee.feeBill)! < at && (!fee.isEnded || fee.endedAt >= at);
  }

  #disputes(bill: LifeBill, at: number): LifeDispute[] {
    return this.#life.disputes.filter((one) => one.bill === bill.id && one.openedAt! <= at);
  }

  /**
   * The first day past the days that cost nothing. What stays owed after a dispute waits until its grace is over; what was
   * paid while it lasted was in time. One that was won before that day has not moved it.
   */
  #costsFrom(bill: LifeBill, at: number): Day {
    const { graceDays, minNoticeDays, lateAfterDays } = this.#life.settings;
    let from = bill.dueOn + lateAfterDays + 1;
    let grace = bill.dueOn + graceDays;
    for (const { decidedOn, decidedAt, wasPaid, isUpheld } of this.#disputes(bill, at)) {
      if (decidedOn === null || decidedAt! > at) continue;
      if (!wasPaid) grace = Math.max(grace, decidedOn + Math.max(graceDays, minNoticeDays, 1));
      const hasFee = this.#told!.fees.some((fee) => fee.bill === bill.id && this.#stands(fee, decidedAt!));
      const isWonBefore = isUpheld === true && from > decidedOn;
      if (!hasFee && !isWonBefore) from = Math.max(from, grace + 1, decidedOn + 1);
    }
    return from;
  }

  #rightFee(now: NaiveNow, bill: LifeBill): bigint {
    const { lateFee, tax } = this.#life.settings;
    const unpaid = this.#unpaid(now, bill);
    if (lateFee === null || unpaid === 0n) return 0n;
    if (lateFee.kind === "flat") return BigInt(lateFee.centavos);
    const served = bill.lines.filter(({ amount, isFee }) => amount > 0n && !isFee);
    const priced = served.reduce((sum, { amount }) => sum + amount, 0n);
    const asked = tax === "vat_exclusive" ? served.reduce((sum, { vat }) => sum + vat, priced) : priced;
    const principal = (2n * unpaid * priced + asked) / (2n * asked);
    return shareOf(principal, lateFee.basisPoints, 10_000);
  }

  /** Of the service of a bill, when its fee began; neither what is disputed nor what it should not have asked for. */
  #unpaid({ at, shares, sources }: NaiveNow, bill: LifeBill): bigint {
    const { tax } = this.#life.settings;
    const from = this.#costsFrom(bill, at);
    let service = askedForService(bill, tax === "vat_exclusive");
    let fees = bill.total - service;
    let elsewhere = 0n;
    for (const source of sources) {
      const here = shares.filter((share) => share.source === source.id && share.bill === bill.id);
      const corrects = source.isCorrection === true && source.target === bill.id;
      if (corrects || source.receivedOn! < from) {
        for (const { amount, forService } of here) {
          service -= forService;
          fees -= amount - forService;
        }
      }
      if (corrects) elsewhere += source.amount - here.reduce((sum, { amount }) => sum + amount, 0n);
    }
    const open = this.#disputes(bill, at).find(({ decidedAt }) => decidedAt === undefined || decidedAt > at);
    const disputed = open === undefined || open.amount <= fees ? 0n : open.amount - fees;
    const unpaid = service - disputed - elsewhere;
    return unpaid > 0n ? unpaid : 0n;
  }

  #say(bill: LifeBill, what: string): void {
    if (this.problems.length < 3) this.problems.push(`LF ${bill.id} ${what}`);
  }
}
