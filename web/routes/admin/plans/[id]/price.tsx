import { centavos, formatCentavosPlain, subtract } from "@/shared/money/mod.ts";
import { withAbout } from "@/web/app/frame/about.ts";
import { found, typed } from "@/web/app/frame/page_context.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { signed } from "@/web/app/words/price_words.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { planPriceForm, planPriceQuery } from "@/web/route_table/prices.ts";
import { type PricedConnection, reviewPlanPrice } from "@/web/services/billing/review_plan_price.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { decodeCursor, encodeCursor, type Page, type PageRequest } from "@/web/store/db/keyset.ts";
import { findOfferedPlan } from "@/web/store/billing/plans.ts";
import { afterAsking, loadGate } from "../../approvals/(_parts)/gate.tsx";
import { planOf } from "../(_parts)/plan_form.tsx";
import { type PriceReview, PriceReviewPage, type TypedPlan } from "../(_parts)/PriceReviewPage.tsx";

/** What the address holds of a plan as it was typed. */
const TYPED = ["name", "price", "profile", "speed", "from", "on"];

export const list = define.list({
  name: "plan_price",
  path: ({ id }) => `/admin/plans/${id}/price`,
  params: idParams,
  query: planPriceQuery,
  filter: () => ({}),
  count: () => Promise.resolve(null),
  more: async (trx, { params, query, moment, state }): Promise<PriceReview> => {
    const plan = found(await findOfferedPlan(trx, params.id));
    const asked: TypedPlan = {
      name: query.name ?? plan.name,
      price: query.price ?? centavos(plan.price_centavos),
      profile: query.profile ?? "",
      speed: query.speed ?? "",
      fromOn: query.from === "day" ? query.on ?? null : null,
    };
    const review = await reviewPlanPrice(trx, moment, {
      planId: plan.id,
      priceCentavos: asked.price,
      fromOn: asked.fromOn,
    });
    const gate = await loadGate(trx, { state, moment }, "plan_price", {});
    return { plan, asked, review, gate };
  },
  // What is new for each is worked out for all of them: a page is a part of that.
  read: (_trx, _filter, page, { more: { review: { rows } } }) => Promise.resolve(pageOfRows(rows, page)),
  permission: "plan:write",
  summary: "What a new price of a plan does, before it is saved",
  title: ({ t, more: { plan } }) => t("prices.review_title", { name: plan.name }),
  total: ({ more: { review } }) => review.rows.length,
  sort: "name",
  columns: ({ t }) => [
    { head: t("tables.name"), cell: (row) => row.name, csv: (row) => row.name },
    { head: t("tables.account"), csv: (row) => row.accountNumber },
    {
      id: "user",
      head: t("tables.user"),
      cell: (row) => <CodeText>{row.pppName}</CodeText>,
      csv: (row) => row.pppName,
      fit: true,
      phone: "hide",
    },
    {
      id: "before",
      head: t("prices.before"),
      kind: "money",
      cell: (row) => <Money amount={row.beforeCentavos} />,
      csv: (row) => formatCentavosPlain(row.beforeCentavos),
    },
    {
      id: "after",
      head: t("prices.after"),
      kind: "money",
      cell: (row) => <Money amount={row.afterCentavos} />,
      csv: (row) => formatCentavosPlain(row.afterCentavos),
    },
    {
      id: "difference",
      head: t("prices.difference"),
      kind: "money",
      cell: (row) => row.hasOwn ? <OwnDifference row={row} t={t} /> : difference(row),
      csv: (row) => formatCentavosPlain(subtract(row.afterCentavos, row.beforeCentavos)),
    },
    {
      id: "on",
      head: t("prices.counts_from"),
      cell: (row) => <DateText date={row.on} short />,
      csv: (row) => row.on.toString(),
      fit: true,
    },
    {
      id: "bill",
      head: t("prices.seen_on"),
      cell: (row) => row.billOn && <DateText date={row.billOn} short />,
      csv: (row) => row.billOn?.toString() ?? "",
      fit: true,
    },
  ],
  fileOrder: ["Account", "Name", "PPPoE user"],
  fileName: ({ more: { plan } }) => `new-price-${plan.name}`,
  table: ({ t, frame }) => ({
    caption: t("tables.connections"),
    rowHref: (row) => `/admin/subscribers/${row.subscriberId}`,
    rowNote: (row) => <CodeText>{row.accountNumber}</CodeText>,
    rowId: (row) => row.connectionId,
    active: activeFilters(frame, {}, TYPED),
    empty: <EmptyState icon="plan" title={t("plans.unused")} />,
  }),
  page: ({ state, more, problems, params }, parts) => (
    <PriceReviewPage state={state} planId={params.id} loaded={more} problems={problems} parts={parts} />
  ),
});

const part = define.part({
  on: {
    ...list,
    refuse: (ctx, problems) =>
      list.refuse(
        ctx,
        problems,
        Object.fromEntries(
          TYPED.map((
            name,
          ) => [name, typed(ctx.state, name) || undefined]),
        ),
      ),
  },
  params: idParams,
  input: planPriceForm,
  load: (_trx, { params }) => Promise.resolve(params),
  permission: "plan:write",
  audit: "plan.updated",
  summary: "Save a plan with its new price",
  submit: (input, { call, loaded: { id } }) =>
    askOrRun(...call, {
      kind: "plan_price",
      input: {
        planId: id,
        seen: input.seen,
        ...planOf(input),
        priceFromOn: input.from === "day" ? input.on : null,
      },
      reason: input.reason,
    }),
  done: (done, { state, loaded: { id } }) =>
    afterAsking(state, done, {
      done: () => withAbout("/admin/plans?done=saved", id),
      cannotRead: `/admin/plans/${id}/edit`,
    }),
});

export default list.page;
export const handler = { ...part.handler, ...list.handler };
export const route = { ...part.route, ...list.route };

/** The rows of a page by their places. */
function pageOfRows(
  rows: readonly PricedConnection[],
  { after, before, limit }: PageRequest,
): Page<PricedConnection> {
  const placeOf = (cursor: string | undefined) => Number(decodeCursor(cursor, ["integer"])?.[0] ?? 0);
  const start = Math.max(0, before === undefined ? placeOf(after) : placeOf(before) - limit);
  const end = start + limit;
  return {
    rows: rows.slice(start, end),
    next: end < rows.length ? encodeCursor([String(end)]) : null,
    previous: start > 0 ? encodeCursor([String(start)]) : null,
  };
}

function difference(row: PricedConnection) {
  return <span class="money">{signed(subtract(row.afterCentavos, row.beforeCentavos))}</span>;
}

function OwnDifference({ row, t }: { row: PricedConnection; t: Translate }) {
  return (
    <>
      {difference(row)}
      <div class="note">{t("prices.own")}</div>
    </>
  );
}
