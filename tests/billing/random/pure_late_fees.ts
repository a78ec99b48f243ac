import { centavos } from "@/shared/money/mod.ts";
import { type LateFee, lateFeeChange, lateFeeTerms, latePrincipal } from "@/web/domain/billing/mod.ts";
import { correctionOf } from "@/web/domain/payments/mod.ts";
import type { Day, LifeBill, LifeLateFee, LifeSettings } from "./life_types.ts";
import { dateOf, dayOf } from "./pure_connection.ts";
import type { PureMoney } from "./pure_money.ts";

/** What paying a bill late costs, as the bill keeps it. */
interface Terms {
  bill: LifeBill;
  fee: LateFee;
  costsFromOn: Day;
  /** Null: a run has looked at it. */
  lookOn: Day | null;
}

interface Fee extends LifeLateFee {
  amount: bigint;
}

/** What a life does for its late fees. */
export interface FeeBooks {
  money: PureMoney;
  disputed(bill: LifeBill): bigint;
  /** Issues the fee of a late bill. */
  charge(late: LifeBill, amount: bigint): LifeBill;
  takeBack(bill: LifeBill): void;
  giveBack(bill: LifeBill, amount: bigint): void;
}

/** Late fees of one subscriber: what the services of `late_fees.ts` do with what the pure rules say. */
export class PureLateFees {
  readonly all: Fee[] = [];
  /** For the judge: how far the money was when the last run was through. */
  charged = { at: 0, on: 0 };
  #terms: Terms[] = [];
  #settings: LifeSettings;
  #books: FeeBooks;

  constructor(settings: LifeSettings, books: FeeBooks) {
    this.#settings = settings;
    this.#books = books;
  }

  /** A bill of a run says what paying it late costs. */
  note(bill: LifeBill): void {
    const { lateFee, lateAfterDays } = this.#settings;
    if (lateFee === null) return;
    const fee: LateFee = lateFee.kind === "flat"
      ? { kind: "flat", amountCentavos: centavos(lateFee.centavos) }
      : { kind: "percent", rateBp: lateFee.basisPoints };
    const terms = lateFeeTerms(dateOf(bill.dueOn), { lateFee: fee, lateAfterDays });
    const on = dayOf(terms!.costsFromOn);
    this.#terms.push({ bill, fee: terms!.fee, costsFromOn: on, lookOn: on });
  }

  /** The run of a day. */
  run(today: Day): void {
    for (const terms of this.#terms) {
      if (terms.lookOn === null || terms.lookOn > today) continue;
      terms.lookOn = null;
      if (terms.bill.isVoid) continue;
      const change = this.#change(terms, today);
      if (change > 0n) this.#charge(terms, change);
    }
    this.charged = { at: this.#books.money.events.length, on: today };
  }

  /** After a posting that changed what was paid in time. */
  settle(today: Day): void {
    const live = this.#terms.filter(({ bill, costsFromOn }) => !bill.isVoid && costsFromOn <= today);
    for (const { terms, change } of live.map((terms) => ({ terms, change: this.#change(terms, today) }))) {
      const fee = this.standingOf(terms.bill);
      if (fee === undefined) {
        if (change > 0n && terms.lookOn === null) terms.lookOn = terms.costsFromOn;
        continue;
      }
      if (change >= 0n || !this.#giveBack(fee)) continue;
      if (fee.amount + change > 0n) this.#charge(terms, fee.amount + change);
    }
  }

  /** The fee of a bill that was taken back goes with it. */
  endOfVoid(bill: LifeBill): void {
    const fee = this.standingOf(bill);
    if (fee !== undefined) this.#giveBack(fee);
  }

  /** What stays owed after a dispute costs again, not before the day after its grace. */
  arm(
    bill: LifeBill,
    { today, until, isUpheld }: { today: Day; until: Day; isUpheld: boolean },
  ): void {
    const terms = this.#terms.find((one) => one.bill === bill);
    if (terms === undefined || this.standingOf(bill) !== undefined) return;
    if (isUpheld && terms.costsFromOn > today) return;
    terms.costsFromOn = terms.lookOn = Math.max(terms.costsFromOn, until + 1, today + 1);
  }

  standingOf(bill: LifeBill): Fee | undefined {
    return this.all.find((fee) => fee.bill === bill.id && !fee.isEnded);
  }

  #feeBill = new Map<string, LifeBill>();

  #charge({ bill }: Terms, amount: bigint): void {
    const feeBill = this.#books.charge(bill, amount);
    this.#feeBill.set(feeBill.id, feeBill);
    this.all.push({ bill: bill.id, feeBill: feeBill.id, isEnded: false, endedAt: 0, amount });
  }

  #giveBack(fee: Fee): boolean {
    const { money } = this.#books;
    const bill = this.#feeBill.get(fee.feeBill)!;
    const given = money.givenBack(bill.id);
    if (bill.isVoid || given >= bill.total) return false;
    Object.assign(fee, { isEnded: true, endedAt: money.events.length });
    const correction = correctionOf({
      totalCentavos: centavos(bill.total),
      paidCentavos: centavos(bill.total - money.owed(bill)),
      isReported: false,
      isPurchase: false,
    });
    if (given === 0n && correction.kind === "void") this.#books.takeBack(bill);
    else this.#books.giveBack(bill, bill.total - given);
    return true;
  }

  /** Of what was owed on the day before, as the books know it now. */
  #change({ bill, fee, costsFromOn }: Terms, today: Day): bigint {
    const { money } = this.#books;
    const inTime = money.openLines(
      bill,
      ({ receivedOn, corrects }) => receivedOn < costsFromOn || corrects === bill.id,
    );
    const openOf = (isCharge: boolean) =>
      inTime.filter(({ kind }) => (kind === "recurring") === isCharge)
        .reduce((total, { openCentavos }) => total + openCentavos, 0n);
    const charges = bill.lines.filter(({ amount, isFee }) => amount > 0n && !isFee);
    const vat = this.#settings.tax === "vat_exclusive"
      ? charges.reduce((total, line) => total + line.vat, 0n)
      : 0n;
    const elsewhere = money.memos.filter(({ corrects }) => corrects === bill.id)
      .reduce((total, memo) => total + memo.amount - money.sharedWith(memo.id, bill.id), 0n);
    const { principalCentavos } = latePrincipal({
      owedCentavos: centavos(openOf(true)),
      owedFeesCentavos: centavos(openOf(false)),
      disputedCentavos: centavos(this.#books.disputed(bill)),
      correctedCentavos: centavos(elsewhere),
      chargedCentavos: centavos(charges.reduce((total, { amount }) => total + amount, vat)),
      vatOnTopCentavos: centavos(vat),
    });
    return lateFeeChange({
      principalCentavos,
      fee,
      costsFromOn: dateOf(costsFromOn),
      chargedCentavos: centavos(this.standingOf(bill)?.amount ?? 0n),
      asOf: dateOf(today),
    });
  }
}
