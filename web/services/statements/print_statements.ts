import type { Logger } from "@/shared/log.ts";
import type { MailLanguage } from "@/web/domain/mail/types.ts";
import { STATEMENTS_MAX } from "@/web/gateways/pdf/mod.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import type { Page } from "@/web/store/db/keyset.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { logoOf, paperOfBill, pressOf, type StatementParts } from "./make_statement.ts";

/** Bills whose statements are printed in one transaction. */
export const STATEMENTS_AT_ONCE = 50;

/** Which bills, and how they are read. */
export interface ManyBills {
  /** Runs work in a transaction of the tenant that only reads. */
  read<T>(work: (trx: TenantTransaction) => Promise<T>): Promise<T>;
  /** So many of the bills, in the order of the file. */
  list(
    trx: TenantTransaction,
    request: { after: string | undefined; limit: number },
  ): Promise<Pick<Page<{ id: string; number: string | null }>, "rows" | "next">>;
  /** How many bills there are. */
  count(trx: TenantTransaction): Promise<number>;
  /** Of the file, beside the statements themselves. */
  locale: MailLanguage;
  title: string;
  log: Logger;
}

/**
 * The statements of many bills as one file, in parts that can be sent while the next ones are made: neither the file nor
 * its bills are ever held whole. A bill whose statement cannot be made is named on the last page and stops no other; past
 * {@linkcode STATEMENTS_MAX} the file ends and says so.
 */
export async function* printStatements(
  parts: StatementParts,
  { read, list, count, locale, title, log }: ManyBills,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const file = await pressOf(parts).open(await read(logoOf), { title, locale });
  const total = Math.min(await read(count), STATEMENTS_MAX);
  const failed: string[] = [];
  let done = 0;
  let after: string | undefined;
  do {
    const next = await read(async (trx) => {
      const page = await list(trx, { after, limit: Math.min(STATEMENTS_AT_ONCE, STATEMENTS_MAX - done) });
      for (const { id, number } of page.rows) {
        try {
          const bill = await findBill(trx, id);
          const paper = bill === null ? null : await paperOfBill(trx, parts, bill);
          if (paper !== null) file.add(paper);
        } catch (error) {
          if (isOfDatabase(error)) throw error;
          log.error("statement_not_made", { bill: id, number: number ?? "", message: String(error) });
          failed.push(number ?? id);
        }
      }
      done += page.rows.length;
      return page.next;
    });
    after = next ?? undefined;
    // Bills may have come or gone since they were counted.
    file.remark(done, Math.max(total, done));
    if (after !== undefined && done < STATEMENTS_MAX) yield file.take();
  } while (after !== undefined && done < STATEMENTS_MAX);
  file.close({ failed, isCutOff: after !== undefined });
  yield file.take();
}

/** After one of these nothing more can be read in the transaction, whatever the bill. */
function isOfDatabase(error: unknown): boolean {
  return error instanceof Error && "code" in error;
}
