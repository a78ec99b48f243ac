import { formatDate, formatDateShort } from "@/shared/calendar/mod.ts";
import { centavos, formatCentavosPlain, formatPeso } from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { wholePage } from "@/web/app/list/define_list.tsx";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { asWritten } from "@/web/app/list/span.tsx";
import { address } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { ACCOUNT_CODES, accountsQuery } from "@/web/route_table/reports.ts";
import { type AccountBalance, listAccountBalances } from "@/web/store/billing/account_balances.ts";
import { accountWords } from "../(_parts)/account_words.ts";
import { ReportTabs } from "../(_parts)/ReportTabs.tsx";
import { DayField } from "../(_parts)/scope.tsx";

export const list = define.list({
  name: "accounts",
  path: () => "/admin/reports/accounts",
  query: accountsQuery,
  filter: ({ query, moment }) => ({
    to: asWritten(query.on, moment.today),
    withUnused: query.show === "all",
  }),
  count: async (trx, { to }) => inOrder(await listAccountBalances(trx, to)),
  more: () => Promise.resolve(null),
  read: async (trx, { to, withUnused }, _page, { counts }) => {
    const all = counts ?? inOrder(await listAccountBalances(trx, to));
    return wholePage(all.filter((row) => withUnused || row.debitCentavos + row.creditCentavos > 0n));
  },
  permission: "report:read",
  summary: "The accounts of the books: trial balance as of any day",
  live: ["money"],
  title: ({ t }) => t("reports.accounts"),
  lead: ({ t, query, moment }) =>
    t("reports.trial_balance_as_of", { day: formatDate(query.on ?? moment.today, t.locale) }),
  back: ({ t }) => ({ href: "/admin/reports", label: t("reports.title") }),
  above: ({ t, counts }) => (
    <>
      <ReportTabs current="accounts" />
      <Balanced t={t} accounts={counts} />
    </>
  ),
  below: ({ t }) => <p class="note">{t("reports.accounts_note")}</p>,
  total: ({ rows }) => rows.length,
  sort: "account",
  columns: ({ t }) => columnsFor(t),
  fileName: ({ query, moment }) => `trial-balance-${query.on ?? moment.today}`,
  table: ({ t, frame, query }) => ({
    rowHref: ({ account }) => address("/admin/reports/accounts/lines", { account, to: query.on?.toString() }),
    rowId: ({ account }) => account,
    chips: [
      {
        label: t("reports.used"),
        href: listHref(frame, { show: undefined }),
        isCurrent: query.show !== "all",
      },
      {
        label: t("reports.all_accounts"),
        href: listHref(frame, { show: "all" }),
        isCurrent: query.show === "all",
      },
    ],
    active: activeFilters(frame, {
      on: query.on && t("reports.by_day", { day: formatDateShort(query.on, t.locale) }),
    }),
    selects: ["on"],
    children: <DayField day={query.on} />,
    noneMatch: t("reports.no_posting_hint"),
    empty: (
      <EmptyState icon="list" title={t("reports.no_posting")}>{t("reports.no_posting_hint")}</EmptyState>
    ),
  }),
});

export default list.page;
export const { handler, route } = list;

/** As the catalogue has them. */
function inOrder(rows: readonly AccountBalance[]): AccountBalance[] {
  return rows.toSorted((a, b) => ACCOUNT_CODES.indexOf(a.account) - ACCOUNT_CODES.indexOf(b.account));
}

/** Whether both sides are equal: they have to be, by the database itself. */
function Balanced({ t, accounts }: { t: Translate; accounts: readonly AccountBalance[] }) {
  const debit = accounts.reduce((total, row) => total + debitOf(row), 0n);
  const credit = accounts.reduce((total, row) => total + creditOf(row), 0n);
  if (debit === 0n && credit === 0n) return null;
  const values = { debit: formatPeso(centavos(debit)), credit: formatPeso(centavos(credit)) };
  return debit === credit
    ? <Banner tone="ok">{t("reports.balanced", values)}</Banner>
    : <Banner tone="bad">{t("reports.unbalanced", values)}</Banner>;
}

/** What stands on the left: more debits than credits. */
function debitOf({ debitCentavos, creditCentavos }: AccountBalance): bigint {
  return debitCentavos > creditCentavos ? debitCentavos - creditCentavos : 0n;
}

function creditOf({ debitCentavos, creditCentavos }: AccountBalance): bigint {
  return creditCentavos > debitCentavos ? creditCentavos - debitCentavos : 0n;
}

function columnsFor(t: Translate): ListColumn<AccountBalance>[] {
  const money = (
    id: string,
    head: string,
    amountOf: (row: AccountBalance) => bigint,
  ): ListColumn<AccountBalance> => ({
    id,
    head,
    kind: "money",
    cell: (row) => amountOf(row) !== 0n && <Money amount={centavos(amountOf(row))} />,
    csv: (row) => formatCentavosPlain(centavos(amountOf(row))),
  });
  return [
    {
      head: t("reports.account"),
      cell: (row) => accountWords(t, row.account),
      csv: (row) => accountWords(t, row.account),
    },
    { head: "Code", csv: (row) => row.account },
    {
      ...money("posted_debit", t("reports.posted_debit"), (row) => row.debitCentavos),
      minor: true,
      phone: "hide",
    },
    {
      ...money("posted_credit", t("reports.posted_credit"), (row) => row.creditCentavos),
      minor: true,
      phone: "hide",
    },
    money("debit", t("reports.debit_balance"), debitOf),
    money("credit", t("reports.credit_balance"), creditOf),
  ];
}
