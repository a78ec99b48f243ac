import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { wholePage } from "@/web/app/list/define_list.tsx";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import { vatByMonth, type VatMonth } from "@/web/domain/payments/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { MONTHS_SHOWN, vatQuery } from "@/web/route_table/reports.ts";
import { sumAccountEntries } from "@/web/store/billing/account_balances.ts";
import { listVatSums } from "@/web/store/billing/vat_months.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { monthWords } from "./(_parts)/collection_columns.tsx";
import { lastMonths, signed } from "./(_parts)/months.tsx";
import { ReportTabs } from "./(_parts)/ReportTabs.tsx";

const MONTHS = "12";

/** In the order of the table, with their words. */
const COLUMNS = {
  vatable: "reports.col_vatable",
  vatBilled: "reports.col_vat_billed",
  vatVoided: "reports.col_vat_voided",
  vatMemos: "reports.col_vat_memos",
  vatWrittenOff: "reports.col_vat_written_off",
  vatOfMonth: "reports.col_vat_month",
  payable: "reports.col_vat_payable",
} as const satisfies Partial<Record<keyof VatMonth, string>>;

export const list = define.list({
  name: "vat",
  path: () => "/admin/reports/vat",
  query: vatQuery,
  filter: ({ query, moment: { today } }) => ({ months: lastMonths(today, Number(query.months ?? MONTHS)) }),
  count: () => Promise.resolve(null),
  more: () => Promise.resolve(null),
  read: async (trx, { months }) => wholePage((await readMonths(trx, months)).toReversed()),
  permission: "report:read",
  summary: "VAT by month, as the ledger has it",
  live: ["money"],
  title: ({ t }) => t("reports.vat"),
  lead: ({ t }) => t("reports.vat_lead"),
  back: ({ t }) => ({ href: "/admin/reports", label: t("reports.title") }),
  above: () => <ReportTabs current="vat" />,
  below: ({ t }) => <p class="note">{t("reports.vat_note")}</p>,
  total: ({ rows }) => rows.length,
  sort: "month",
  columns: ({ t }) => columnsFor(t),
  table: ({ t, frame, query, state, moment: { tenant } }) => ({
    rowHref: ({ month }) =>
      `/admin/reports/accounts/lines?account=vat_payable&from=${month}&to=${
        month.with({ day: month.daysInMonth })
      }`,
    rowId: ({ month }) => month.toString(),
    chips: MONTHS_SHOWN.map((months) => ({
      label: t("reports.n_months", { n: Number(months) }),
      href: listHref(frame, { months: months === MONTHS ? undefined : months }),
      isCurrent: (query.months ?? MONTHS) === months,
    })),
    active: activeFilters(frame, {}, ["months"]),
    empty: (
      <EmptyState
        icon="bill"
        title={t("reports.no_vat")}
        actions={tenant.tax_mode === "non_vat" && may(state, "settings:read") && (
          <LinkButton href="/admin/settings/tax">{t("reports.no_vat_settings")}</LinkButton>
        )}
      >
        {t(tenant.tax_mode === "non_vat" ? "reports.no_vat_non_vat" : "reports.no_vat_yet")}
      </EmptyState>
    ),
  }),
});

export default list.page;
export const { handler, route } = list;

async function readMonths(
  trx: TenantTransaction,
  months: readonly Temporal.PlainDate[],
): Promise<VatMonth[]> {
  const [first] = months;
  if (first === undefined) return [];
  const { debitCentavos, creditCentavos } = await sumAccountEntries(trx, { account: "vat_payable" });
  const sums = (await listVatSums(trx, first)).map((sum) => ({
    ...sum,
    netCentavos: centavos(sum.netCentavos),
    vatCentavos: centavos(sum.vatCentavos),
  }));
  const rows = vatByMonth(sums, months, centavos(creditCentavos - debitCentavos));
  // The months before the first VAT say nothing.
  const begun = rows.findIndex((row) =>
    Object.keys(COLUMNS).some((name) => row[name as keyof typeof COLUMNS] !== 0n)
  );
  return begun < 0 ? [] : rows.slice(begun);
}

function columnsFor(t: Translate): ListColumn<VatMonth>[] {
  return [
    {
      head: t("reports.per_month"),
      cell: ({ month }) => monthWords(month, t.locale),
      csv: ({ month }) => month.toString().slice(0, 7),
      fit: true,
    },
    ...(Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).map((name): ListColumn<VatMonth> => ({
      id: name.toLowerCase(),
      head: t(COLUMNS[name]),
      kind: "money",
      cell: (row) => row[name] !== 0n && signed(row[name]),
      csv: (row) => formatCentavosPlain(row[name]),
      ...(name === "vatOfMonth" && { phone: "corner" as const }),
    })),
  ];
}
