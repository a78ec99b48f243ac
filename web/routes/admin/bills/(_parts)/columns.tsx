import { formatPeriod } from "@/shared/calendar/mod.ts";
import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { BillPill } from "@/web/components/facts/Pill.tsx";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { BILL_STATUS_WORDS } from "@/web/domain/billing/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { BillListRow } from "@/web/store/billing/bills.ts";
import { balanceOf, statusOf } from "@/web/app/words/due_words.ts";
import type { BillMail } from "@/web/store/mail/mail_page.ts";
import { MailPill, standingWords } from "../../mail/(_parts)/mail_words.tsx";
import { shortDay } from "@/web/app/words/page_words.ts";

/** A bill, and the message that brought it. */
export type ListedBill = BillListRow & { mail: BillMail | null };

/** The columns of the list of bills, on the page and in the file. */
export function columnsFor(
  t: Translate,
  today: Temporal.PlainDate,
  { withMail }: { withMail: boolean },
): ListColumn<ListedBill>[] {
  return [
    {
      head: t("tables.number"),
      cell: (bill) => <CodeText>{bill.number}</CodeText>,
      csv: (bill) => bill.number ?? "",
      fit: true,
      sortBy: "number",
    },
    {
      id: "subscriber",
      head: t("tables.subscriber"),
      cell: (bill) => <span class="clip">{bill.subscriber_name}</span>,
      csv: (bill) => bill.subscriber_name,
      phone: "line",
    },
    {
      id: "account",
      head: t("tables.account"),
      cell: (bill) => <CodeText>{bill.account_number}</CodeText>,
      csv: (bill) => bill.account_number,
      fit: true,
      optional: true,
    },
    {
      id: "status",
      head: t("tables.status"),
      cell: (bill) => <BillPill state={statusOf(bill, today)} />,
      csv: (bill) => BILL_STATUS_WORDS[statusOf(bill, today)],
      phone: "corner",
    },
    ...(withMail
      ? [{
        id: "mail",
        head: t("deliveries.mailed"),
        cell: ({ mail }: ListedBill) => mail && <MailPill mail={mail} />,
        csv: ({ mail }: ListedBill) => mail === null ? "" : standingWords(t, mail),
        minor: true,
        phone: "hide" as const,
      }]
      : []),
    {
      id: "plan",
      head: t("tables.plan"),
      cell: (bill) => bill.plan_name,
      csv: (bill) => bill.plan_name ?? "",
      fit: true,
      optional: true,
    },
    { head: t("tables.user"), csv: (bill) => bill.ppp_name ?? "" },
    { head: t("tables.period"), csvHead: "First day", csv: (bill) => bill.period_start.toString() },
    {
      head: t("tables.period"),
      csvHead: "Last day",
      csv: (bill) => bill.period_end.subtract({ days: 1 }).toString(),
    },
    {
      id: "period",
      head: t("tables.period"),
      cell: (bill) => formatPeriod(bill.period_start, bill.period_end, t.locale),
      // In December it names two years: it may take two lines then, and the table stays within the window.
      minor: true,
      phone: "hide",
    },
    {
      id: "issued",
      head: t("tables.issued"),
      cell: (bill) => bill.issued_on && shortDay(bill.issued_on, today, t.locale),
      csv: (bill) => bill.issued_on?.toString() ?? "",
      fit: true,
      minor: true,
      sortBy: "-issued",
      phone: "hide",
    },
    {
      id: "due",
      head: t("tables.due"),
      cell: (bill) => bill.due_on && shortDay(bill.due_on, today, t.locale),
      csv: (bill) => bill.due_on?.toString() ?? "",
      fit: true,
      sortBy: "-due",
    },
    {
      id: "total",
      head: t("tables.total"),
      kind: "money",
      cell: (bill) => <Money amount={centavos(bill.total_centavos)} />,
      csv: (bill) => formatCentavosPlain(centavos(bill.total_centavos)),
      phone: "hide",
      sortBy: "-total",
    },
    {
      id: "to_pay",
      head: t("tables.to_pay"),
      kind: "money",
      cell: (bill) => <Money amount={balanceOf(bill)} />,
      csv: (bill) => formatCentavosPlain(balanceOf(bill)),
    },
  ];
}
