/** What a random life is told in: whole days, and centavos as bigint; nothing of the engine. Days count from 1 Jan 1970. */
export type Day = number;

/** How a history is billed. */
export interface LifeSettings {
  timing: "arrears" | "advance";
  anchorDay: number;
  leadDays: number;
  termsDays: number;
  graceDays: number;
  minNoticeDays: number;
  firstBill: "prorate" | "full" | "free" | "stub_plus_full" | "merge_stub_lt";
  mergeStubLtDays: number;
  proration: "actual" | "days30";
  policy: "charge" | "skip";
  stopAfter: number;
  tax: "non_vat" | "vat_inclusive" | "vat_exclusive";
  /** Basis points. */
  vatRate: number;
  /** Centavos for each cut that a posting lifts; 0: none. */
  reconnectionFee: number;
  /** For paying late: centavos, or basis points of what was unpaid; null: it costs nothing. */
  lateFee: { kind: "flat"; centavos: number } | { kind: "percent"; basisPoints: number } | null;
  /** Days past due that cost nothing. */
  lateAfterDays: number;
}

/** Why a connection was off, half-open; null while it stands. */
export interface Off {
  reason: "vacation" | "admin" | "abuse" | "nonpayment";
  from: Day;
  until: Day | null;
}

/** A price of a plan as it was agreed. */
export interface Agreed {
  on: Day;
  from: Day | null;
  price: bigint;
}

/** What one connection pays in place of the plan's price. */
export interface OwnAgreed {
  on: Day;
  from: Day;
  /** Null: no end. */
  last: Day | null;
  /** A period is divided at its days; otherwise one costs what counts on its first day. */
  isByDay: boolean;
  /** Null: on every plan. */
  plan: string | null;
  kind: "price" | "amount_off" | "percent_off";
  amount: bigint;
  basisPoints: number;
}

/** A bill, or a part of it, that the subscriber says is wrong. */
export interface LifeDispute {
  bill: string;
  amount: bigint;
  openedOn: Day;
  /** Null while it is open. */
  decidedOn: Day | null;
  /** Nothing was owed on the bill when it was decided. */
  wasPaid: boolean;
  /** How many events of money were before each, and whether it was upheld; not told of what the database tells. */
  openedAt?: number;
  decidedAt?: number;
  isUpheld?: boolean;
}

/** A plan that a connection was given, and from which day. */
export interface Given {
  plan: string;
  agreedOn: Day;
  from: Day;
}

/** A stretch of days as the engine keeps it. */
export interface LifePeriod {
  from: Day;
  until: Day;
  state: "billed" | "to_bill_again" | "never";
  bill: string | null;
  why: string | null;
  firstBilledOn: Day | null;
}

/** A line of a bill. */
export interface LifeLine {
  connection: string;
  from: Day;
  until: Day;
  /** As it was priced: without the VAT that came on top of it. */
  amount: bigint;
  /** On it, or in it. */
  vat: bigint;
  /** For paying late or coming back: it charges no days. */
  isFee: boolean;
}

/** A bill with everything that was put on it. */
export interface LifeBill {
  id: string;
  connection: string;
  issuedOn: Day;
  dueOn: Day;
  from: Day;
  until: Day;
  total: bigint;
  /** In the total. */
  vat: bigint;
  /** For paying late alone: money pays all others first. */
  isLateFee: boolean;
  lines: LifeLine[];
  isAgain: boolean;
  isVoid: boolean;
  voidedOn: Day | null;
}

/** A fee for paying a bill late. */
export interface LifeLateFee {
  /** The late one. */
  bill: string;
  /** The one that asks for the fee. */
  feeBill: string;
  /** Given back since; a person who waives it leaves it standing. */
  isEnded: boolean;
  /** How many events of money were before that. */
  endedAt: number;
}

/** What happened to one subscriber's money, in order. */
export type MoneyEvent =
  /** With the next one: both were there before credit was put on either. */
  | { do: "bill"; id: string; isWithNext?: boolean }
  | {
    do: "pay" | "memo";
    id: string;
    amount: bigint;
    target: string | null;
    /** Money of that day, however late it was recorded. */
    receivedOn?: Day;
    /** What the target should not have asked for. */
    isCorrection?: boolean;
  }
  | { do: "void"; id: string }
  | { do: "reverse"; id: string }
  | { do: "refund"; amount: bigint }
  /** Something else was done, and in the order of events is to be told from what came before. */
  | { do: "mark" };

/** A connection's life: what was done with it and what the engine made of it. */
export interface LifeConnection {
  id: string;
  activatedOn: Day;
  billedThrough: Day | null;
  given: Given[];
  own: OwnAgreed[];
  offs: Off[];
  periods: LifePeriod[];
  /** Cuts that were lifted and that no live bill asks for; null: not told. */
  waitingFees: number | null;
}

/** What the engine says of the money at the end. */
export interface LifeMoney {
  balances: ReadonlyMap<string, bigint>;
  credit: bigint;
  shares: { source: string; bill: string; amount: bigint }[];
  /** Sums of the ledger's legs. */
  receivable: bigint;
  subscriberCredit: bigint;
  allLegs: bigint;
}

/** All of it, for the judge. */
export interface Life {
  settings: LifeSettings;
  today: Day;
  prices: ReadonlyMap<string, readonly Agreed[]>;
  connections: readonly LifeConnection[];
  bills: readonly LifeBill[];
  events: readonly MoneyEvent[];
  disputes: readonly LifeDispute[];
  /** Null: not told. `chargedAt`: how many events of money the last run of fees had seen when it was through, on that day. */
  lateFees: { fees: readonly LifeLateFee[]; chargedAt: number; chargedOn: Day } | null;
  /** Less than this cuts nobody. */
  minBalance: bigint;
  money: LifeMoney;
}
