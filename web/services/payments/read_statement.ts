import { type Centavos, centavos, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import {
  type AccountEntry,
  type AccountSums,
  type OpenSplit,
  type StatementOfAccount,
  statementOfAccount,
  statementSince,
} from "@/web/domain/payments/mod.ts";
import { earlier } from "@/shared/calendar/mod.ts";
import {
  type AccountLineRow,
  type BookPosition,
  listAllAccountLines,
  listOpenOnDay,
  type OpenOnDay,
} from "@/web/store/billing/account_lines.ts";
import { findPositionBefore } from "@/web/store/billing/bill_statements.ts";
import type { BillRow } from "@/web/store/billing/bills.ts";
import { withheldSplit } from "./withheld_split.ts";
import { findSubscriber, type SubscriberRow } from "@/web/store/subscribers/subscribers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** A line of a statement with what it is about. */
export interface StatementEntry extends AccountEntry {
  row: AccountLineRow;
}

/** The days of a statement, both included. */
export interface StatementDays {
  from: Temporal.PlainDate;
  through: Temporal.PlainDate;
}

/** What of a statement is VAT. */
export interface StatementTax {
  /** Of what was charged, less what was voided. */
  vatableCentavos: Centavos;
  vatCentavos: Centavos;
  /** Given back by memos and write-offs. */
  vatBackCentavos: Centavos;
}

/** Everything that a statement of account says, whoever writes it down: a page, a sheet, a mail. */
export interface StatementView extends StatementDays {
  subscriber: SubscriberRow;
  statement: StatementOfAccount<StatementEntry>;
  /** The lines together, as the foot adds them up. */
  sums: AccountSums;
  /** VAT of the days; null where nothing of them was taxed. */
  tax: StatementTax | null;
  /** What was open on the last day, the oldest due first. */
  open: OpenOnDay[];
  /** How that is to be paid, where tax is withheld. */
  withheld: OpenSplit | null;
}

/**
 * The statement of account of a subscriber as of a day; null when not of this tenant. What was written later does not
 * change it, except that one through today takes in all that is written, also what carries a date ahead.
 */
export async function readStatement(
  trx: TenantTransaction,
  subscriberId: string,
  { from, through }: StatementDays,
  today: Temporal.PlainDate,
): Promise<StatementView | null> {
  const subscriber = await findSubscriber(trx, subscriberId);
  if (subscriber === null) return null;
  const to = Temporal.PlainDate.compare(through, today) >= 0 ? undefined : through;
  const rows = await listAllAccountLines(trx, { subscriberId, to });
  const last = rows.at(-1)?.counted_on ?? through;
  const statement = statementOfAccount(rows.map(toEntry), {
    from,
    through: to ?? (Temporal.PlainDate.compare(last, through) > 0 ? last : through),
  });
  return await viewOf(trx, { subscriber, from, through, statement }, { to });
}

/** What of a bill its statement is made from. */
export type StatedBill = Pick<BillRow, "subscriber_id" | "book_place" | "created_at" | "issued_on">;

/**
 * The account as it stood when a bill was issued, since the bill before it. Both are places in the books and not days:
 * what is recorded afterwards changes nothing of it, also when it carries an earlier date, and is told by the next
 * bill's, which opens with what this one closes with. Null for a draft.
 */
export async function readBillStatement(
  trx: TenantTransaction,
  { subscriber_id: subscriberId, book_place: place, created_at: recordedAt, issued_on: on }: StatedBill,
): Promise<StatementView | null> {
  const subscriber = await findSubscriber(trx, subscriberId);
  if (subscriber === null || on === null) return null;
  const position = { place, recordedAt, on };
  const before = await findPositionBefore(trx, subscriberId, position);
  const entries = (await listAllAccountLines(trx, { subscriberId, position })).map(toEntry);
  const isBefore = ({ row }: StatementEntry) => before !== null && isUpTo(row, before);
  const since = entries.filter((entry) => !isBefore(entry));
  const statement = statementSince(entries.filter(isBefore), since);
  const first = earlier(since[0]?.on ?? on, before === null ? on : before.on.add({ days: 1 }));
  return await viewOf(trx, { subscriber, from: earlier(first, on), through: on, statement }, { position });
}

function isUpTo(row: AccountLineRow, { place, recordedAt, on }: BookPosition): boolean {
  if (row.book_place !== place) return row.book_place < place;
  const order = Temporal.Instant.compare(row.recorded_at, recordedAt);
  return order < 0 || order === 0 && Temporal.PlainDate.compare(row.counted_on, on) <= 0;
}

/** What goes with the figures, as of the same day or place in the books. */
async function viewOf(
  trx: TenantTransaction,
  stated: Pick<StatementView, "subscriber" | "from" | "through" | "statement">,
  asOf: { to?: Temporal.PlainDate | undefined; position?: BookPosition },
): Promise<StatementView> {
  const { subscriber, statement } = stated;
  const open = await listOpenOnDay(trx, { subscriberId: subscriber.id, ...asOf });
  const { withholding_rate_bp: rateBp } = subscriber;
  const amountsOf = (kind: AccountEntry["kind"]) =>
    statement.lines.filter((line) => line.kind === kind).map((line) => line.amountCentavos);
  return {
    ...stated,
    sums: {
      openingCentavos: statement.openingCentavos,
      charges: amountsOf("charge"),
      payments: amountsOf("payment"),
      credits: amountsOf("credit"),
    },
    tax: taxOf(statement.lines),
    open,
    withheld: rateBp === null || open.length === 0 ? null : withheldSplit(open, rateBp),
  };
}

function taxOf(lines: readonly StatementEntry[]): StatementTax | null {
  const taxed = lines.filter(({ row }) => row.vat_centavos !== 0n);
  if (taxed.length === 0) return null;
  const charged = taxed.filter(({ kind }) => kind === "charge").map(({ row }) => row);
  const vatCentavos = sum(charged.map((row) => centavos(row.vat_centavos)));
  return {
    vatableCentavos: subtract(sum(charged.map((row) => centavos(row.amount_centavos))), vatCentavos),
    vatCentavos,
    vatBackCentavos: sum(
      taxed.filter(({ kind }) => kind === "credit").map(({ row }) => centavos(-row.vat_centavos)),
    ),
  };
}

function toEntry(row: AccountLineRow): StatementEntry {
  const amount = centavos(row.amount_centavos);
  return {
    on: row.counted_on,
    kind: row.line_kind,
    amountCentavos: row.line_kind === "charge" ? amount : subtract(ZERO, amount),
    reference: row.source_number ?? row.bill_number ?? row.refund_number ?? "",
    row,
  };
}
