import type { ComponentChildren } from "preact";
import { deviceWords } from "@/web/app/words/device_words.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { useT } from "@/web/components/i18n.ts";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";
import { formatInstant, formatRelative } from "@/web/format.ts";
import type { OpenSession } from "@/web/store/access/open_sessions.ts";

interface SessionTableProps<Row extends OpenSession> {
  title: string;
  sessions: readonly Row[];
  moment: Pick<PageMoment, "now" | "zone">;
  /** Company of each, where there are several. */
  company?: ((session: Row) => string) | undefined;
  /** What stands beside the device. */
  note?: ((session: Row) => ComponentChildren) | undefined;
  /** The button that ends one. */
  end?: ((session: Row) => ComponentChildren) | undefined;
  /** The button that ends many. */
  aside?: ComponentChildren;
}

/** Open sessions of somebody: which device, from where, since when. */
export function SessionTable<Row extends OpenSession>(
  { title, sessions, moment: { now, zone }, company, note, end, aside }: SessionTableProps<Row>,
) {
  const t = useT();
  return (
    <TitledTable title={title} aside={aside}>
      <DataTable
        caption={title}
        rows={sessions}
        empty={<p class="note">{t("access.no_sessions")}</p>}
        columns={[
          {
            head: t("access.session_device"),
            cell: (session) => <>{deviceWords(t, session.user_agent)} {note?.(session)}</>,
          },
          { head: t("access.session_address"), cell: (session) => session.ip ?? "—" },
          ...company === undefined
            ? []
            : [{ head: t("access.session_company"), cell: (session: Row) => company(session) }],
          { head: t("access.session_since"), cell: (session) => formatInstant(session.created_at, zone, t) },
          { head: t("access.session_seen"), cell: (session) => formatRelative(session.last_seen_at, now, t) },
          ...end === undefined ? [] : [{
            head: t("access.session_end"),
            kind: "actions" as const,
            cell: (session: Row) => end(session),
          }],
        ]}
      />
    </TitledTable>
  );
}
