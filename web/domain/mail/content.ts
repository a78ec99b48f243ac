import type { Centavos } from "@/shared/money/mod.ts";
import type { BillStatus } from "../billing/mod.ts";
import type { LogoType } from "../settings/mod.ts";

/** What a mail tells, as the books have it when it is made. */
export interface MailFacts {
  /** Of the subscriber. */
  name: string;
  account: string;
  told: Told;
  /** The Statement of Account that goes with it; null: none. */
  statement: MailStatement | null;
  /** Where the subscriber says which mails they want; null where the mail is none that one may do without. */
  wishesLink: string | null;
}

/** What an attached statement says, which is of another day than the mail. */
export interface MailStatement {
  on: Temporal.PlainDate;
  /** What was owed then; negative: credit. */
  owedCentavos: Centavos;
}

/** What is left to pay on other bills than those that a mail is about. */
export interface OtherBills {
  leftCentavos: Centavos;
  /** Each was due before. */
  areBefore: boolean;
}

/** A bill in a mail. */
export interface MailBill {
  number: string;
  /** Half-open. */
  period: { start: Temporal.PlainDate; end: Temporal.PlainDate };
  dueOn: Temporal.PlainDate;
  totalCentavos: Centavos;
  leftCentavos: Centavos;
  status: BillStatus;
  /** Bought up front: its period is what is paid for. */
  isPrepaid: boolean;
  /** How much of it credit paid in the moment in which it was issued. */
  byCreditCentavos: Centavos;
  /** Its public page. */
  link: string;
}

/** A bill that a payment went to. */
export type PaidBill = Pick<MailBill, "number" | "period" | "dueOn" | "leftCentavos" | "link"> & {
  paidCentavos: Centavos;
};

/** What is known of the router of a connection: it was read as the books want it, it is told so, or none is managed. */
export type OnRouter = "done" | "under_way" | "unmanaged";

/** A connection that is brought back. */
export interface RestoredLine {
  plan: string;
  onRouter: OnRouter;
}

/** Days that were paid up front, and what the next ones cost. */
export interface PrepaidLine {
  /** Last day that is paid for. */
  paidUntil: Temporal.PlainDate | null;
  /** What it bought last, at the price of now; null where that is not sold or nothing was bought. */
  renewal: { unit: "days" | "months"; count: number; priceCentavos: Centavos } | null;
}

/** What happened, by occasion. */
export type Told =
  | { occasion: "bill_issued"; bill: MailBill; others: OtherBills | null }
  | {
    occasion: "reminder";
    /** At least one; what is paid, void or disputed by now is left out where others are not. */
    bills: readonly MailBill[];
    leftCentavos: Centavos;
    /** To the due date; negative past it. */
    daysLeft: number;
    others: OtherBills | null;
  }
  | {
    occasion: "payment_received";
    number: string;
    amountCentavos: Centavos;
    receivedOn: Temporal.PlainDate;
    /** Taken back since: nothing of it counts. */
    isReversed: boolean;
    bills: readonly PaidBill[];
    /** What stays open on all bills. */
    leftCentavos: Centavos;
    /** What waits for the next bill. */
    creditCentavos: Centavos;
    restored: readonly RestoredLine[];
    link: string | null;
  }
  | {
    occasion: "cut_notice";
    plan: string;
    cutOn: Temporal.PlainDate;
    cutTime: Temporal.PlainTime;
    /** What is to be paid so that it stays on, which may be nothing; null where it is not known. */
    keepsOnCentavos: Centavos | null;
    /** Of a connection that pays up front; it is kept on by new days and not by an amount. */
    prepaid: PrepaidLine | null;
    bill: MailBill | null;
  }
  | {
    occasion: "cut";
    plan: string;
    onRouter: OnRouter;
    /** What is to be paid so that it comes back; null where it is not known. */
    backCentavos: Centavos | null;
    isPrepaid: boolean;
    bill: MailBill | null;
  }
  | ({ occasion: "restored" } & RestoredLine)
  | {
    occasion: "hold_granted";
    plan: string;
    untilOn: Temporal.PlainDate;
    owedCentavos: Centavos;
    bill: MailBill | null;
  }
  | {
    occasion: "credit_given";
    number: string;
    amountCentavos: Centavos;
    /** In the company's words, or a stored code. */
    why: string;
    isVoided: boolean;
    /** What of it is off bills now. */
    appliedCentavos: Centavos;
    /** What of it waits for the next bill. */
    waitingCentavos: Centavos;
    leftCentavos: Centavos;
    creditCentavos: Centavos;
    link: string | null;
  };

/** Whose mail it is, and what it looks like. */
export interface MailBrand {
  company: string;
  /** `#rrggbb`; null: Linya's. */
  colour: string | null;
  logo: { type: LogoType; bytes: Uint8Array } | null;
  phone: string | null;
  email: string | null;
  address: string | null;
  /** Lines in the company's words. */
  waysToPay: string | null;
}
