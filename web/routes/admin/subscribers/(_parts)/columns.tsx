import { centavos } from "@/shared/money/mod.ts";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DateText } from "@/web/components/DateText.tsx";
import { Money } from "@/web/components/Money.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { SubscriberListRow } from "@/web/store/subscribers/subscribers_page.ts";
import { BillPillOrNone, ConnectionPills } from "@/web/app/pills.tsx";
import { shortDay } from "@/web/app/page_words.ts";

/** The columns of the subscribers list; money only for who may see bills. */
export function columnsFor(
  t: Translate,
  seesMoney: boolean,
  today: Temporal.PlainDate,
): Column<SubscriberListRow>[] {
  const money: Column<SubscriberListRow>[] = [
    {
      id: "bill",
      head: t("tables.bill"),
      cell: (row) => <BillPillOrNone status={row.billStatus} />,
      phone: "corner",
    },
    {
      id: "balance",
      head: t("tables.balance"),
      cell: (row) => <Money amount={centavos(row.balanceCentavos)} balance />,
      kind: "money",
      sortBy: "-balance",
    },
    {
      id: "due",
      head: t("tables.oldest_due"),
      cell: (row) => row.oldestDueOn && <DateText short date={row.oldestDueOn} />,
      fit: true,
      optional: true,
      sortBy: "-due",
    },
  ];
  return [
    { head: t("tables.name"), cell: (row) => row.name, sortBy: "name" },
    {
      id: "account",
      head: t("tables.account"),
      cell: (row) => <CodeText>{row.accountNumber}</CodeText>,
      fit: true,
      optional: true,
      sortBy: "account",
    },
    ...(seesMoney ? money : []),
    {
      id: "user",
      head: t("tables.user"),
      cell: (row) => row.pppName && <CodeText>{row.pppName}</CodeText>,
      fit: true,
      sortBy: "user",
    },
    {
      id: "plan",
      head: t("tables.plan"),
      cell: (row) => row.planName,
      fit: true,
      minor: true,
      phone: "hide",
      sortBy: "plan",
    },
    {
      id: "connection",
      head: t("tables.connection"),
      cell: (row) => (
        <ConnectionPills
          service={row.serviceState}
          link={row.connection}
          heldUntil={row.holdUntil === null ? undefined : shortDay(row.holdUntil, today, t.locale)}
        />
      ),
      phone: "line",
    },
    {
      id: "site",
      head: t("tables.site"),
      cell: (row) => row.siteName,
      fit: true,
      minor: true,
      phone: "hide",
      sortBy: "site",
    },
    { id: "router", head: t("tables.router"), cell: (row) => row.routerName, fit: true, optional: true },
    { id: "phone", head: t("tables.phone"), cell: (row) => row.phone, fit: true, optional: true },
  ];
}
