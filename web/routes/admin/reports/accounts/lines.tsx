import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { asWritten, shownSpan, SPAN_NAMES, spanChips, SpanFields, spanWords } from "@/web/app/list/span.tsx";
import { shortDay } from "@/web/app/words/page_words.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { StoredText } from "@/web/components/facts/StoredText.tsx";
import { SumStrip } from "@/web/components/facts/SumStrip.tsx";
import type { Account } from "@/web/domain/payments/mod.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { ACCOUNT_CODES, accountLinesQuery } from "@/web/route_table/reports.ts";
import {
  type AccountEntryFilter,
  type AccountEntryRow,
  type EntrySums,
  listAccountEntries,
  sumAccountEntries,
} from "@/web/store/billing/account_balances.ts";
import { hrefOfLine } from "../../subscribers/(_parts)/ledger_columns.tsx";
import { accountWords } from "../(_parts)/account_words.ts";
import { ReportTabs } from "../(_parts)/ReportTabs.tsx";
import { Choice } from "../(_parts)/scope.tsx";

const FIRST: Account = "receivable";

export const list = define.list({
  name: "account_entries",
  path: () => "/admin/reports/accounts/lines",
  query: accountLinesQuery,
  filter: ({ query: { account = FIRST, from, to }, moment }): AccountEntryFilter => ({
    account,
    from,
    to: asWritten(to, moment.today),
  }),
  count: (trx, filter) => sumAccountEntries(trx, filter),
  more: () => Promise.resolve(null),
  read: (trx, filter, page): ReturnType<typeof listAccountEntries> => listAccountEntries(trx, filter, page),
  permission: "report:read",
  summary: "The lines of one account of the books",
  live: ["money"],
  title: ({ t, query: { account = FIRST } }) => accountWords(t, account),
  lead: ({ t }) => t("reports.lines_lead"),
  back: ({ t }) => ({ href: "/admin/reports/accounts", label: t("reports.accounts") }),
  above: ({ t, counts }) => (
    <>
      <ReportTabs current="accounts" />
      <Sums t={t} sums={counts} />
    </>
  ),
  total: ({ counts }) => counts.count,
  sort: "-date",
  columns: ({ t, moment }) => columnsFor(t, moment.today),
  fileOrder: ["Date", "What", "Subscriber", "Account"],
  fileName: ({ query: { account = FIRST }, moment }) =>
    `account-${account.replace(":", "-")}-${moment.today}`,
  table: ({ t, frame, query, moment: { today } }) => ({
    rowHref: (row) => hrefOfLine(row),
    rowId: (row) => `${row.transaction_id}-${row.line_no}`,
    chips: spanChips(t, frame, query, today),
    active: activeFilters(frame, spanWords(t, query), ["account", ...shownSpan(query, today)]),
    selects: [...SPAN_NAMES, "account"],
    children: (
      <>
        <Choice
          name="account"
          label={t("reports.account")}
          rows={ACCOUNT_CODES.map((code) => ({ id: code, name: accountWords(t, code) }))}
          value={query.account ?? FIRST}
        />
        <SpanFields span={query} />
      </>
    ),
    noneMatch: t("reports.no_line_hint"),
    empty: <EmptyState icon="list" title={t("reports.no_line")}>{t("reports.no_line_hint")}</EmptyState>,
  }),
});

export default list.page;
export const { handler, route } = list;

function Sums({ t, sums }: { t: Translate; sums: EntrySums }) {
  const closing = sums.openingCentavos + sums.debitCentavos - sums.creditCentavos;
  return (
    <SumStrip
      parts={[
        { label: t("account.opening"), amount: centavos(sums.openingCentavos), isBalance: true },
        { label: t("reports.posted_debit"), amount: centavos(sums.debitCentavos), sign: "+" },
        { label: t("reports.posted_credit"), amount: centavos(sums.creditCentavos), sign: "−" },
        { label: t("account.closing"), amount: centavos(closing), sign: "=", isBalance: true },
      ]}
    />
  );
}

function columnsFor(t: Translate, today: Temporal.PlainDate): ListColumn<AccountEntryRow>[] {
  const amount = (row: AccountEntryRow, sign: 1n | -1n) => row.amount_centavos * sign;
  const money = (head: string, sign: 1n | -1n): ListColumn<AccountEntryRow> => ({
    head,
    kind: "money",
    cell: (row) => amount(row, sign) > 0n && <Money amount={centavos(amount(row, sign))} />,
    csv: (row) => amount(row, sign) > 0n ? formatCentavosPlain(centavos(amount(row, sign))) : "",
  });
  return [
    {
      head: t("subscribers.what"),
      cell: (row) => <StoredText text={row.description} />,
      csv: (row) => storedText(t, row.description),
    },
    {
      id: "date",
      head: t("subscribers.date"),
      cell: (row) => shortDay(row.business_on, today, t.locale),
      csv: (row) => row.business_on.toString(),
      fit: true,
      sortBy: "-date",
    },
    {
      id: "subscriber",
      head: t("tables.subscriber"),
      cell: (row) =>
        row.subscriber_id !== null && (
          <a href={`/admin/subscribers/${row.subscriber_id}/ledger`}>{row.subscriber_name}</a>
        ),
      csv: (row) => row.subscriber_name ?? "",
      phone: "full",
    },
    { head: t("tables.account"), csv: (row) => row.account_number ?? "" },
    money(t("reports.debit"), 1n),
    money(t("reports.credit"), -1n),
    {
      id: "by",
      head: t("tables.recorded_by"),
      cell: (row) => row.actor,
      csv: (row) => row.actor,
      fit: true,
      optional: true,
    },
  ];
}
