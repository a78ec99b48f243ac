import { isBefore } from "@/shared/calendar/mod.ts";
import { add, type Centavos, min, subtract, sum, ZERO } from "@/shared/money/mod.ts";

/**
 * Something that moved what a subscriber owes. A charge adds to it; payments and credits take from it. What undoes one
 * of them (a void bill, a payment that bounced, a refund) is an entry of the same kind below zero, on its own date.
 */
export interface AccountEntry {
  /** The date that counts: of issue, of receipt, of the memo. */
  on: Temporal.PlainDate;
  /** On which side of the sum it stands. */
  kind: "charge" | "payment" | "credit";
  /** Below zero for what undoes an earlier entry. */
  amountCentavos: Centavos;
  /** Number of the bill, receipt or memo. */
  reference: string;
}

/** Opening, what happened, and closing. */
export interface AccountSums {
  /** Owed before; below zero is a credit balance. */
  openingCentavos: Centavos;
  charges: readonly Centavos[];
  payments: readonly Centavos[];
  credits: readonly Centavos[];
}

/** The foot of a statement. */
export interface AccountClosing {
  /** Owed after; below zero is a credit balance. */
  closingCentavos: Centavos;
  /** What is asked for; never below zero. */
  amountDueCentavos: Centavos;
  /** What waits for the next bill; never below zero. */
  creditBalanceCentavos: Centavos;
}

/** A line of a statement; what else is known of the entry stays with it. */
export type StatementLine<Entry extends AccountEntry = AccountEntry> = Entry & {
  /** Owed after this line. */
  balanceCentavos: Centavos;
};

/** The account of a subscriber over some days. */
export interface StatementOfAccount<Entry extends AccountEntry = AccountEntry> extends AccountClosing {
  /** Owed at the beginning of the first day. */
  openingCentavos: Centavos;
  /** In order of date; those of one day as they were given. */
  lines: StatementLine<Entry>[];
}

/** The foot of a statement (billing rule 19, SA-*): opening + charges - payments - credits. */
export function closeAccount(sums: AccountSums): AccountClosing {
  const charged = add(sums.openingCentavos, sum(sums.charges));
  return footOf(subtract(subtract(charged, sum(sums.payments)), sum(sums.credits)));
}

/**
 * The statement of account as of any date: what was owed before `from`, each entry from then through `through` with the
 * balance after it, and the foot. What came later does not change it, so that a statement of last year reads today as
 * it did then; and a statement opens with what the one before it closed with.
 */
export function statementOfAccount<Entry extends AccountEntry>(
  entries: readonly Entry[],
  days: { from: Temporal.PlainDate; through: Temporal.PlainDate },
): StatementOfAccount<Entry> {
  const ordered = entries.toSorted((a, b) => Temporal.PlainDate.compare(a.on, b.on));
  const isEarlier = ({ on }: Entry) => isBefore(on, days.from);
  const isLater = ({ on }: Entry) => isBefore(days.through, on);
  return statementSince(
    ordered.filter(isEarlier),
    ordered.filter((entry) => !isEarlier(entry) && !isLater(entry)),
  );
}

/**
 * The account from where the one before it ended: whatever was said there is the opening, and each entry since then is
 * told, also one that carries an earlier date.
 */
export function statementSince<Entry extends AccountEntry>(
  before: readonly Entry[],
  since: readonly Entry[],
): StatementOfAccount<Entry> {
  const after = (balance: Centavos, { kind, amountCentavos }: Entry) =>
    kind === "charge" ? add(balance, amountCentavos) : subtract(balance, amountCentavos);
  const openingCentavos = before.reduce(after, ZERO);
  let balance = openingCentavos;
  const lines = since.map((entry) => ({ ...entry, balanceCentavos: balance = after(balance, entry) }));
  return { openingCentavos, lines, ...footOf(balance) };
}

function footOf(closingCentavos: Centavos): AccountClosing {
  const belowZero = min(closingCentavos, ZERO);
  return {
    closingCentavos,
    amountDueCentavos: subtract(closingCentavos, belowZero),
    creditBalanceCentavos: subtract(ZERO, belowZero),
  };
}
