import type { z } from "zod";
import { formatDateShort } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, sum, ZERO } from "@/shared/money/mod.ts";
import { balanceOf } from "@/web/app/words/due_words.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { BulkDone } from "@/web/app/list/BulkDone.tsx";
import { found, may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import StatementsProgress from "@/web/islands/StatementsProgress.tsx";
import type { BillStatus } from "@/web/domain/billing/mod.ts";
import type { Locale, Translate } from "@/web/messages/mod.ts";
import { billsQuery } from "@/web/route_table/bills.ts";
import { type BillPageFilter, countBillsByStatus, listBills } from "@/web/store/billing/bills_page.ts";
import { type BillMail, listBillMails } from "@/web/store/mail/mail_page.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { findRun } from "@/web/store/billing/runs.ts";
import { listSiteOverview } from "@/web/store/network/sites.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { keysOfBill } from "../(_lists)/keys_of.ts";
import { columnsFor } from "./(_parts)/columns.tsx";
import { filterOf } from "./(_parts)/filter.ts";

const PATH = "/admin/bills";
const CHIPS = ["due", "partly_paid", "disputed", "grace", "overdue", "paid", "void"] as const;

type Query = z.infer<typeof billsQuery>;
type Counts = Awaited<ReturnType<typeof countBillsByStatus>>;

export const list = define.list({
  name: "bills",
  path: () => PATH,
  query: billsQuery,
  filter: ({ query, moment }): BillPageFilter => filterOf(query, moment.today),
  ticked: (ids) => ({ ids }),
  count: (trx, filter, { moment }) => countBillsByStatus(trx, filter, moment.today),
  more: (trx, { query, t }) => readNames(trx, query, t.locale),
  read: async (trx, filter, page, { state }) => {
    const found = await listBills(trx, filter, page);
    const mails = may(state, "mail:read")
      ? await listBillMails(trx, found.rows.map((bill) => bill.id))
      : new Map<string, BillMail>();
    return { ...found, rows: found.rows.map((bill) => ({ ...bill, mail: mails.get(bill.id) ?? null })) };
  },
  permission: "bill:read",
  summary: "Bills by status",
  live: ["money", "mail"],
  title: ({ t, query, more: names }) =>
    query.subscriber === undefined
      ? t("tables.list_bills")
      : t("tables.bills_of", { name: names.subscriber ?? "" }),
  lead: ({ t, counts }) => owedWords(t, counts),
  back: ({ query, more: names }) =>
    query.subscriber === undefined
      ? undefined
      : { href: `/admin/subscribers/${query.subscriber}`, label: names.subscriber ?? "" },
  actions: ({ t, query }) => (
    <LinkButton
      href={query.subscriber === undefined
        ? "/admin/disputes"
        : `/admin/disputes?subscriber=${query.subscriber}`}
    >
      {t("bills.disputes")}
    </LinkButton>
  ),
  above: ({ query, t }) => (
    <>
      <BulkDone query={query} />
      <StatementsProgress
        action={`${PATH}.pdf`}
        texts={{
          label: t("statements.printing"),
          done: t("statements.printed", { done: "*", total: "#" }),
          failed: t("statements.many_failed"),
        }}
      />
    </>
  ),
  total: ({ query, counts }) => query.status === undefined ? totalOf(counts) : countOf(counts, query.status),
  sort: "-issued",
  columns: ({ t, moment, state }) => columnsFor(t, moment.today, { withMail: may(state, "mail:read") }),
  fileOrder: ["Number", "Account", "Subscriber"],
  table: ({ t, state, frame, query, counts, more: names }) => ({
    rowHref: (bill) => `${PATH}/${bill.id}`,
    rowKeys: (bill) =>
      keysOfBill(state, {
        id: bill.id,
        subscriberId: bill.subscriber_id,
        isOpen: balanceOf(bill) > ZERO,
      }),
    chips: [
      {
        label: t("tables.all_rows"),
        href: listHref(frame, { status: undefined }),
        count: totalOf(counts),
        isCurrent: query.status === undefined,
      },
      ...CHIPS.map((status) => ({
        label: t(`words.bill_${status}`),
        href: listHref(frame, { status }),
        count: countOf(counts, status),
        isCurrent: query.status === status,
      })),
    ],
    active: activeFilters(frame, {
      q: t("tables.by_text", { text: query.q ?? "" }),
      subscriber: t("tables.by_subscriber", { name: names.subscriber ?? "?" }),
      run: t("tables.by_run", { day: names.run ?? "?" }),
      plan: t("tables.by_plan", { name: names.plan ?? "?" }),
      site: t("tables.by_site", { name: names.site ?? "?" }),
      on: query.on && t("tables.by_issued", { day: formatDateShort(query.on, t.locale) }),
      from: query.from && t("tables.by_from", { day: formatDateShort(query.from, t.locale) }),
      to: query.to && t("tables.by_to", { day: formatDateShort(query.to, t.locale) }),
      live: query.live && t("tables.by_live"),
    }, ["status"]),
    search: t("tables.bills_search"),
    noneMatch: query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q }),
    empty: <EmptyState icon="bill" title={t("tables.bills_none")}>{t("tables.bills_none_hint")}</EmptyState>,
    select: {
      value: (bill) => bill.id,
      label: (bill) => t("tables.select_row", { name: bill.number ?? "" }),
    },
    bulk: [
      { label: t("statements.print"), action: `${PATH}.pdf`, icon: "import" },
      ...(may(state, "mail:send")
        ? [
          { label: t("deliveries.bills_bulk"), action: "/admin/reminders/bills", icon: "mail" as const },
          { label: t("deliveries.remind_bulk"), action: "/admin/reminders", icon: "mail" as const },
        ]
        : []),
      { label: t("tables.bulk_csv"), action: `${PATH}.csv`, icon: "export" },
    ],
  }),
});

export default list.page;
export const { handler, route } = list;

/** The names behind the ids of the address. */
async function readNames(trx: TenantTransaction, { subscriber, run, plan, site }: Query, locale: Locale) {
  const issued = run === undefined ? null : await findRun(trx, run);
  const sites = site === undefined ? [] : await listSiteOverview(trx);
  return {
    subscriber: subscriber === undefined ? undefined : found(await findSubscriber(trx, subscriber)).name,
    run: issued === null ? undefined : formatDateShort(issued.business_on, locale),
    plan: plan === undefined ? undefined : (await findPlan(trx, plan))?.name,
    site: sites.find(({ id }) => id === site)?.name,
  };
}

function owedWords(t: Translate, counts: Counts): string | undefined {
  if (totalOf(counts) === 0) return undefined;
  const owed = sum(counts.map((row) => centavos(row.owedCentavos)));
  const late = counts.filter((row) => row.status === "grace" || row.status === "overdue");
  const lateOwed = sum(late.map((row) => centavos(row.owedCentavos)));
  return t("tables.bills_owed", { owed: formatPeso(owed), late: formatPeso(lateOwed) });
}

function totalOf(counts: Counts): number {
  return counts.reduce((total, row) => total + row.count, 0);
}

function countOf(counts: Counts, status: BillStatus): number {
  return counts.find((row) => row.status === status)?.count ?? 0;
}
