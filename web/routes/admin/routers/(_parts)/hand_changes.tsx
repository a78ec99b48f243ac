import type { ListColumn } from "@/web/app/list/list_types.ts";
import { RelativeTime } from "@/web/components/facts/DateText.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { PppUser } from "@/web/components/facts/PppUser.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { HandChangeRow } from "@/web/store/network/hand_changes.ts";
import type { RouterPageView } from "./load_router.ts";

/** The newest changes that somebody made on the router itself, with a link to all of them. */
export function HandChangesCard({ view }: { view: RouterPageView }) {
  const t = useT();
  const { changes, changeCount, router, now, zone } = view;
  return (
    <TitledTable
      title={t("network.by_hand")}
      aside={changeCount > changes.length && (
        <a href={`/admin/routers/${router.id}/changes`}>{t("network.by_hand_all", { n: changeCount })}</a>
      )}
    >
      <DataTable
        caption={t("network.by_hand_caption")}
        rows={changes}
        rowHref={subscriberOf}
        rowId={(change) => change.id}
        rowNote={(change) => change.subscriber_name}
        columns={changeColumns(t, { now, zone }).map(({ cell, ...column }) => ({ ...column, cell: cell! }))}
        empty={
          <EmptyState icon="check" title={t("network.by_hand_none")}>{t("network.by_hand_what")}</EmptyState>
        }
      />
    </TitledTable>
  );
}

export function subscriberOf({ subscriber_id: id }: HandChangeRow): string | undefined {
  return id === null ? undefined : `/admin/subscribers/${id}`;
}

/** What was done, to whom, and what Linya does about it. */
export function changeColumns(
  t: Translate,
  { now, zone }: { now: Temporal.Instant; zone: string },
): ListColumn<HandChangeRow>[] {
  return [
    {
      head: t("network.secret"),
      cell: (row) => <PppUser name={row.ppp_name} service={row.ppp_service} />,
      csv: (row) => row.ppp_name,
    },
    {
      id: "what",
      head: t("network.by_hand_done"),
      cell: (row) => (
        <>
          <Pill tone="warn">{t(`network.hand_${row.kind}`)}</Pill>
          <div class="note">{t(`network.hand_then_${row.kind}`)}</div>
        </>
      ),
      csv: (row) => row.kind,
      phone: "line",
    },
    {
      id: "change",
      head: t("network.by_hand_change"),
      cell: (row) => hasWords(row) && <Change row={row} />,
      phone: "full",
    },
    {
      id: "found",
      head: t("network.by_hand_found"),
      cell: (row) => <RelativeTime at={row.found_at} now={now} timeZone={zone} />,
      sortBy: "found",
      fit: true,
    },
  ];
}

/** Most changes are said by their kind alone; the cell is empty then. */
function hasWords({ before, after, said }: HandChangeRow): boolean {
  return before !== null || after !== null || said !== null;
}

/** From what to what, and the line of the router's log that may say who did it. */
function Change({ row: { before, after, said } }: { row: HandChangeRow }) {
  const t = useT();
  const nothing = t("network.hand_nothing");
  return (
    <>
      {(before !== null || after !== null) && (
        <span class="wrap">
          {t("network.hand_from_to", { before: before ?? nothing, after: after ?? nothing })}
        </span>
      )}
      {said !== null && (
        <div class="note wrap">
          {t("network.hand_log")} <span lang="en">{said}</span>
        </div>
      )}
    </>
  );
}
