import type { Translate } from "@/web/messages/mod.ts";
import { parseCoded } from "@/shared/codes/mod.ts";
import { centavos, formatPeso } from "@/shared/money/mod.ts";
import type { AppState } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/CopyBlock.tsx";
import { useT } from "@/web/components/i18n.ts";
import { Money } from "@/web/components/Money.tsx";
import { LinkPill } from "@/web/components/Pill.tsx";
import type { Column } from "@/web/components/table_columns.ts";
import type { TonightRow } from "@/web/store/cuts/tonight.ts";
import { may } from "@/web/app/page_context.ts";
import { shortDay } from "@/web/app/page_words.ts";
import type { TonightView } from "./load_tonight.ts";
import { RowMenu } from "./RowMenu.tsx";
import type { TonightPageData } from "./TonightPage.tsx";
import { dayWords, whyWords } from "./words.ts";

/** The columns of Tonight. What is the same for every row stands above the list and not in each row. */
export function columnsFor(data: TonightPageData, state: AppState): Column<TonightRow>[] {
  const { view, siteId } = data.tonight.filter;
  const { t } = state;
  const isOneSite = siteId !== undefined || data.tonight.sites.length < 2;
  const isSaidAbove = commonReason(t, data) !== null;
  const columns: Column<TonightRow>[] = [
    { head: t("tables.subscriber"), cell: (row) => row.name, sortBy: "name" },
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
      phone: "line",
    },
    {
      id: "phone",
      head: t("tables.phone"),
      fit: true,
      cell: (row) => row.phone && <a href={`tel:${row.phone}`}>{row.phone}</a>,
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
    },
    {
      id: "user",
      head: t("tables.user"),
      fit: true,
      optional: true,
      cell: (row) => <CodeText>{row.pppName}</CodeText>,
    },
    {
      id: "site",
      head: t("tables.site"),
      fit: true,
      minor: true,
      phone: "hide",
      optional: isOneSite,
      cell: (row) => row.siteName,
    },
    { id: "router", head: t("tables.router"), fit: true, optional: true, cell: (row) => row.routerName },
    { id: "plan", head: t("tables.plan"), fit: true, optional: true, cell: (row) => row.planName },
    {
      id: "due",
      head: t("tables.oldest_due"),
      fit: true,
      optional: true,
      sortBy: "due",
      cell: (row) => dayWords(row.oldestDueOn, t.locale),
    },
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
export function commonReason(t: Translate, { tonight: { rows } }: TonightPageData): string | null {
  const [first, ...others] = rows.map((row) => whyWords(t, row));
  return first !== undefined && others.length > 0 && others.every((reason) => reason === first)
    ? first
    : null;
}

function Why({ row, data, isSaidAbove }: { row: TonightRow; data: TonightPageData; isSaidAbove: boolean }) {
  const t = useT();
  const note = data.tonight.notes.get(row.subscriptionId);
  return (
    <>
      {!isSaidAbove && <WhyText row={row} />} {row.routerStatus !== "online" && (
        <>
          <LinkPill state="unknown" />
          {row.decision === "cut" && (
            <span class="note">{` ${t("tonight.row_waits", { router: row.routerName })}`}</span>
          )}
        </>
      )}
      {note !== undefined && <div class="note">{`${note.reason} (${note.by})`}</div>}
    </>
  );
}

function Day({ row, view }: { row: TonightRow; view: TonightView }) {
  const t = useT();
  const date = view === "held" ? row.holdUntil : row.cutOn;
  if (date === null) return <span class="note">{t("tonight.never")}</span>;
  return <time datetime={date.toString()}>{dayWords(date, t.locale)}</time>;
}

function LastPayment({ row, data }: { row: TonightRow; data: TonightPageData }) {
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
