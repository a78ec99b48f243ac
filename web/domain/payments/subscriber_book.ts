import { type Centavos, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import { pastGraceCentavos } from "../cuts/past_grace.ts";
import type { Leg, PaymentMethod } from "./accounts.ts";
import {
  allocatePayment,
  applyCredit,
  type CreditShare,
  type CreditSource,
  type OpenBalance,
} from "./allocate.ts";
import { drawRefund } from "./corrections.ts";
import {
  legsOfAllocation,
  legsOfBillIssued,
  legsOfBillVoided,
  legsOfCreditMemo,
  legsOfPaymentPosted,
  legsOfPaymentReversed,
  legsOfRefund,
  legsOfRelease,
} from "./postings.ts";

/** Something that happens to the money of one subscriber. */
export type BookEvent =
  | {
    kind: "issue";
    billId: string;
    amountCentavos: Centavos;
    dueOn: Temporal.PlainDate;
    /** @default the due date */
    periodStart?: Temporal.PlainDate;
    /** For paying late alone: all others are paid before it. @default false */
    isFee?: boolean;
  }
  | {
    kind: "pay";
    paymentId: string;
    amountCentavos: Centavos;
    method?: PaymentMethod;
    targetBillId?: string;
    /** Reference of the gateway or bank; one reference is one payment. */
    reference?: string;
  }
  | { kind: "memo"; memoId: string; amountCentavos: Centavos; targetBillId?: string }
  | { kind: "void"; billId: string }
  | { kind: "reverse"; paymentId: string }
  | { kind: "refund"; refundId: string; amountCentavos: Centavos };

/** A bill in the book. */
export interface BookBill {
  /** Unique in the book. */
  billId: string;
  /** What was asked. */
  totalCentavos: Centavos;
  /** What is still owed; zero once void. */
  balanceCentavos: Centavos;
  /** The last day to pay in time. */
  dueOn: Temporal.PlainDate;
  /** The first day that it charges. */
  periodStart: Temporal.PlainDate;
  /** For paying late alone. */
  isFee: boolean;
  /** Kept on record, owed no more. */
  isVoid: boolean;
}

/** The book after the events so far. */
export interface BookState {
  /** In the order of issue, void ones too. */
  bills: BookBill[];
  /** Money that no bill has needed yet. */
  creditCentavos: Centavos;
  /** Live allocations in the order in which they were made. */
  allocations: CreditShare[];
  /** Every ledger leg so far, in order. */
  legs: Leg[];
}

interface Source {
  sourceId: string;
  amountCentavos: Centavos;
  refundedCentavos: Centavos;
  method: PaymentMethod | "memo";
  /** The bill that it was meant for. */
  targetBillId: string | null;
}

const SUBSCRIBER_ID = "subscriber";

/**
 * The rules of allocation, credit, void and reversal for one subscriber, in memory: the model that the services and
 * the database are tested against. {@link SubscriberBook.apply} answers whether the event was accepted.
 */
export class SubscriberBook {
  #bills: BookBill[] = [];
  #sources: Source[] = [];
  #allocations: CreditShare[] = [];
  #legs: Leg[] = [];
  #references = new Set<string>();

  /** Applies one event. False: refused, and nothing has changed. */
  apply(event: BookEvent): boolean {
    if (!this.#accepts(event)) return false;
    switch (event.kind) {
      case "issue":
        this.#issue(event);
        break;
      case "pay":
        if (event.reference !== undefined) this.#references.add(event.reference);
        this.#receive(
          event.paymentId,
          event.amountCentavos,
          event.method ?? "cash",
          event.targetBillId ?? null,
        );
        break;
      case "memo":
        this.#receive(event.memoId, event.amountCentavos, "memo", event.targetBillId ?? null);
        break;
      case "void":
        this.#void(event.billId);
        break;
      case "reverse":
        this.#reverse(event.paymentId);
        break;
      case "refund":
        this.#refund(event.amountCentavos);
        break;
    }
    this.#spendCredit();
    return true;
  }

  /** A copy of the book as it stands. */
  state(): BookState {
    return {
      bills: this.#bills.map((bill) => ({ ...bill })),
      creditCentavos: this.#credit(),
      allocations: this.#allocations.map((share) => ({ ...share })),
      legs: [...this.#legs],
    };
  }

  /** What is owed past grace on a date; see {@link pastGraceCentavos}. */
  pastGrace(today: Temporal.PlainDate, graceDays: number): Centavos {
    return pastGraceCentavos(this.#bills.map((bill) => ({ ...bill, graceDays })), today);
  }

  #accepts(event: BookEvent): boolean {
    switch (event.kind) {
      case "issue":
        return event.amountCentavos >= 0n && this.#bills.every((bill) => bill.billId !== event.billId);
      case "pay":
        return event.amountCentavos > 0n && !this.#references.has(event.reference ?? "");
      case "memo":
        return event.amountCentavos > 0n;
      case "void":
        return this.#bills.some((bill) => bill.billId === event.billId && !bill.isVoid);
      case "reverse":
        return this.#sources.some((source) => source.sourceId === event.paymentId && isReversible(source));
      case "refund":
        return event.amountCentavos > 0n && event.amountCentavos <= this.#credit();
    }
  }

  #issue(event: Extract<BookEvent, { kind: "issue" }>): void {
    const { billId, dueOn, periodStart = dueOn, isFee = false, amountCentavos } = event;
    this.#bills.push({
      billId,
      dueOn,
      periodStart,
      totalCentavos: amountCentavos,
      balanceCentavos: amountCentavos,
      isFee,
      isVoid: false,
    });
    this.#legs.push(...legsOfBillIssued(billed(amountCentavos)));
  }

  #receive(
    sourceId: string,
    amountCentavos: Centavos,
    method: Source["method"],
    targetBillId: string | null,
  ): void {
    const { allocations } = allocatePayment({ amountCentavos, targetBillId, openBills: this.#open() });
    this.#sources.push({ sourceId, amountCentavos, method, refundedCentavos: ZERO, targetBillId });
    this.#legs.push(...legsOfSource(method, amountCentavos));
    for (const share of allocations) this.#allocate({ sourceId, ...share });
  }

  #void(billId: string): void {
    this.#release((share) => share.billId === billId);
    for (const bill of this.#bills) {
      if (bill.billId !== billId) continue;
      this.#legs.push(...legsOfBillVoided(billed(bill.totalCentavos)));
      bill.isVoid = true;
      bill.balanceCentavos = ZERO;
    }
  }

  #reverse(paymentId: string): void {
    const reopened = this.#allocations.filter((share) => share.sourceId === paymentId).map((share) =>
      share.billId
    );
    this.#release((share) => share.sourceId === paymentId);
    const source = this.#sources.find(({ sourceId }) => sourceId === paymentId);
    if (source === undefined || source.method === "memo") return;
    const payment = {
      subscriberId: SUBSCRIBER_ID,
      method: source.method,
      amountCentavos: source.amountCentavos,
    };
    this.#legs.push(...legsOfPaymentReversed(payment));
    this.#sources = this.#sources.filter((other) => other !== source);
    this.#callMemosBack(reopened);
  }

  /**
   * A memo for a bill that was paid has paid another one, or waits as credit: where its bill is owed again, all of it is for
   * that one first.
   */
  #callMemosBack(billIds: readonly string[]): void {
    for (const source of this.#sources) {
      const { sourceId, method, targetBillId } = source;
      if (method !== "memo" || targetBillId === null || !billIds.includes(targetBillId)) continue;
      if (!this.#open().some((bill) => bill.billId === targetBillId)) continue;
      this.#release((share) => share.sourceId === sourceId && share.billId !== targetBillId);
      const amountCentavos = this.#available(source);
      if (amountCentavos <= ZERO) continue;
      const { allocations } = allocatePayment({ amountCentavos, targetBillId, openBills: this.#open() });
      for (const share of allocations) this.#allocate({ sourceId, ...share });
    }
  }

  #refund(amountCentavos: Centavos): void {
    const shares = drawRefund(amountCentavos, this.#credits()) ?? [];
    for (const source of this.#sources) {
      const share = shares.find(({ sourceId }) => sourceId === source.sourceId);
      source.refundedCentavos = sum([source.refundedCentavos, share?.amountCentavos ?? ZERO]);
    }
    this.#legs.push(...legsOfRefund({ subscriberId: SUBSCRIBER_ID, amountCentavos }));
  }

  #spendCredit(): void {
    for (const share of applyCredit({ sources: this.#credits(), openBills: this.#open() })) {
      this.#allocate(share);
    }
  }

  #allocate(share: CreditShare): void {
    this.#allocations.push(share);
    this.#legs.push(
      ...legsOfAllocation({ subscriberId: SUBSCRIBER_ID, amountCentavos: share.amountCentavos }),
    );
    const bill = this.#bills.find(({ billId }) => billId === share.billId);
    if (bill !== undefined) bill.balanceCentavos = subtract(bill.balanceCentavos, share.amountCentavos);
  }

  #release(isReleased: (share: CreditShare) => boolean): void {
    for (const share of this.#allocations.filter(isReleased)) {
      this.#legs.push(
        ...legsOfRelease({ subscriberId: SUBSCRIBER_ID, amountCentavos: share.amountCentavos }),
      );
      const bill = this.#bills.find(({ billId }) => billId === share.billId);
      if (bill !== undefined) bill.balanceCentavos = sum([bill.balanceCentavos, share.amountCentavos]);
    }
    this.#allocations = this.#allocations.filter((share) => !isReleased(share));
  }

  #open(): OpenBalance[] {
    return this.#bills.filter((bill) => !bill.isVoid && bill.balanceCentavos > 0n)
      .map((bill) => ({ ...bill, number: bill.billId }));
  }

  #credits(): CreditSource[] {
    return this.#sources.map((source) => ({
      sourceId: source.sourceId,
      availableCentavos: this.#available(source),
    }));
  }

  #available(source: Source): Centavos {
    const shares = this.#allocations.filter(({ sourceId }) => sourceId === source.sourceId);
    const spent = sum([source.refundedCentavos, ...shares.map((share) => share.amountCentavos)]);
    return subtract(source.amountCentavos, spent);
  }

  #credit(): Centavos {
    return sum(this.#sources.map((source) => this.#available(source)));
  }
}

/** Money that has been paid back to the subscriber cannot bounce as well. */
function isReversible(source: Source): boolean {
  return source.method !== "memo" && source.refundedCentavos === 0n;
}

function billed(amountCentavos: Centavos) {
  return { subscriberId: SUBSCRIBER_ID, lines: [{ kind: "recurring" as const, amountCentavos }] };
}

function legsOfSource(method: Source["method"], amountCentavos: Centavos): Leg[] {
  return method === "memo"
    ? legsOfCreditMemo({ subscriberId: SUBSCRIBER_ID, amountCentavos })
    : legsOfPaymentPosted({ subscriberId: SUBSCRIBER_ID, method, amountCentavos });
}
