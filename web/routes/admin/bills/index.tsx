import { page } from "fresh";
import type { z } from "zod";
import { formatDateShort } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, sum, ZERO } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import type { BillStatus } from "@/web/domain/billing/mod.ts";
import type { Locale } from "@/web/messages/mod.ts";
import { billsQuery } from "@/web/route_table/bills.ts";
import { countBillsByStatus, listBills } from "@/web/store/billing/bills_page.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { findRun } from "@/web/store/billing/runs.ts";
import { listSiteOverview } from "@/web/store/network/sites.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { found, momentOf, readFigures, readPage } from "@/web/app/page_context.ts";
import { balanceOf } from "@/web/app/due_words.ts";
import { activeFilters } from "../(_lists)/active.ts";
import { BulkDone } from "../(_lists)/BulkDone.tsx";
import { pageOf, readFrame } from "../(_lists)/frame.ts";
import { keysOfBill } from "../(_lists)/keys_of.ts";
import { columnsFor } from "./(_parts)/columns.tsx";
import { filterOf } from "./(_parts)/filter.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const PATH = "/admin/bills";
const CHIPS = ["due", "partly_paid", "grace", "overdue", "paid", "void"] as const;

type Query = z.infer<typeof billsQuery>;
type Counts = Awaited<ReturnType<typeof countBillsByStatus>>;

export default define.page<typeof handler>(function BillsPage({ data, state }) {
  const { frame, query, counts, names } = data;
  const { t } = state;
  const isOfOne = query.subscriber !== undefined;
  return (
    <>
      <PageHeader
        title={isOfOne ? t("tables.bills_of", { name: names.subscriber ?? "" }) : t("tables.list_bills")}
        lead={owedWords(state, counts)}
        back={isOfOne
          ? { href: `/admin/subscribers/${query.subscriber}`, label: names.subscriber ?? "" }
          : undefined}
        actions={
          <LinkButton icon="export" href={listHref({ ...frame, path: `${PATH}.csv` }, { per: undefined })}>
            CSV
          </LinkButton>
        }
      />
      <BulkDone query={query} />
      <ListTable
        frame={frame}
        caption={t("tables.list_bills")}
        columns={columnsFor(t, data.today)}
        rows={data.rows}
        rowHref={(bill) => `${PATH}/${bill.id}`}
        rowKeys={(bill) =>
          keysOfBill(state, {
            id: bill.id,
            subscriberId: bill.subscriber_id,
            isOpen: balanceOf(bill) > ZERO,
          })}
        next={data.next}
        previous={data.previous}
        total={query.status === undefined ? totalOf(counts) : countOf(counts, query.status)}
        sort="-issued"
        chips={[
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
        ]}
        active={activeFilters(frame, {
          q: t("tables.by_text", { text: query.q ?? "" }),
          subscriber: t("tables.by_subscriber", { name: names.subscriber ?? "?" }),
          run: t("tables.by_run", { day: names.run ?? "?" }),
          plan: t("tables.by_plan", { name: names.plan ?? "?" }),
          site: t("tables.by_site", { name: names.site ?? "?" }),
          on: query.on && t("tables.by_issued", { day: formatDateShort(query.on, t.locale) }),
          from: query.from && t("tables.by_from", { day: formatDateShort(query.from, t.locale) }),
          to: query.to && t("tables.by_to", { day: formatDateShort(query.to, t.locale) }),
          live: query.live && t("tables.by_live"),
        }, ["status"])}
        search={t("tables.bills_search")}
        noneMatch={query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q })}
        empty={
          <EmptyState icon="bill" title={t("tables.bills_none")}>{t("tables.bills_none_hint")}</EmptyState>
        }
        select={{
          value: (bill) => bill.id,
          label: (bill) => t("tables.select_row", { name: bill.number ?? "" }),
        }}
        bulk={[{ label: t("tables.bulk_csv"), action: `${PATH}.csv`, icon: "export" }]}
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:read",
    input: billsQuery,
    summary: "Bills by status",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    state.title = state.t("tables.list_bills");
    state.live = ["money"];
    const query = readInput(state, billsQuery);
    const { today } = momentOf(state);
    const filter = filterOf(query, today);
    const data = await readPage(state, async (trx) => ({
      frame: await readFrame(trx, state, { name: "bills", path: PATH, query }),
      ...await listBills(trx, filter, pageOf(query)),
      counts: await readFigures(
        state,
        trx,
        ["bills", filter, today],
        () => countBillsByStatus(trx, filter, today),
      ),
      names: await readNames(trx, query, state.locale),
    }));
    return page({ ...data, query, today });
  },
});

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

function owedWords({ t }: AppState, counts: Counts): string | undefined {
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
