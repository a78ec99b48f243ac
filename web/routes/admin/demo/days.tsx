import { refused } from "@/web/app/errors/refused.ts";
import { page } from "fresh";
import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { readInput } from "@/web/app/form/input.ts";
import { define } from "@/web/app/state.ts";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { useT } from "@/web/components/i18n.ts";
import { LiveRegion } from "@/web/components/frame/LiveRegion.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import type { Column } from "@/web/components/list/table_columns.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { daysQuery } from "@/web/route_table/demo.ts";
import { type HistoryDay, listHistoryDays } from "@/web/store/demo/day_history.ts";
import { address, momentOf, readPage } from "@/web/app/frame/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

const PATH = "/admin/demo/days";
const DAYS = 31;

export default define.page<typeof handler>(function DaysPage({ data }) {
  const t = useT();
  const { days, today, last } = data;
  const isNewest = Temporal.PlainDate.compare(last, today) >= 0;
  return (
    <>
      <PageHeader title={t("tour.days_title")} lead={t("tour.days_lead")} />
      <LiveRegion id="demo-days" isList>
        <DataTable
          caption={t("tour.days_title")}
          rows={days}
          columns={columnsOf(t)}
          empty={
            <EmptyState icon="calendar" title={t("tour.days_empty")}>{t("tour.days_empty_text")}</EmptyState>
          }
        />
        <div class="cluster">
          {!isNewest && (
            <LinkButton icon="left" href={address(PATH, { until: last.add({ days: DAYS }).toString() })}>
              {t("tour.later")}
            </LinkButton>
          )}
          <LinkButton href={address(PATH, { until: last.subtract({ days: DAYS }).toString() })}>
            {t("tour.earlier")}
          </LinkButton>
        </div>
      </LiveRegion>
    </>
  );
});

function columnsOf(t: Translate): Column<HistoryDay>[] {
  const nothing = (
    <>
      <span class="note nothing" aria-hidden="true">–</span>
      <span class="sr-only">{t("tour.nothing")}</span>
    </>
  );
  return [
    { head: t("tour.col_day"), cell: (day) => formatDate(day.business_on, t.locale), fit: true },
    {
      head: t("tour.col_bills"),
      cell: (day) =>
        day.bills === 0 || day.bill_run_id === null
          ? nothing
          : (
            <a href={address("/admin/bills", { run: day.bill_run_id })}>
              {t("tour.bills", { bills: day.bills, amount: formatPeso(centavos(day.billed_centavos)) })}
            </a>
          ),
    },
    {
      head: t("tour.col_payments"),
      cell: (day) => {
        if (day.payments + day.reversed === 0) return nothing;
        const amount = formatPeso(centavos(day.collected_centavos));
        const reversed = day.reversed > 0 ? `, ${t("tour.reversed", { count: day.reversed })}` : "";
        return (
          <a href={address("/admin/payments", { on: day.business_on.toString() })}>
            {t("tour.payments", { payments: day.payments, amount })}
            {reversed}
          </a>
        );
      },
    },
    {
      head: t("tour.col_cut"),
      cell: (day) =>
        day.cut_run_id === null || (day.listed === 0 && day.cut === 0)
          ? nothing
          : <a href={`/admin/runs/${day.cut_run_id}`}>{cutWords(t, day)}</a>,
    },
    { head: t("tour.col_back"), cell: (day) => day.restored === 0 ? nothing : day.restored, kind: "number" },
    { head: t("tour.col_held"), cell: (day) => day.held === 0 ? nothing : day.held, kind: "number" },
    {
      head: t("mailbox.col_mails"),
      cell: (day) =>
        day.mails === 0 ? nothing : t("mailbox.day_mails", { sent: day.mails_sent, queued: day.mails }),
      fit: true,
    },
  ];
}

function cutWords(t: Translate, day: HistoryDay): string {
  const { cut, kept, listed } = day;
  switch (day.cut_status) {
    case "awaiting_approval":
      return t("tour.cut_waiting", { listed });
    case "failed":
      return t("tour.cut_lapsed", { listed });
    case "done":
      return t("tour.cut", { cut, kept });
    default:
      return t("tour.cut_listed", { listed });
  }
}

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:read",
    input: daysQuery,
    summary: "What happened on each business day",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    if (ctx.state.demo === null) throw refused("not_found");
    ctx.state.title = ctx.state.t("tour.days_title");
    ctx.state.live = ["money", "tonight", "mail"];
    const { today } = momentOf(ctx.state);
    const { until } = readInput(ctx.state, daysQuery);
    const asked = until === undefined ? today : Temporal.PlainDate.from(until);
    const last = Temporal.PlainDate.compare(asked, today) > 0 ? today : asked;
    const days = await readPage(
      ctx.state,
      (trx) => listHistoryDays(trx, { first: last.subtract({ days: DAYS - 1 }), last }),
    );
    return page({ days, today, last });
  },
});
