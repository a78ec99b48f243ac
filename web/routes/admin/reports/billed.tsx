import {
  type Centavos,
  centavos,
  formatCentavosPlain,
  formatPeso,
  subtract,
  sum,
} from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { wholePage } from "@/web/app/list/define_list.tsx";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Bars } from "@/web/components/facts/Bars.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { billedAgainstCollected, type BilledMonth, type MonthMoves } from "@/web/domain/payments/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { billedQuery, MONTHS_SHOWN } from "@/web/route_table/reports.ts";
import { listMonthSums } from "@/web/store/billing/account_balances.ts";
import { sumAging } from "@/web/store/billing/aging.ts";
import type { ReportScope } from "@/web/store/billing/counted_entries.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { monthWords } from "./(_parts)/collection_columns.tsx";
import { lastMonths, signed } from "./(_parts)/months.tsx";
import { ReportTabs } from "./(_parts)/ReportTabs.tsx";
import { readScopeChoices, SCOPE_NAMES, scopeOf, ScopeSelects, scopeWords } from "./(_parts)/scope.tsx";

const MONTHS = "12";

/** In the order of the table. */
const COLUMNS = [
  "takenOver",
  "billed",
  "voided",
  "memos",
  "collected",
  "reversed",
  "refunded",
  "writtenOff",
  "open",
] as const satisfies readonly (keyof BilledMonth)[];

interface BilledFilter extends ReportScope {
  months: readonly Temporal.PlainDate[];
  today: Temporal.PlainDate;
}

export const list = define.list({
  name: "billed",
  path: () => "/admin/reports/billed",
  query: billedQuery,
  filter: ({ query, moment: { today } }): BilledFilter => ({
    months: lastMonths(today, Number(query.months ?? MONTHS)),
    today,
    ...scopeOf(query),
  }),
  count: (trx, filter) => readMonths(trx, filter),
  more: (trx) => readScopeChoices(trx),
  read: async (trx, filter, _page, { counts }) =>
    wholePage((counts ?? await readMonths(trx, filter)).toReversed()),
  permission: "report:read",
  summary: "Billed against collected by month",
  live: ["money"],
  title: ({ t }) => t("reports.billed"),
  lead: ({ t }) => t("reports.billed_lead"),
  back: ({ t }) => ({ href: "/admin/reports", label: t("reports.title") }),
  above: ({ t, counts }) => (
    <>
      <ReportTabs current="billed" />
      <Picture t={t} months={counts} />
    </>
  ),
  below: ({ t }) => <p class="note">{t("reports.billed_note")}</p>,
  total: ({ rows }) => rows.length,
  sort: "month",
  columns: ({ t, rows }) => columnsFor(t, rows),
  table: ({ t, state, frame, query, more }) => ({
    rowHref: ({ month }) =>
      may(state, "bill:read") && query.site === undefined && query.plan === undefined
        ? `/admin/bills?from=${month}&to=${month.with({ day: month.daysInMonth })}`
        : undefined,
    rowId: ({ month }) => month.toString(),
    chips: MONTHS_SHOWN.map((months) => ({
      label: t("reports.n_months", { n: Number(months) }),
      href: listHref(frame, { months: months === MONTHS ? undefined : months }),
      isCurrent: (query.months ?? MONTHS) === months,
    })),
    active: activeFilters(frame, scopeWords(t, query, more), ["months"]),
    selects: SCOPE_NAMES,
    children: (more.sites.length > 1 || more.plans.length > 1) && (
      <ScopeSelects query={query} choices={more} />
    ),
    empty: <EmptyState icon="chart" title={t("reports.nothing_billed")} />,
  }),
});

export default list.page;
export const { handler, route } = list;

async function readMonths(trx: TenantTransaction, { months, today, ...scope }: BilledFilter) {
  const [first = today] = months;
  const sums = await listMonthSums(trx, first, scope);
  const { amounts } = await sumAging(trx, { on: today, isPast: false, ...scope });
  const rows = billedAgainstCollected(
    sums.map((row) => ({ ...row, amountCentavos: centavos(row.amountCentavos) })),
    months,
    centavos(amounts.total),
  );
  // The months before the first bill say nothing.
  const begun = rows.findIndex((row) => COLUMNS.some((name) => row[name] !== 0n));
  return begun < 0 ? [] : rows.slice(begun);
}

function Picture({ t, months }: { t: Translate; months: readonly BilledMonth[] }) {
  const billed = sum(months.map(billedOf));
  const collected = sum(months.map(collectedOf));
  const [first] = months;
  if (first === undefined) return null;
  return (
    <Card>
      <Bars
        caption={t("reports.billed_caption", {
          n: months.length,
          billed: formatPeso(billed),
          collected: formatPeso(collected),
          percent: String(billed <= 0n ? 0n : collected * 100n / billed),
        })}
        head={t("reports.per_month")}
        series={[
          { name: t("reports.col_billed"), total: formatPeso(billed) },
          { name: t("reports.col_collected"), total: formatPeso(collected) },
        ]}
        points={months.map((month) => ({
          label: monthWords(month.month, t.locale),
          values: [billedOf(month), collectedOf(month)].map((amount) => Math.max(0, Number(amount))),
        }))}
        format={(value) => formatPeso(centavos(BigInt(Math.round(value))))}
      />
    </Card>
  );
}

/** Without what was taken back. */
function billedOf({ billed, voided, memos }: MonthMoves): Centavos {
  return subtract(subtract(billed, voided), memos);
}

/** Without what was given back. */
function collectedOf({ collected, reversed, refunded }: MonthMoves): Centavos {
  return subtract(subtract(collected, reversed), refunded);
}

/** Most ISPs never took over anything, or only once: the page leaves that column out where it is empty. */
function columnsFor(t: Translate, rows: readonly BilledMonth[]): ListColumn<BilledMonth>[] {
  const isShown = (name: keyof BilledMonth) =>
    name !== "takenOver" || rows.length === 0 || rows.some((row) => row.takenOver !== 0n);
  return [
    {
      head: t("reports.per_month"),
      cell: ({ month }) => monthWords(month, t.locale),
      csv: ({ month }) => month.toString().slice(0, 7),
      fit: true,
    },
    ...COLUMNS.filter(isShown).map((name): ListColumn<BilledMonth> => ({
      id: name.toLowerCase(),
      head: t(`reports.col_${name}`),
      kind: "money",
      cell: (row) => row[name] !== 0n && signed(row[name]),
      csv: (row) => formatCentavosPlain(row[name]),
      ...(name === "open" && { phone: "corner" }),
    })),
  ];
}
