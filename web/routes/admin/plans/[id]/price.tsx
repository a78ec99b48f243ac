import { formatDate } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, formatCentavosPlain, subtract } from "@/shared/money/mod.ts";
import { withAbout } from "@/web/app/frame/about.ts";
import { address, found, typed } from "@/web/app/frame/page_context.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import type { ListParts } from "@/web/app/list/list_types.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { Csrf, HiddenFields } from "@/web/components/form/Csrf.tsx";
import { ErrorSummary } from "@/web/components/form/ErrorSummary.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { REASON_MAX } from "@/web/domain/access/limits.ts";
import { PriceChange, signed } from "@/web/app/words/price_words.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { planPriceForm, planPriceQuery } from "@/web/route_table/prices.ts";
import {
  type PlanPriceReview,
  type PricedConnection,
  reviewPlanPrice,
} from "@/web/services/billing/review_plan_price.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { planVersion } from "@/web/services/billing/save_plan.ts";
import { decodeCursor, encodeCursor, type Page, type PageRequest } from "@/web/store/db/keyset.ts";
import { findOfferedPlan, type PlanListRow } from "@/web/store/billing/plans.ts";
import { afterAsking, type Gate, GateNote, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";
import { planForm, planOf } from "../(_parts)/plan_form.tsx";

/** What the address holds of a plan as it was typed. */
const TYPED = ["name", "price", "profile", "speed", "from", "on"];

/** A plan as it was typed. */
interface Asked {
  name: string;
  price: Centavos;
  profile: string;
  speed: string;
  fromOn: Temporal.PlainDate | null;
}

interface Loaded {
  plan: PlanListRow;
  asked: Asked;
  review: PlanPriceReview;
  gate: Gate;
}

export const list = define.list({
  name: "plan_price",
  path: ({ id }) => `/admin/plans/${id}/price`,
  params: idParams,
  query: planPriceQuery,
  filter: () => ({}),
  count: () => Promise.resolve(null),
  more: async (trx, { params, query, moment, state }): Promise<Loaded> => {
    const plan = found(await findOfferedPlan(trx, params.id));
    const asked: Asked = {
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
    <ReviewPage state={state} planId={params.id} loaded={more} problems={problems} parts={parts} />
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

interface ReviewPageProps {
  state: AppState;
  planId: string;
  loaded: Loaded;
  problems: Readonly<Record<string, string>>;
  parts: ListParts;
}

function ReviewPage(
  { state, planId, loaded: { plan, asked, review, gate }, problems, parts }: ReviewPageProps,
) {
  const { t } = state;
  const fields = {
    name: asked.name,
    price: formatCentavosPlain(asked.price),
    profile: asked.profile,
    speed: asked.speed,
    from: asked.fromOn === null ? "next" : "day",
    on: asked.fromOn?.toString() ?? "",
  };
  const back = address(`/admin/plans/${planId}/edit`, fields);
  return (
    <>
      <PageHeader
        title={t("prices.review_title", { name: plan.name })}
        back={{ href: back, label: t("plans.edit_title", { name: plan.name }) }}
        lead={t("prices.review_lead")}
        actions={parts.fileButton}
      />
      <form class="card" method="post" action={`/admin/plans/${planId}/price`}>
        <Csrf token={state.csrfToken} />
        <HiddenFields values={{ ...fields, seen: planVersion(plan) }} />
        <div class="card-body stack">
          <ErrorSummary
            errors={problems}
            labels={{ name: t(planForm.labels.name), price: t(planForm.labels.price), on: t("prices.on") }}
            title={t("prices.not_saved")}
          />
          <FactList
            wide
            facts={[
              {
                label: t("plans.price"),
                value: <PriceChange before={centavos(plan.price_centavos)} after={asked.price} />,
              },
              {
                label: t("prices.from"),
                value: asked.fromOn === null
                  ? t("prices.from_next")
                  : t("prices.from_on", { on: formatDate(asked.fromOn, t.locale) }),
              },
              {
                label: t("tables.connections"),
                value: t("prices.changed", { n: review.changed, all: review.rows.length }),
              },
              ...(review.untouched === 0
                ? []
                : [{ label: t("prices.own"), value: t("prices.untouched", { n: review.untouched }) }]),
              {
                label: t("prices.together"),
                value: <PriceChange before={review.beforeCentavos} after={review.afterCentavos} />,
                strong: true,
              },
            ]}
          />
          {asked.fromOn !== null && <p class="note">{t("prices.day_note")}</p>}
          <GateNote gate={gate} t={t} />
          {gate.way !== "run" && (
            <TextField
              name="reason"
              label={t("tables.reason")}
              value=""
              error={problems.reason}
              maxLength={REASON_MAX}
              required
            />
          )}
          <div class="form-actions">
            <Button kind="primary">{gateVerb(gate, t, t("plans.save"))}</Button>
            <LinkButton href={back}>{t("states.go_back")}</LinkButton>
          </div>
        </div>
      </form>
      {parts.table}
    </>
  );
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
