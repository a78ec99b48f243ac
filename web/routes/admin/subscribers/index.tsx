import { page } from "fresh";
import type { z } from "zod";
import { centavos } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { FilterBar } from "@/web/components/FilterBar.tsx";
import { Money } from "@/web/components/Money.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { Pager } from "@/web/components/Pager.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { formatCount, formatPlural } from "@/web/format.ts";
import { subscribersQuery } from "@/web/route_table/subscribers.ts";
import { listSiteOverview } from "@/web/store/sites.ts";
import { countSubscribers, listSubscribers, type SubscriberListRow } from "@/web/store/subscribers.ts";
import { type ChipCounts, countSubscriberChips } from "@/web/store/subscribers_page.ts";
import { address, may, momentOf, readPage } from "../(_billing)/page_context.ts";
import { cursorOf, filterOf, keptBySearch, narrowing } from "./(_parts)/filter.ts";
import { BillPillOrNone, ConnectionPills } from "../(_billing)/pills.tsx";
import { shortDay } from "../(_billing)/words.ts";

const PATH = "/admin/subscribers";
const ROWS = 50;

type Query = z.infer<typeof subscribersQuery>;
type Chip = keyof ChipCounts;

/** What each chip puts into the address; one at a time. */
const CHIPS: readonly { id: Chip; label: string; query: Partial<Query> }[] = [
  { id: "all", label: "All", query: {} },
  { id: "online", label: "Online", query: { connection: "online" } },
  { id: "offline", label: "Offline", query: { connection: "offline" } },
  { id: "unknown", label: "Unknown", query: { connection: "unknown" } },
  { id: "due", label: "Due", query: { bill: "due" } },
  { id: "grace", label: "Grace", query: { bill: "grace" } },
  { id: "overdue", label: "Overdue", query: { bill: "overdue" } },
  { id: "disconnected", label: "Disconnected", query: { service: "disconnected" } },
  { id: "held", label: "Held", query: { service: "held" } },
];

export default define.page<typeof handler>(function SubscribersPage({ data, state }) {
  const { query, rows, counts, total, sites, today } = data;
  const seesMoney = may(state, "bill:read");
  const chips = CHIPS.filter(({ query }) => seesMoney || query.bill === undefined);
  const hasFilter = Object.values(narrowing(query)).some((value) => value !== undefined);
  return (
    <>
      <PageHeader
        title="Subscribers"
        actions={
          <>
            <LinkButton icon="export" href={address(`${PATH}.csv`, narrowing(query))}>CSV</LinkButton>
            {may(state, "payment:post") && (
              <LinkButton kind="primary" icon="cash" href="/admin/payments/new">Post payment</LinkButton>
            )}
          </>
        }
      />
      <DataTable
        caption="Subscribers"
        columns={columnsFor(seesMoney, today)}
        rows={rows}
        rowHref={(row) => `${PATH}/${row.subscriberId}`}
        rowNote={(row) => <CodeText>{row.accountNumber}</CodeText>}
        toolbar={
          <FilterBar
            chips={chips.map(({ id, label, query: chip }) => ({
              label,
              href: address(PATH, { q: query.q, site: query.site, ...chip }),
              count: counts[id],
              isCurrent: isChosen(query, chip),
            }))}
            search={{
              action: PATH,
              label: "Name, account, user, phone",
              value: query.q,
              keep: keptBySearch(query),
            }}
          >
            {sites.length > 1 && <SiteSelect sites={sites} chosen={query.site} />}
          </FilterBar>
        }
        empty={hasFilter
          ? <NoneMatch query={query} />
          : <NoneYet canImport={may(state, "import:run")} canAddSite={may(state, "site:write")} />}
        foot={rows.length > 0 && (
          <Pager
            summary={`${formatCount(rows.length)} of ${formatPlural(total, "connection")}`}
            previousHref={data.previous === null
              ? undefined
              : address(PATH, { ...narrowing(query), before: data.previous })}
            nextHref={data.next === null
              ? undefined
              : address(PATH, { ...narrowing(query), after: data.next })}
          />
        )}
      />
    </>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = "Subscribers";
    const query = readInput(ctx.state, subscribersQuery);
    const filter = filterOf(query, may(ctx.state, "bill:read"));
    const moment = momentOf(ctx.state);
    const data = await readPage(ctx.state, async (trx) => {
      const list = await listSubscribers(trx, filter, moment, { ...cursorOf(query), limit: ROWS });
      const counts = await countSubscriberChips(trx, { siteId: filter.siteId }, moment);
      const { count: total } = await countSubscribers(trx, filter, moment);
      return { ...list, counts, total, sites: await listSiteOverview(trx) };
    });
    return page({ ...data, query, today: moment.today });
  },
});

function columnsFor(seesMoney: boolean, today: Temporal.PlainDate): Column<SubscriberListRow>[] {
  const money: Column<SubscriberListRow>[] = [
    { head: "Bill", cell: (row) => <BillPillOrNone status={row.billStatus} />, phone: "corner" },
    {
      head: "Balance",
      cell: (row) => <Money amount={centavos(row.balanceCentavos)} balance />,
      kind: "money",
    },
  ];
  return [
    { head: "Name", cell: (row) => row.name },
    ...(seesMoney ? money : []),
    { head: "PPPoE user", cell: (row) => row.pppName && <CodeText>{row.pppName}</CodeText>, fit: true },
    { head: "Plan", cell: (row) => row.planName, fit: true, minor: true, phone: "hide" },
    {
      head: "Connection",
      cell: (row) => (
        <ConnectionPills
          service={row.serviceState}
          link={row.connection}
          heldUntil={row.holdUntil === null ? undefined : shortDay(row.holdUntil, today)}
        />
      ),
    },
    { head: "Site", cell: (row) => row.siteName, minor: true, phone: "hide" },
  ];
}

function SiteSelect(
  { sites, chosen }: { sites: { id: string; name: string }[]; chosen: string | undefined },
) {
  return (
    <select class="input input-short" name="site" aria-label="Site">
      <option value="">All sites</option>
      {sites.map(({ id, name }) => <option key={id} value={id} selected={id === chosen}>{name}</option>)}
    </select>
  );
}

function NoneMatch({ query }: { query: Query }) {
  return (
    <EmptyState
      icon="search"
      title="No subscriber matches"
      actions={<LinkButton href={PATH}>Reset filters</LinkButton>}
    >
      {query.q === undefined || query.q === ""
        ? "Nobody is in this list now."
        : `Nobody in this list has “${query.q}” in the name, account, phone, address or PPPoE user.`}
    </EmptyState>
  );
}

function NoneYet({ canImport, canAddSite }: { canImport: boolean; canAddSite: boolean }) {
  return (
    <EmptyState
      icon="people"
      title="No subscribers yet"
      actions={
        <>
          {canImport && (
            <LinkButton kind="primary" icon="import" href="/admin/import">Import from a router</LinkButton>
          )}
          {canAddSite && <LinkButton href="/admin/sites">Connect a site</LinkButton>}
        </>
      }
    >
      Import the PPP secrets of your router. Nothing is changed on it.
    </EmptyState>
  );
}

function isChosen(query: Query, chip: Partial<Query>): boolean {
  return (["bill", "connection", "service"] as const).every((name) => query[name] === chip[name]) &&
    query.aging === undefined && query.router === undefined;
}
