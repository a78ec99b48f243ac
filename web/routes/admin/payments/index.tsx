import { page } from "fresh";
import type { z } from "zod";
import { formatDateShort } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/Button.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { type ListFrame, listHref } from "@/web/components/list_frame.ts";
import { ListTable } from "@/web/components/ListTable.tsx";
import { PageHeader } from "@/web/components/PageHeader.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { METHODS, paymentsQuery } from "@/web/route_table/payments.ts";
import { countPayments, listPayments } from "@/web/store/payments/payments_page.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { found, may, momentOf, readFigures, readPage } from "@/web/app/page_context.ts";
import { activeFilters } from "../(_lists)/active.ts";
import { BulkDone } from "../(_lists)/BulkDone.tsx";
import { pageOf, readFrame } from "../(_lists)/frame.ts";
import { columnsFor } from "./(_parts)/columns.tsx";
import { filterOf } from "./(_parts)/filter.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const PATH = "/admin/payments";

type Query = z.infer<typeof paymentsQuery>;

export default define.page<typeof handler>(function PaymentsPage({ data, state }) {
  const { frame, query, subscriber, today, counts } = data;
  const { t } = state;
  const post = may(state, "payment:post") && (
    <LinkButton
      kind="primary"
      icon="cash"
      href={subscriber === null ? `${PATH}/new` : `${PATH}/new?subscriber=${subscriber.id}`}
    >
      {t("tables.sub_post_payment")}
    </LinkButton>
  );
  return (
    <>
      <PageHeader
        title={subscriber === null
          ? t("tables.list_payments")
          : t("tables.payments_of", { name: subscriber.name })}
        lead={counts.count === 0
          ? undefined
          : t("tables.payments_sum", { amount: formatPeso(centavos(counts.postedCentavos)) })}
        back={subscriber === null
          ? undefined
          : { href: `/admin/subscribers/${subscriber.id}`, label: subscriber.name }}
        actions={
          <>
            <LinkButton icon="export" href={listHref({ ...frame, path: `${PATH}.csv` }, { per: undefined })}>
              CSV
            </LinkButton>
            {post}
          </>
        }
      />
      <BulkDone query={query} />
      <ListTable
        frame={frame}
        caption={t("tables.list_payments")}
        columns={columnsFor(t, today)}
        rows={data.rows}
        rowHref={(payment) => `${PATH}/${payment.id}`}
        rowKeys={(payment) => ({
          p: may(state, "payment:post") && `${PATH}/new?subscriber=${payment.subscriber_id}`,
        })}
        next={data.next}
        previous={data.previous}
        total={counts.count}
        sort="-recorded"
        chips={chipsOf(t, frame, query, today)}
        active={activeFilters(frame, {
          q: t("tables.by_text", { text: query.q ?? "" }),
          subscriber: t("tables.by_subscriber", { name: subscriber?.name ?? "?" }),
          on: query.on && t("tables.by_recorded", { day: formatDateShort(query.on, t.locale) }),
          from: query.from && t("tables.by_from", { day: formatDateShort(query.from, t.locale) }),
          to: query.to && t("tables.by_to", { day: formatDateShort(query.to, t.locale) }),
          method: query.method && t("tables.by_method", { word: t(`words.method_${query.method}`) }),
          status: query.status &&
            t("tables.by_status", {
              word: t(query.status === "posted" ? "tables.posted" : "tables.reversed"),
            }),
        }, shownByChips(query, today))}
        search={t("tables.payments_search")}
        noneMatch={query.q === undefined ? undefined : t("tables.none_match_text", { text: query.q })}
        empty={
          <EmptyState icon="cash" title={t("tables.payments_none")} actions={post}>
            {t("tables.payments_none_hint")}
          </EmptyState>
        }
        select={{
          value: (payment) => payment.id,
          label: (payment) => t("tables.select_row", { name: payment.number }),
        }}
        bulk={[{ label: t("tables.bulk_csv"), action: `${PATH}.csv`, icon: "export" }]}
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "payment:read",
    input: paymentsQuery,
    summary: "Payments, newest first",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { state } = ctx;
    state.title = state.t("tables.list_payments");
    state.live = ["money"];
    const query = readInput(state, paymentsQuery);
    const filter = filterOf(query);
    const data = await readPage(state, async (trx) => ({
      frame: await readFrame(trx, state, { name: "payments", path: PATH, query }),
      ...await listPayments(trx, filter, pageOf(query)),
      counts: await readFigures(state, trx, ["payments", filter], () => countPayments(trx, filter)),
      subscriber: query.subscriber === undefined ? null : found(await findSubscriber(trx, query.subscriber)),
    }));
    return page({ ...data, query, today: momentOf(state).today });
  },
});

/** A day, a method and reversed or not: three questions, each with its own chips. */
function chipsOf(t: Translate, frame: ListFrame, query: Query, today: Temporal.PlainDate) {
  const day = today.toString();
  const isToday = frame.query.on === day;
  return [
    {
      label: t("tables.all_rows"),
      href: listHref(frame, { on: undefined, method: undefined, status: undefined }),
      isCurrent: query.method === undefined && query.status === undefined && query.on === undefined,
    },
    {
      label: t("tables.today"),
      href: listHref(frame, { on: isToday ? undefined : day }),
      isCurrent: isToday,
    },
    ...METHODS.map((method) => ({
      label: t(`words.method_${method}`),
      href: listHref(frame, { method: query.method === method ? undefined : method }),
      isCurrent: query.method === method,
    })),
    {
      label: t("tables.reversed"),
      href: listHref(frame, { status: query.status === "reversed" ? undefined : "reversed" }),
      isCurrent: query.status === "reversed",
    },
  ];
}

/** Names in the address that a current chip stands for. */
function shownByChips(query: Query, today: Temporal.PlainDate): string[] {
  return [
    "method",
    ...(query.status === "reversed" ? ["status"] : []),
    ...(query.on?.equals(today) === true ? ["on"] : []),
  ];
}
