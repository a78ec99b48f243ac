import { centavos, formatCentavosPlain } from "@/shared/money/mod.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import type { ListColumn } from "@/web/app/list/list_types.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { RelativeTime } from "@/web/components/facts/DateText.tsx";
import { Money } from "@/web/components/facts/Money.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import type { RequestListRow } from "@/web/store/approvals/requests_page.ts";
import { kindText, StatePill, stateText } from "./request_words.tsx";

/** The columns of the list of requests, on the page and in the file. */
export function columnsFor(t: Translate, { now, zone }: PageMoment): ListColumn<RequestListRow>[] {
  return [
    {
      head: t("approvals.subject"),
      cell: (row) => <span class="clip">{row.subject_label}</span>,
      csv: (row) => row.subject_label,
    },
    {
      id: "kind",
      head: t("approvals.kind"),
      cell: (row) => kindText(row.kind, t),
      csv: (row) => kindText(row.kind, t),
      phone: "line",
    },
    {
      id: "by",
      head: t("approvals.asked_by"),
      cell: (row) => actorText(t, row.asked_by),
      csv: (row) => actorText(t, row.asked_by),
      phone: "line",
    },
    {
      id: "asked",
      head: t("approvals.asked_at"),
      cell: (row) => <RelativeTime at={row.asked_at} now={now} timeZone={zone} />,
      csv: (row) => row.asked_at.toString(),
      fit: true,
      sortBy: "-asked",
      phone: "line",
    },
    {
      id: "reason",
      head: t("tables.reason"),
      cell: (row) => <span class="clip">{row.reason}</span>,
      csv: (row) => row.reason,
      minor: true,
      phone: "hide",
    },
    {
      id: "amount",
      head: t("tables.amount"),
      kind: "money",
      cell: (row) => row.amount_centavos === null ? "—" : <Money amount={centavos(row.amount_centavos)} />,
      csv: (row) => row.amount_centavos === null ? "" : formatCentavosPlain(centavos(row.amount_centavos)),
      sortBy: "-amount",
    },
    {
      id: "state",
      head: t("tables.status"),
      cell: (row) => <StatePill row={row} t={t} />,
      csv: (row) => stateText(row, t),
      phone: "corner",
    },
    {
      id: "decided",
      head: t("approvals.decided_by"),
      cell: (row) => row.decided_by === null ? "" : actorText(t, row.decided_by),
      csv: (row) => row.decided_by === null ? "" : actorText(t, row.decided_by),
      optional: true,
    },
    {
      head: t("approvals.decided_at"),
      csvHead: "Decided at",
      csv: (row) => row.decided_at?.toString() ?? "",
    },
    { head: t("approvals.note"), csvHead: "Note", csv: (row) => row.note ?? "" },
  ];
}
