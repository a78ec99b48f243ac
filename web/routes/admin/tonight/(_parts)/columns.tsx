import type { Translate } from "@/web/messages/mod.ts";
import { parseCoded } from "@/shared/codes/mod.ts";
import { centavos, formatCentavosPlain, formatPeso } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Money } from "@/web/components/facts/Money.tsx";
import { LinkPill, Pill } from "@/web/components/facts/Pill.tsx";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import type { RouterReach } from "@/web/store/cuts/router_reach.ts";
import type { TonightRow } from "@/web/store/cuts/tonight.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { shortDay } from "@/web/app/words/page_words.ts";
import type { TonightView } from "./load_tonight.ts";
import { RowMenu } from "./RowMenu.tsx";
import type { TonightPageData } from "./TonightPage.tsx";
import { dayWords, whyWords } from "./words.ts";

/** What the columns depend on. */
export type ColumnsData = Pick<TonightPageData, "moment" | "tonight" | "rows">;

/** The columns of Tonight. What is the same for every row stands above the list and not in each row. */
export function columnsFor(data: ColumnsData, state: AppState, t: Translate): ListColumn<TonightRow>[] {
  const { view } = data.tonight.filter;
  const isSaidAbove = commonReason(t, data.rows) !== null;
  const columns: ListColumn<TonightRow>[] = [
    {
      head: t("tables.subscriber"),
      cell: (row) => row.name,
      csvHead: "Name",
      csv: (row) => row.name,
      sortBy: "name",
    },
    {
      id: "owes",
      head: t(view === "cut" ? "tables.past_grace" : "tables.owes"),
      kind: "money",
      cell: (row) => <Owed row={row} view={view} />,
      phone: "corner",
      sortBy: "-owes",
    },
    {
      id: "why",
      head: t("tables.why"),
      cell: (row) => <Why row={row} data={data} isSaidAbove={isSaidAbove} />,
      csvHead: "Why",
      csv: (row) => storedText(t, row.reason),
      phone: "line",
    },
    {
      id: "phone",
      head: t("tables.phone"),
      fit: true,
      cell: (row) => row.phone && <a href={`tel:${row.phone}`}>{row.phone}</a>,
      csvHead: "Phone",
      csv: (row) => row.phone ?? "",
    },
    {
      id: "day",
      head: t(view === "held" ? "tables.held_until" : "tables.cut_on"),
      fit: true,
      phone: view === "cut" ? "hide" : undefined,
      cell: (row) => <Day row={row} view={view} />,
      // Everybody on the list of a day is cut on that day: the page says it once.
      optional: view === "cut",
    },
    {
      id: "last_payment",
      head: t("tables.last_payment"),
      minor: true,
      fit: true,
      phone: "hide",
      cell: (row) => <LastPayment row={row} data={data} />,
      csvHead: "Last payment",
      csv: (row) => row.lastPaymentOn?.toString() ?? "",
    },
    ...lineColumns(data, t),
    {
      id: "due",
      head: t("tables.oldest_due"),
      fit: true,
      optional: true,
      sortBy: "due",
      cell: (row) => dayWords(row.oldestDueOn, t.locale),
    },
    ...FILE_ONLY,
  ];
  if (may(state, "hold:write")) {
    columns.push({
      head: t("tables.actions"),
      kind: "actions",
      cell: (row) => <RowMenu row={row} data={data} csrfToken={state.csrfToken} />,
    });
  }
  return columns;
}

const ANSWERS: Readonly<Record<RouterReach, string>> = {
  online: "yes",
  unknown: "no: the cut waits for it",
  unreachable: "no: the cut waits for it",
  asks: "yes: the cut waits for an answer about it",
  uplink_down: "yes: the cut waits, its way to the internet is down",
};

/** What the page says in one column, or beside the name, is a column each in the file. */
const FILE_ONLY: readonly ListColumn<TonightRow>[] = [
  { head: "Account", csv: (row) => row.accountNumber },
  { head: "Past grace", csv: (row) => formatCentavosPlain(centavos(row.pastGraceCentavos)) },
  { head: "Owes", csv: (row) => formatCentavosPlain(centavos(row.balanceCentavos)) },
  {
    head: "Router answers",
    csv: (row) => ANSWERS[row.routerStatus],
  },
  { head: "Cut on", csv: (row) => row.cutOn?.toString() ?? "" },
  { head: "Held until", csv: (row) => row.holdUntil?.toString() ?? "" },
];

