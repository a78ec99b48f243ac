import { CONSENT_STATES } from "@/web/route_table/privacy.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { BulkDone } from "@/web/app/list/BulkDone.tsx";
import { may, readFigures } from "@/web/app/frame/page_context.ts";
import { type AppState, define } from "@/web/app/state.ts";
import type { BulkAction } from "@/web/components/list/BulkBar.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { subscribersQuery } from "@/web/route_table/subscribers.ts";
import { hasPrepaid } from "@/web/store/billing/coverage.ts";
import { hasOwnPrices } from "@/web/store/billing/own_prices.ts";
import { listPlans } from "@/web/store/billing/plans.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { listSiteOverview } from "@/web/store/network/sites.ts";
import {
  countSubscriberChips,
  listSubscribers,
  type SubscriberFilter,
} from "@/web/store/subscribers/subscribers_page.ts";
import { keysOfSubscriber } from "../(_lists)/keys_of.ts";
import { chipsOf, chosenChip, filterWords, withoutFacets } from "./(_parts)/chips.ts";
import { columnsFor, FILE_ORDER } from "./(_parts)/columns.tsx";
import { filterOf, sortOf } from "./(_parts)/filter.ts";

const PATH = "/admin/subscribers";
/** One row of so many is rare. */
const RARE = 200;

export const list = define.list({
  name: "subscribers",
  path: () => PATH,
  query: subscribersQuery,
  filter: ({ query, state, moment }): SubscriberFilter =>
    filterOf(query, may(state, "bill:read"), moment.today),
  ticked: (subscriptionIds) => ({ subscriptionIds }),
  sortOf: ({ query, state }) => sortOf(query, may(state, "bill:read")),
  count: (trx, filter, { moment }) => countSubscriberChips(trx, filter, withoutFacets(filter), moment),
  more: async (trx, { state, query }) => ({
    sites: await readFigures(state, trx, ["sites"], () => listSiteOverview(trx)),
    hasOwnPrices: may(state, "bill:read") && await hasOwnPrices(trx),
    hasPrepaid: await hasPrepaid(trx),
    plans: query.plan === undefined ? [] : await listPlans(trx, { withArchived: true }),
    routerName: query.router === undefined ? undefined : (await findRouter(trx, query.router))?.name,
  }),
  read: (trx, filter, page, { moment, counts }) => {
    const isRare = counts !== null && counts.matching * RARE < counts.all;
    return listSubscribers(trx, filter, moment, { ...page, isRare });
  },
  permission: "subscriber:read",
  summary: "Find and filter subscribers",
  live: ["money", "network"],
  title: ({ t }) => t("tables.sub_title"),
  actions: ({ t, state }) => (
    <>
      {may(state, "subscriber:write") && (
        <LinkButton icon="user" href={`${PATH}/new`}>{t("subscribers.new_title")}</LinkButton>
      )}
      {may(state, "payment:post") && (
        <LinkButton kind="primary" icon="cash" href="/admin/payments/new">
          {t("tables.sub_post_payment")}
        </LinkButton>
      )}
    </>
  ),
  above: ({ query }) => <BulkDone query={query} />,
  total: ({ counts }) => counts.matching,
  sort: "name",
  columns: ({ t, state, moment }) => columnsFor(t, may(state, "bill:read"), moment.today),
  fileOrder: FILE_ORDER,
  table: (
    { t, state, frame, query, counts, more: { sites, plans, routerName, hasOwnPrices, hasPrepaid } },
  ) => ({
    rowHref: (row) => `${PATH}/${row.subscriberId}`,
    rowNote: (row) => <CodeText>{row.accountNumber}</CodeText>,
    rowId: (row) => row.subscriptionId ?? row.subscriberId,
    rowKeys: ({ subscriberId, subscriptionId, serviceState }) =>
      keysOfSubscriber(state, {
        subscriberId,
        hold: serviceState === "active" || serviceState === "held" ? subscriptionId : null,
      }),
    chips: chipsOf(t, frame, query, counts, may(state, "bill:read")),
    active: activeFilters(frame, filterWords(t, query, { sites, plans, routerName }), chosenChip(query)),
    search: t("tables.sub_search"),
    selects: ["site", "price", "prepaid", "consent"],
    noneMatch: query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q }),
    empty: <NoneYet state={state} />,
    select: {
      value: (row) => row.subscriptionId,
      label: (row) => t("tables.select_row", { name: row.name }),
    },
    bulk: actionsFor(state),
    children: (
      <>
        {sites.length > 1 && (
          <select class="input input-short" name="site" aria-label={t("tables.site")}>
            <option value="">{t("tables.all_sites")}</option>
            {sites.map(({ id, name }) => (
              <option key={id} value={id} selected={id === query.site}>{name}</option>
            ))}
          </select>
        )}
        {hasOwnPrices && (
          <select class="input input-short" name="price" aria-label={t("tables.price")}>
            <option value="">{t("tables.all_prices")}</option>
            <option value="own" selected={query.price === "own"}>{t("tables.by_own_price")}</option>
          </select>
        )}
        {hasPrepaid && (
          <select class="input input-short" name="prepaid" aria-label={t("prepaid.billing")}>
            <option value="">{t("prepaid.list_any")}</option>
            {(["all", "expiring"] as const).map((which) => (
              <option value={which} selected={query.prepaid === which}>{t(`prepaid.list_${which}`)}</option>
            ))}
          </select>
        )}
        <select class="input input-short" name="consent" aria-label={t("privacy.consent_field")}>
          <option value="">{t("privacy.consent_field")}</option>
          {(["unknown", ...CONSENT_STATES] as const).map((state) => (
            <option value={state} selected={query.consent === state}>
              {t("privacy.by_consent", { state })}
            </option>
          ))}
        </select>
      </>
    ),
  }),
});

export default list.page;
export const { handler, route } = list;

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
