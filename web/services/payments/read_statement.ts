import { centavos, subtract, ZERO } from "@/shared/money/mod.ts";
import {
  type AccountEntry,
  type AccountSums,
  type StatementOfAccount,
  statementOfAccount,
} from "@/web/domain/payments/mod.ts";
import {
  type AccountLineRow,
  listAllAccountLines,
  listOpenOnDay,
  type OpenOnDay,
} from "@/web/store/billing/account_lines.ts";
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

/** Everything that a statement of account says, whoever writes it down: a page, a sheet, a mail. */
export interface StatementView extends StatementDays {
  subscriber: SubscriberRow;
  statement: StatementOfAccount<StatementEntry>;
  /** The lines together, as the foot adds them up. */
  sums: AccountSums;
  /** What was open on the last day, the oldest due first. */
  open: OpenOnDay[];
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
  const amountsOf = (kind: AccountEntry["kind"]) =>
    statement.lines.filter((line) => line.kind === kind).map((line) => line.amountCentavos);
  return {
    subscriber,
    from,
    through,
    statement,
    sums: {
      openingCentavos: statement.openingCentavos,
      charges: amountsOf("charge"),
      payments: amountsOf("payment"),
      credits: amountsOf("credit"),
    },
    open: await listOpenOnDay(trx, { subscriberId, to }),
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
