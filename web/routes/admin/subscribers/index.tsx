import { page } from "fresh";
import { readInput } from "@/web/app/input.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import type { BulkAction } from "@/web/components/BulkBar.tsx";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import { subscribersQuery } from "@/web/route_table/subscribers.ts";
import { listPlans } from "@/web/store/billing/plans.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { listSiteOverview } from "@/web/store/network/sites.ts";
import { countSubscriberChips, listSubscribers } from "@/web/store/subscribers/subscribers_page.ts";
import { may, momentOf, readFigures, readPage } from "@/web/app/page_context.ts";
import { activeFilters } from "../(_lists)/active.ts";
import { BulkDone } from "../(_lists)/BulkDone.tsx";
import { pageOf, readFrame } from "../(_lists)/frame.ts";
import { keysOfSubscriber } from "../(_lists)/keys_of.ts";
import { chipsOf, chosenChip, filterWords, withoutFacets } from "./(_parts)/chips.ts";
import { columnsFor } from "./(_parts)/columns.tsx";
import { filterOf, sortOf } from "./(_parts)/filter.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const PATH = "/admin/subscribers";
/** One row of so many is rare. */
const RARE = 200;

export default define.page<typeof handler>(function SubscribersPage({ data, state }) {
  const { frame, query, counts, sites, plans } = data;
  const { t } = state;
  const seesMoney = may(state, "bill:read");
  const chip = chosenChip(query);
  return (
    <>
      <PageHeader
        title={t("tables.sub_title")}
        actions={
          <>
            <LinkButton icon="export" href={listHref({ ...frame, path: `${PATH}.csv` }, { per: undefined })}>
              CSV
            </LinkButton>
            {may(state, "subscriber:write") && (
              <LinkButton icon="user" href={`${PATH}/new`}>{t("subscribers.new_title")}</LinkButton>
            )}
            {may(state, "payment:post") && (
              <LinkButton kind="primary" icon="cash" href="/admin/payments/new">
                {t("tables.sub_post_payment")}
              </LinkButton>
            )}
          </>
        }
      />
      <BulkDone query={query} />
      <ListTable
        frame={frame}
        caption={t("tables.sub_title")}
        columns={columnsFor(t, seesMoney, data.today)}
        rows={data.rows}
        rowHref={(row) => `${PATH}/${row.subscriberId}`}
        rowNote={(row) => <CodeText>{row.accountNumber}</CodeText>}
        rowId={(row) => row.subscriptionId ?? row.subscriberId}
        rowKeys={({ subscriberId, subscriptionId, serviceState }) =>
          keysOfSubscriber(state, {
            subscriberId,
            hold: serviceState === "active" || serviceState === "held" ? subscriptionId : null,
          })}
        next={data.next}
        previous={data.previous}
        total={counts.matching}
        sort="name"
        chips={chipsOf(t, frame, query, counts, seesMoney)}
        active={activeFilters(
          frame,
          filterWords(t, query, { sites, plans, routerName: data.routerName }),
          chip,
        )}
        search={t("tables.sub_search")}
        selects={["site"]}
        noneMatch={query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q })}
        empty={<NoneYet state={state} />}
        select={{
          value: (row) => row.subscriptionId,
          label: (row) => t("tables.select_row", { name: row.name }),
        }}
        bulk={actionsFor(state)}
      >
        {sites.length > 1 && (
          <select class="input input-short" name="site" aria-label={t("tables.site")}>
            <option value="">{t("tables.all_sites")}</option>
            {sites.map(({ id, name }) => (
              <option key={id} value={id} selected={id === query.site}>{name}</option>
            ))}
          </select>
        )}
      </ListTable>
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "subscriber:read",
    input: subscribersQuery,
    summary: "Find and filter subscribers",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    state.title = state.t("tables.sub_title");
    state.live = ["money", "network"];
    const asked = readInput(state, subscribersQuery);
    const query = { ...asked, sort: sortOf(asked, may(state, "bill:read")) };
    const filter = filterOf(query, may(state, "bill:read"));
    const moment = momentOf(state);
    const data = await readPage(state, async (trx) => {
      const counts = await readFigures(
        state,
        trx,
        ["subscribers", filter, moment.today],
        () => countSubscriberChips(trx, filter, withoutFacets(filter), moment),
      );
      const isRare = counts.matching * RARE < counts.all;
      return {
        counts,
        frame: await readFrame(trx, state, { name: "subscribers", path: PATH, query }),
        ...await listSubscribers(trx, filter, moment, { ...pageOf(query), isRare }),
        sites: await readFigures(state, trx, ["sites"], () => listSiteOverview(trx)),
        plans: query.plan === undefined ? [] : await listPlans(trx, { withArchived: true }),
        routerName: query.router === undefined ? undefined : (await findRouter(trx, query.router))?.name,
      };
    });
    return page({ ...data, query, today: moment.today });
  },
});

function actionsFor(state: AppState): BulkAction[] {
  const { t } = state;
  return [
    ...(may(state, "hold:write")
      ? [
        { label: t("tables.bulk_hold"), action: "/admin/bulk/hold", icon: "hold" as const },
        { label: t("tables.bulk_end"), action: "/admin/bulk/end-hold" },
      ]
      : []),
    ...(may(state, "subscriber:write") ? [{ label: t("tables.bulk_plan"), action: "/admin/bulk/plan" }] : []),
    { label: t("tables.bulk_csv"), action: `${PATH}.csv`, icon: "export" as const },
  ];
}

function NoneYet({ state }: { state: AppState }) {
  const { t } = state;
  return (
    <EmptyState
      icon="people"
      title={t("tables.sub_none")}
      actions={
        <>
          {may(state, "import:run") && (
            <LinkButton kind="primary" icon="import" href="/admin/import">
              {t("tables.sub_none_import")}
            </LinkButton>
          )}
          {may(state, "site:write") && (
            <LinkButton href="/admin/sites">{t("tables.sub_none_site")}</LinkButton>
          )}
        </>
      }
    >
      {t("tables.sub_none_hint")}
    </EmptyState>
  );
}