/** Headings of the file, in its order. */
export const FILE_ORDER = [
  "Account",
  "Phone",
  "Name",
  "PPPoE user",
  "Plan",
  "Router",
  "Site",
  "Past grace",
  "Owes",
  "Why",
  "Router answers",
  "Cut on",
  "Held until",
  "Last payment",
] as const;

/** Where a connection is, and what it is called there. */
function lineColumns({ tonight }: ColumnsData, t: Translate): ListColumn<TonightRow>[] {
  const isOneSite = tonight.filter.siteId !== undefined || tonight.sites.length < 2;
  return [
    {
      id: "user",
      head: t("tables.user"),
      fit: true,
      optional: true,
      cell: (row) => <CodeText>{row.pppName}</CodeText>,
      csvHead: "PPPoE user",
      csv: (row) => row.pppName,
    },
    {
      id: "site",
      head: t("tables.site"),
      fit: true,
      minor: true,
      phone: "hide",
      optional: isOneSite,
      cell: (row) => row.siteName,
      csvHead: "Site",
      csv: (row) => row.siteName,
    },
    {
      id: "router",
      head: t("tables.router"),
      fit: true,
      optional: true,
      cell: (row) => row.routerName,
      csvHead: "Router",
      csv: (row) => row.routerName,
    },
    {
      id: "plan",
      head: t("tables.plan"),
      fit: true,
      optional: true,
      cell: (row) => row.planName,
      csvHead: "Plan",
      csv: (row) => row.planName,
    },
  ];
}

function Owed({ row, view }: { row: TonightRow; view: TonightView }) {
  const t = useT();
  if (view !== "cut") return <Money amount={centavos(row.balanceCentavos)} />;
  return (
    <>
      <Money amount={centavos(row.pastGraceCentavos)} />
      {row.balanceCentavos !== row.pastGraceCentavos && (
        <div class="note">{t("tonight.in_all", { amount: formatPeso(centavos(row.balanceCentavos)) })}</div>
      )}
    </>
  );
}

/** The reason of every row of the page, where it is one and the same; null otherwise. */
export function commonReason(t: Translate, rows: readonly TonightRow[]): string | null {
  const [first, ...others] = rows.map((row) => whyWords(t, row));
  return first !== undefined && others.length > 0 && others.every((reason) => reason === first)
    ? first
    : null;
}

function Why({ row, data, isSaidAbove }: { row: TonightRow; data: ColumnsData; isSaidAbove: boolean }) {
  const t = useT();
  const note = data.tonight.notes.get(row.subscriptionId);
  return (
    <>
      {!isSaidAbove && <WhyText row={row} />} <Waits row={row} />
      {note !== undefined && <div class="note">{`${storedText(t, note.reason)} (${note.by})`}</div>}
    </>
  );
}

/** Why the cut of a row waits for its router; of the others only that nothing is known of the router. */
function Waits({ row: { decision, routerStatus: reach, routerName: router } }: { row: TonightRow }) {
  const t = useT();
  if (reach === "online") return null;
  if (reach === "unknown" || reach === "unreachable") {
    return (
      <>
        <LinkPill state="unknown" />
        {decision === "cut" && <span class="note">{` ${t("tonight.row_waits", { router })}`}</span>}
      </>
    );
  }
  if (decision !== "cut") return null;
  return (
    <>
      <Pill tone="warn">{t("tonight.read_waiting")}</Pill>
      <span class="note">{` ${t(`tonight.row_${reach}`, { router })}`}</span>
    </>
  );
}

function Day({ row, view }: { row: TonightRow; view: TonightView }) {
  const t = useT();
  const date = view === "held" ? row.holdUntil : row.cutOn;
  if (date === null) return <span class="note">{t("tonight.never")}</span>;
  return <time datetime={date.toString()}>{dayWords(date, t.locale)}</time>;
}

function LastPayment({ row, data }: { row: TonightRow; data: ColumnsData }) {
  const t = useT();
  if (row.lastPaymentOn === null || row.lastPaymentCentavos === null) {
    return <span class="note">{t("tonight.none_yet")}</span>;
  }
  return (
    <>
      <Money amount={centavos(row.lastPaymentCentavos)} />{" "}
      <span class="note">{shortDay(row.lastPaymentOn, data.moment.today, t.locale)}</span>
    </>
  );
}

/** Why, in the page's language; what an earlier version wrote stays English. */
function WhyText({ row }: { row: TonightRow }) {
  const t = useT();
  const words = whyWords(t, row);
  return parseCoded(row.reason) === null ? <span lang="en">{words}</span> : <>{words}</>;
}
