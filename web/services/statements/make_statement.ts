import type { Centavos } from "@/shared/money/mod.ts";
import type { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import type { PaperLogo, StatementPaper, StatementPress } from "@/web/gateways/pdf/mod.ts";
import { type BillDetail, findBill } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findLogoDate, findSmallLogo } from "@/web/store/settings/tenant_logos.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { accountEnd, shortName } from "@/web/domain/mail/short_name.ts";
import { readBillStatement, readStatement, type StatementDays } from "../payments/read_statement.ts";
import { billOnPaper } from "./bill_on_paper.ts";
import { toPaper } from "./to_paper.ts";

/** What statements are printed with; a context has both. */
export interface StatementParts {
  links?: PublicLinks;
  press?: StatementPress;
}

/** A statement as it is sent and saved. */
export interface StatementFile {
  /** Of ASCII letters, digits and hyphens: fit for every mail program and disk. */
  fileName: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The statement of a bill, with what it says is owed: of the day of the bill and not of today. */
export interface BillStatementFile extends StatementFile {
  on: Temporal.PlainDate;
  owedCentavos: Centavos;
}

/** Who gets a statement. */
export interface StatementReader {
  /** Anybody with the bill's address: it names the person no further than the bill's public page does. @default false */
  isAnybody?: boolean;
}

/**
 * The statement of account that a bill comes with. It says what the books said when the bill was issued, so that it is
 * the same file each time; what is as of now is that the bill is void, and names, addresses and the brand. Null where
 * there is no such bill, or it is a draft; for anybody also where it is void.
 *
 * @throws {RangeError} when the figures do not add up: this statement is not printed, others are
 */
export async function makeBillStatement(
  trx: TenantTransaction,
  parts: StatementParts,
  billId: string,
  { isAnybody = false }: StatementReader = {},
): Promise<BillStatementFile | null> {
  const bill = await findBill(trx, billId);
  if (isAnybody && bill?.status !== "issued") return null;
  const paper = bill === null ? null : await paperOfBill(trx, parts, bill);
  if (paper === null || bill?.number === null || bill === null) return null;
  const bytes = await pressOf(parts).print(isAnybody ? sparingly(paper) : paper, await logoOf(trx));
  const fileName = `statement-${fileWord(bill.number)}.pdf`;
  return { fileName, bytes, on: paper.bill?.issuedOn ?? paper.through, owedCentavos: paper.closingCentavos };
}

/** With as much of the person as they know themselves by. */
function sparingly(paper: StatementPaper): StatementPaper {
  const { name, accountNumber } = paper.subscriber;
  return {
    ...paper,
    subscriber: { name: shortName(name), accountNumber: accountEnd(accountNumber), address: "" },
  };
}

/** The statement of account of any days; null when there is no such subscriber. */
export async function makeStatement(
  trx: TenantTransaction,
  parts: Pick<StatementParts, "press">,
  subscriberId: string,
  { days, today }: { days: StatementDays; today: Temporal.PlainDate },
): Promise<StatementFile | null> {
  const view = await readStatement(trx, subscriberId, days, today);
  if (view === null) return null;
  const paper = await toPaper(trx, view, await getTenant(trx), null);
  const bytes = await pressOf(parts).print(paper, await logoOf(trx));
  return { fileName: `statement-${fileWord(view.subscriber.account_number)}-${days.through}.pdf`, bytes };
}

/** What the statement of a bill says; null for a draft. */
export async function paperOfBill(
  trx: TenantTransaction,
  { links }: Pick<StatementParts, "links">,
  bill: BillDetail,
): Promise<StatementPaper | null> {
  if (links === undefined) throw new Error("Cannot print a statement: this process has no public addresses");
  const view = await readBillStatement(trx, bill);
  if (view === null) return null;
  const tenant = await getTenant(trx);
  const onPaper = await billOnPaper(trx, bill, {
    tenant,
    address: await links.billAddress(bill),
    open: view.open,
  });
  return onPaper === null ? null : await toPaper(trx, view, tenant, onPaper, bill);
}

/** The logo, read only where the press does not know it yet. */
export async function logoOf(trx: TenantTransaction): Promise<PaperLogo> {
  const at = await findLogoDate(trx);
  return {
    key: at === null ? "none" : `${trx.tenantId} ${at}`,
    read: () => at === null ? Promise.resolve(null) : findSmallLogo(trx),
  };
}

/** @throws {Error} in a process that prints nothing */
export function pressOf({ press }: Pick<StatementParts, "press">): StatementPress {
  if (press === undefined) throw new Error("Cannot print a statement: this process has no press");
  return press;
}

function fileWord(number: string): string {
  return number.replace(/[^A-Za-z0-9-]+/g, "-");
}
