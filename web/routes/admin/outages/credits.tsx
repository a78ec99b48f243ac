import { centavos, formatCentavosPlain, formatPeso, sum } from "@/shared/money/mod.ts";
import { pageOfRows } from "@/web/app/list/page_of_rows.ts";
import { businessInstant, may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { ActionForm } from "@/web/components/form/Button.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { outageCreditsQuery } from "@/web/route_table/outages.ts";
import { isGiven } from "@/web/services/billing/give_outage_credits.ts";
import { type DueOutageCredit, listDueOutageCredits } from "@/web/services/billing/due_outage_credits.ts";

const PATH = "/admin/outages/credits";
const SHOWS = ["running", "held", "above"] as const;

export const list = define.list({
  name: "outage_credits",
  path: () => PATH,
  query: outageCreditsQuery,
  filter: ({ query }) => ({ show: query.show }),
  count: () => Promise.resolve(null),
  more: async (trx, { moment, query: { show } }) => {
    const due = await listDueOutageCredits(trx, {
      tenant: moment.tenant,
      now: businessInstant(moment),
      today: moment.today,
      withRunning: show === "running",
      subscriptionIds: null,
    });
    return due.filter((row) =>
      show === "above" ? row.dueCentavos < 0n : isGiven({ withHeld: show === "held" })(row)
    );
  },
  // What is given is all of it, so all of it is worked out; a page shows a part.
  read: (_trx, _filter, page, { more }) =>
    Promise.resolve(pageOfRows(more, (row) => `${row.subscription_id} ${row.period_start}`, page)),
  permission: "bill:read",
  summary: "What outages come to, subscriber by subscriber, before it is credited",
  live: ["money"],
  title: ({ t }) => t("outages.credits"),
  lead: ({ t, more }) =>
    more.length === 0
      ? undefined
      : t("outages.credits_lead", { n: more.length, amount: formatPeso(totalOf(more)) }),
  back: ({ t }) => ({ href: "/admin/outages", label: t("outages.list") }),
  actions: ({ t, state, more, query: { show } }) =>
    more.length > 0 && show !== "above" && may(state, "memo:post") && (
      <ActionForm
        action="/admin/outages/give"
        csrfToken={state.csrfToken}
        kind="primary"
        values={{ show: show ?? "", seen: totalOf(more).toString() }}
      >
        {t("outages.give", { amount: formatPeso(totalOf(more)) })}
      </ActionForm>
    ),
  above: ({ t, query }) => <Flash done={query.done} messages={{ given: t("outages.done_given") }} />,
  total: ({ more }) => more.length,
  sort: "subscriber",
  columns: ({ t }) => [
    {
      id: "subscriber",
      head: t("tables.subscriber"),
      cell: (row) => <span class="clip">{row.subscriber_name}</span>,
      csv: (row) => row.subscriber_name,
    },
    { head: t("tables.account"), csv: (row) => row.account_number },
    {
      id: "ppp",
      head: t("outages.connection"),
      cell: (row) => <CodeText>{row.ppp_name}</CodeText>,
      csv: (row) => row.ppp_name,
    },
    {
      id: "period",
      head: t("outages.period"),
      cell: (row) => formatDate(row.period_start, t.locale),
      csv: (row) => row.period_start.toString(),
    },
    {
      id: "bill",
      head: t("outages.bill"),
      cell: (row) => <CodeText>{row.bill_number}</CodeText>,
      csv: (row) => row.bill_number,
      minor: true,
    },
    {
      id: "minutes",
      head: t("outages.minutes"),
      cell: (row) =>
        t("outages.minutes_value", { hours: Math.floor(row.minutes / 60), minutes: row.minutes % 60 }),
      csv: (row) => String(row.minutes),
    },
    {
      id: "given",
      head: t("outages.given"),
      kind: "money",
      cell: (row) => <Money amount={centavos(row.given_centavos)} />,
      csv: (row) => formatCentavosPlain(centavos(row.given_centavos)),
      minor: true,
    },
    {
      id: "due",
      head: t("outages.due"),
      kind: "money",
      cell: (row) => <Money amount={row.dueCentavos} />,
      csv: (row) => formatCentavosPlain(row.dueCentavos),
    },
  ],
  table: ({ t, frame, query }) => ({
    rowHref: (row) => `/admin/subscribers/${row.subscriber_id}`,
    chips: [
      {
        label: t("outages.show_ended"),
        href: listHref(frame, { show: undefined }),
        isCurrent: query.show === undefined,
      },
      ...SHOWS.map((show) => ({
        label: t(`outages.show_${show}`),
        href: listHref(frame, { show }),
        isCurrent: query.show === show,
      })),
    ],
    empty: (
      <EmptyState icon="bill" title={t("outages.nothing_due")}>{t("outages.nothing_due_hint")}</EmptyState>
    ),
  }),
});

export default list.page;
export const { handler, route } = list;

function totalOf(rows: readonly DueOutageCredit[]) {
  return sum(rows.map((row) => row.dueCentavos));
}
