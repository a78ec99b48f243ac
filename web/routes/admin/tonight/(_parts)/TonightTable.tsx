import { centavos, formatPeso } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { DataTable } from "@/web/components/DataTable.tsx";
import { EmptyState } from "@/web/components/EmptyState.tsx";
import { LinkButton } from "@/web/components/Button.tsx";
import { FilterBar } from "@/web/components/FilterBar.tsx";
import { Money } from "@/web/components/Money.tsx";
import { Pager } from "@/web/components/Pager.tsx";
import { LinkPill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import { formatPlural } from "@/web/format.ts";
import type { TonightRow } from "@/web/store/tonight.ts";
import { address, may } from "../../(_billing)/page_context.ts";
import { shortDay } from "../../(_billing)/words.ts";
import { BULK_FORM, BulkForm } from "./BulkForm.tsx";
import type { TonightView } from "./load_tonight.ts";
import { RowMenu } from "./RowMenu.tsx";
import type { TonightPageData } from "./TonightPage.tsx";
import { dayWords } from "./words.ts";

const NOBODY: Record<TonightView, { title: string; text: string }> = {
  cut: {
    title: "Nobody will be cut",
    text: "No connection has debt past its grace, or each one is held or excluded.",
  },
  held: {
    title: "Nobody is held",
    text: "A hold is a promise to pay: no run cuts the connection up to that day.",
  },
  excluded: {
    title: "Nobody is excluded",
    text: "Excluding takes a row off one run; the next run looks at it again.",
  },
  soon: { title: "Nothing is coming up", text: "No grace ends in the 7 days after this run." },
  kept: {
    title: "Nobody is kept on",
    text: "Here are those who are never cut, or owe less than the minimum.",
  },
};

/** The rows of one part of the list, with what may be done about each. */
export function TonightTable({ data, state }: { data: TonightPageData; state: AppState }) {
  const { tonight, values } = data;
  const { view, siteId } = tonight.filter;
  const mayHold = may(state, "hold:write");
  const isBulk = mayHold && (view === "cut" || view === "soon") && tonight.rows.length > 0;
  return (
    <DataTable
      caption={`Tonight, ${tonight.preview.businessOn}`}
      rows={tonight.rows}
      rowHref={(row) => `/admin/subscribers/${row.subscriberId}`}
      rowNote={(row) => <CodeText>{row.accountNumber}</CodeText>}
      columns={columnsFor(data, state)}
      select={isBulk
        ? {
          name: "id",
          value: (row) => row.subscriptionId,
          label: (row) => `Select ${row.name}`,
          checked: (row) => values.ids.includes(row.subscriptionId),
          form: BULK_FORM,
        }
        : undefined}
      toolbar={(tonight.sites.length > 1 || siteId !== undefined) && <SiteFilter data={data} />}
      empty={
        <EmptyState
          icon={view === "held" ? "hold" : "tonight"}
          title={NOBODY[view].title}
          actions={siteId !== undefined && (
            <LinkButton href={address("/admin/tonight", { view })}>Show all sites</LinkButton>
          )}
        >
          {NOBODY[view].text}
        </EmptyState>
      }
      foot={tonight.rows.length > 0 && (
        <>
          {(tonight.next !== null || tonight.filter.after !== undefined) && (
            <Pager
              summary={`${tonight.rows.length} of ${formatPlural(tonight.total, "row")}`}
              previousHref={tonight.filter.after === undefined
                ? undefined
                : address("/admin/tonight", { view, site: siteId })}
              nextHref={tonight.next === null
                ? undefined
                : address("/admin/tonight", { view, site: siteId, after: tonight.next })}
            />
          )}
          {isBulk && <BulkForm data={data} csrfToken={state.csrfToken} />}
        </>
      )}
    />
  );
}

function SiteFilter({ data: { tonight } }: { data: TonightPageData }) {
  const { view, siteId } = tonight.filter;
  return (
    <FilterBar
      chips={[
        { label: "All sites", href: address("/admin/tonight", { view }), isCurrent: siteId === undefined },
        ...tonight.sites.map((site) => ({
          label: site.name,
          href: address("/admin/tonight", { view, site: site.id }),
          count: site.count,
          isCurrent: site.id === siteId,
        })),
      ]}
    />
  );
}

function columnsFor(data: TonightPageData, state: AppState): Column<TonightRow>[] {
  const { view } = data.tonight.filter;
  const { today } = data.moment;
  const columns: Column<TonightRow>[] = [
    { head: "Subscriber", cell: (row) => row.name },
    {
      head: view === "cut" ? "Past grace" : "Owes",
      kind: "money",
      cell: (row) => <Owed row={row} view={view} />,
      phone: "corner",
    },
    { head: "Why", cell: (row) => <Why row={row} data={data} />, phone: "full" },
    {
      head: view === "held" ? "Held until" : "Cut on",
      fit: true,
      cell: (row) => <Day row={row} view={view} />,
    },
    {
      head: "Last payment",
      minor: true,
      cell: (row) =>
        row.lastPaymentOn === null || row.lastPaymentCentavos === null
          ? <span class="note">None yet</span>
          : (
            <>
              <Money amount={centavos(row.lastPaymentCentavos)} />
              <div class="note nowrap">{shortDay(row.lastPaymentOn, today)}</div>
            </>
          ),
    },
    { head: "Connection", cell: (row) => <ConnectionCell row={row} />, phone: "full" },
  ];
  if (may(state, "hold:write")) {
    columns.push({
      head: "Actions",
      kind: "actions",
      cell: (row) => <RowMenu row={row} data={data} csrfToken={state.csrfToken} />,
    });
  }
  return columns;
}

function Owed({ row, view }: { row: TonightRow; view: TonightView }) {
  if (view !== "cut") return <Money amount={centavos(row.balanceCentavos)} />;
  return (
    <>
      <Money amount={centavos(row.pastGraceCentavos)} />
      {row.balanceCentavos !== row.pastGraceCentavos && (
        <div class="note">{`${formatPeso(centavos(row.balanceCentavos))} in all`}</div>
      )}
    </>
  );
}

function Why({ row, data }: { row: TonightRow; data: TonightPageData }) {
  const note = data.tonight.notes.get(row.subscriptionId);
  return (
    <>
      {row.reason}
      {note !== undefined && <div class="note">{`${note.reason} (${note.by})`}</div>}
    </>
  );
}

function Day({ row, view }: { row: TonightRow; view: TonightView }) {
  const date = view === "held" ? row.holdUntil : row.cutOn;
  if (date === null) return <span class="note">Never</span>;
  return <time datetime={date.toString()}>{dayWords(date)}</time>;
}

/** A router that cannot be reached is grey: it never decides a cut, it only delays when the cut is seen. */
function ConnectionCell({ row }: { row: TonightRow }) {
  return (
    <>
      <CodeText>{row.pppName}</CodeText> {row.routerStatus !== "online" && <LinkPill state="unknown" />}
      <div class="note">{`${row.planName} · ${row.routerName}, ${row.siteName}`}</div>
    </>
  );
}
