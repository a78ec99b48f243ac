import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { BILL_STATUS_WORDS } from "@/web/domain/billing/mod.ts";
import { SUBSCRIPTION_STATE_WORDS } from "@/web/domain/network/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { SubscriberListRow } from "@/web/store/subscribers/subscribers_page.ts";
import { BillPillOrNone, ConnectionPills } from "@/web/app/words/pills.tsx";
import { shortDay } from "@/web/app/words/page_words.ts";

const LINK_WORDS = { online: "Online", offline: "Offline", unknown: "Unknown" } as const;

/** Headings of the file in their order. */
export const FILE_ORDER = [
  "Account",
  "Name",
  "Phone",
  "Plan",
  "PPPoE user",
  "Router",
  "Site",
] as const;

/** The columns of the subscribers list, on the page and in the file; money only for who may see bills. */
export function columnsFor(
  t: Translate,
  seesMoney: boolean,
  today: Temporal.PlainDate,
): ListColumn<SubscriberListRow>[] {
  const money: ListColumn<SubscriberListRow>[] = [
    {
      id: "bill",
      head: t("tables.bill"),
      cell: (row) => <BillPillOrNone status={row.billStatus} />,
      csv: (row) => row.billStatus === null ? "" : BILL_STATUS_WORDS[row.billStatus],
      phone: "corner",
    },
    {
      id: "balance",
      head: t("tables.balance"),
      cell: (row) => <Money amount={centavos(row.balanceCentavos)} balance />,
      csv: (row) => formatCentavosPlain(centavos(row.balanceCentavos)),
      kind: "money",
      sortBy: "-balance",
    },
    {
      id: "due",
      head: t("tables.oldest_due"),
      cell: (row) => row.oldestDueOn && <DateText short date={row.oldestDueOn} />,
      csv: (row) => row.oldestDueOn?.toString() ?? "",
      fit: true,
      optional: true,
      sortBy: "-due",
    },
  ];
  return [
    { head: t("tables.name"), cell: (row) => row.name, csv: (row) => row.name, sortBy: "name" },
    {
      id: "account",
      head: t("tables.account"),
      cell: (row) => <CodeText>{row.accountNumber}</CodeText>,
      csv: (row) => row.accountNumber,
      fit: true,
      optional: true,
      sortBy: "account",
    },
    ...(seesMoney ? money : []),
    {
      id: "user",
      head: t("tables.user"),
      cell: (row) => row.pppName && <CodeText>{row.pppName}</CodeText>,
      csv: (row) => row.pppName ?? "",
      fit: true,
      sortBy: "user",
    },
    {
      id: "plan",
      head: t("tables.plan"),
      cell: (row) => row.planName,
      csv: (row) => row.planName ?? "",
      fit: true,
      minor: true,
      phone: "hide",
      sortBy: "plan",
    },
    {
      id: "connection",
      head: t("tables.connection"),
      cell: (row) => (
        <>
          <ConnectionPills
            service={row.serviceState}
            link={row.connection}
            heldUntil={row.holdUntil === null ? undefined : shortDay(row.holdUntil, today, t.locale)}
          />
          {row.endsAfter !== null && (
            <div class="note">
              {t("subscribers.ends_short", { day: shortDay(row.endsAfter, today, t.locale) })}
            </div>
          )}
        </>
      ),
      csvHead: "Service",
      csv: (row) => row.serviceState === null ? "" : SUBSCRIPTION_STATE_WORDS[row.serviceState],
      phone: "line",
    },
    {
      head: t("tables.connection"),
      csvHead: "Link",
      csv: (row) => row.subscriptionId === null ? "" : LINK_WORDS[row.connection],
    },
    { head: t("tables.hold_until"), csvHead: "Held until", csv: (row) => row.holdUntil?.toString() ?? "" },
    {
      head: t("subscribers.ends_after"),
      csvHead: "Ends after",
      csv: (row) => row.endsAfter?.toString() ?? "",
    },
    {
      id: "site",
      head: t("tables.site"),
      cell: (row) => row.siteName,
      csv: (row) => row.siteName ?? "",
      fit: true,
      minor: true,
      phone: "hide",
      sortBy: "site",
    },
    {
      id: "router",
      head: t("tables.router"),
      cell: (row) => row.routerName,
      csv: (row) => row.routerName ?? "",
      fit: true,
      optional: true,
    },
    {
      id: "phone",
      head: t("tables.phone"),
      cell: (row) => row.phone,
      csv: (row) => row.phone ?? "",
      fit: true,
      optional: true,
    },
  ];
}
