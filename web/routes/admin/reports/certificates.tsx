import { type Centavos, centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import { activeFilters } from "@/web/app/list/active.ts";
import { wholePage } from "@/web/app/list/define_list.tsx";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { DateText } from "@/web/components/facts/DateText.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { listHref } from "@/web/components/list/list_frame.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { CERTIFICATES_SHOWN, certificatesQuery } from "@/web/route_table/reports.ts";
import { withheldSplit } from "@/web/services/payments/withheld_split.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { listCertificates, listWithheldBills } from "@/web/store/payments/certificates.ts";
import { ReportTabs } from "./(_parts)/ReportTabs.tsx";

/** A certificate that is awaited for a bill, or one that came. */
interface Certificate {
  id: string;
  state: "outstanding" | "received";
  href: string;
  name: string;
  account: string;
  /** Bill numbers. */
  bills: string;
  /** Its number; empty while it is awaited. */
  reference: string;
  /** Of the bill, or of its receipt. */
  on: Temporal.PlainDate;
  amount: Centavos;
}

interface CertificateFilter {
  show: (typeof CERTIFICATES_SHOWN)[number];
  from?: Temporal.PlainDate | undefined;
  to?: Temporal.PlainDate | undefined;
}

export const list = define.list({
  name: "certificates",
  path: () => "/admin/reports/certificates",
  query: certificatesQuery,
  filter: ({ query: { show = "outstanding", from, to } }): CertificateFilter => ({ show, from, to }),
  count: () => Promise.resolve(null),
  more: () => Promise.resolve(null),
  read: async (trx, filter) => wholePage(await readCertificates(trx, filter)),
  permission: "report:read",
  summary: "Tax certificates that are awaited and that came",
  live: ["money"],
  title: ({ t }) => t("reports.certificates"),
  lead: ({ t }) => t("reports.certificates_lead"),
  back: ({ t }) => ({ href: "/admin/reports", label: t("reports.title") }),
  above: () => <ReportTabs current="certificates" />,
  below: ({ t }) => <p class="note">{t("reports.certificates_note")}</p>,
  total: ({ rows }) => rows.length,
  sort: "date",
  columns: ({ t }) => columnsFor(t),
  table: ({ t, frame, query }) => ({
    rowHref: (row) => row.href,
    rowId: (row) => row.id,
    rowNote: (row) => <CodeText>{row.account}</CodeText>,
    chips: CERTIFICATES_SHOWN.map((show) => ({
      label: show === "all" ? t("tables.all_rows") : t(`reports.cert_${show}`),
      href: listHref(frame, { show: show === "outstanding" ? undefined : show }),
      isCurrent: (query.show ?? "outstanding") === show,
    })),
    active: activeFilters(frame, {}, ["show"]),
    empty: <EmptyState icon="bill" title={t("reports.no_certificates")} />,
  }),
});

export default list.page;
export const { handler, route } = list;

async function readCertificates(trx: TenantTransaction, filter: CertificateFilter): Promise<Certificate[]> {
  const awaited = filter.show === "received" ? [] : await readOutstanding(trx);
  const came = filter.show === "outstanding" ? [] : await listCertificates(trx, filter);
  return [
    ...awaited,
    ...came.map((row): Certificate => ({
      id: row.id,
      state: "received",
      href: `/admin/payments/${row.id}`,
      name: row.subscriber_name,
      account: row.account_number,
      bills: row.bills ?? "",
      reference: row.reference,
      on: row.received_on,
      amount: centavos(row.amount_centavos),
    })),
  ];
}

async function readOutstanding(trx: TenantTransaction): Promise<Certificate[]> {
  return (await listWithheldBills(trx)).map((row): Certificate => ({
    id: row.id,
    state: "outstanding",
    href: `/admin/bills/${row.id}`,
    name: row.subscriber_name,
    account: row.account_number,
    bills: row.number,
    reference: "",
    on: row.issued_on,
    amount: withheldSplit([row], row.withholding_rate_bp).certificateCentavos,
  })).filter(({ amount }) => amount > 0n);
}

function columnsFor(t: Translate): ListColumn<Certificate>[] {
  return [
    { head: t("tables.subscriber"), cell: (row) => row.name, csv: (row) => row.name },
    { head: t("tables.account"), csv: (row) => row.account },
    { id: "bills", head: t("reports.cert_bills"), cell: (row) => row.bills, csv: (row) => row.bills },
    {
      id: "number",
      head: t("reports.cert_number"),
      cell: (row) => row.reference !== "" && <CodeText>{row.reference}</CodeText>,
      csv: (row) => row.reference,
    },
    {
      id: "on",
      head: t("reports.cert_on"),
      cell: (row) => <DateText short date={row.on} />,
      csv: (row) => row.on.toString(),
      fit: true,
    },
    {
      id: "state",
      head: t("tables.state"),
      cell: (row) => (
        <Pill tone={row.state === "received" ? "ok" : "warn"}>{t(`reports.cert_${row.state}`)}</Pill>
      ),
      csv: (row) => t(`reports.cert_${row.state}`),
    },
    {
      id: "amount",
      head: t("reports.cert_amount"),
      kind: "money",
      cell: (row) => <Money amount={row.amount} />,
      csv: (row) => formatCentavosPlain(row.amount),
      phone: "corner",
    },
  ];
}
