import { type DateLocale, formatPeriod } from "@/shared/calendar/mod.ts";
import { parseCoded } from "@/shared/codes/mod.ts";
import { centavos, ZERO } from "@/shared/money/mod.ts";
import type { PaperBill, PaperRow, StatementPaper } from "@/web/gateways/pdf/mod.ts";
import { type BilledLineRow, listLinesOfBills } from "@/web/store/billing/bill_statements.ts";
import type { BillDetail } from "@/web/store/billing/bills.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { StatementView } from "../payments/read_statement.ts";

/** Puts the figures of a statement with everything that stands around them on paper. */
export async function toPaper(
  trx: TenantTransaction,
  view: StatementView,
  tenant: TenantRow,
  onPaper: PaperBill | null,
  bill?: BillDetail,
): Promise<StatementPaper> {
  const { subscriber, statement } = view;
  const locale = subscriber.language ?? tenant.subscriber_language;
  const billed = statement.lines.flatMap(({ row }) => row.kind === "bill_issued" ? row.bill_id ?? [] : []);
  const own = bill === undefined || billed.includes(bill.id) ? null : bill;
  const lines = await listLinesOfBills(trx, own === null ? billed : [...billed, own.id]);
  const linesOf = (billId: string | null) =>
    lines.filter((line) => line.bill_id === billId).map((line) => ({
      text: lineText(line, locale),
      amountCentavos: centavos(line.amount_centavos),
    }));
  const rows = statement.lines.map((line): PaperRow => ({
    on: line.on,
    kind: line.kind,
    text: line.row.description,
    amountCentavos: line.amountCentavos,
    balanceCentavos: line.balanceCentavos,
    lines: line.row.kind === "bill_issued" ? linesOf(line.row.bill_id) : [],
  }));
  // A bill whose lines come to nothing moves no account, and is told all the same.
  if (own !== null && onPaper !== null) {
    rows.push({
      on: onPaper.issuedOn,
      kind: "charge",
      text: onPaper.number,
      amountCentavos: ZERO,
      balanceCentavos: statement.closingCentavos,
      lines: linesOf(own.id),
    });
  }
  return {
    locale,
    company: companyOf(tenant),
    subscriber: {
      name: subscriber.name,
      accountNumber: subscriber.account_number,
      address: [subscriber.address, subscriber.barangay, subscriber.city].filter((part) => !!part).join(", "),
    },
    bill: onPaper,
    from: view.from,
    through: view.through,
    openingCentavos: statement.openingCentavos,
    rows,
    closingCentavos: statement.closingCentavos,
    tax: view.tax,
    open: view.open.map((open) => ({
      number: open.number,
      dueOn: open.due_on,
      openCentavos: centavos(open.open_centavos),
    })),
    withheld: view.withheld,
  };
}

function companyOf(tenant: TenantRow): StatementPaper["company"] {
  return {
    name: tenant.name,
    address: tenant.address,
    phone: tenant.phone,
    email: tenant.email,
    registeredName: tenant.registered_name,
    tin: tenant.tin,
    brandColour: tenant.brand_colour,
    waysToPay: tenant.ways_to_pay,
  };
}

/** What a line is for. Lines of earlier versions are English, and the oldest leave their period out. */
function lineText({ description, period_start, period_end }: BilledLineRow, locale: DateLocale): string {
  if (parseCoded(description) !== null || description.includes("–")) return description;
  return `${description}, ${formatPeriod(period_start, period_end, locale)}`;
}
