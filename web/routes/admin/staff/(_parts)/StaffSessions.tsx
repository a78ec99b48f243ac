import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { ActionForm } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { OpenSession } from "@/web/store/access/open_sessions.ts";
import { SessionTable } from "../../settings/(_parts)/SessionTable.tsx";

interface StaffSessionsProps {
  staffUserId: string;
  sessions: readonly OpenSession[];
  /** Of whoever looks. */
  ownSessionId: string;
  mayEnd: boolean;
  csrfToken: string;
  moment: Pick<PageMoment, "now" | "zone">;
}

/** Open sessions of somebody at this company, for whoever may end them. */
export function StaffSessions(props: StaffSessionsProps) {
  const { staffUserId, sessions, ownSessionId, mayEnd, csrfToken, moment } = props;
  const t = useT();
  const button = { action: `/admin/staff/${staffUserId}/sessions`, csrfToken, small: true };
  const isThis = ({ id }: OpenSession) => id === ownSessionId;
  return (
    <SessionTable
      title={t("staff.open_sessions")}
      sessions={sessions}
      moment={moment}
      note={(session) => isThis(session) && <Pill tone="ok">{t("access.session_this")}</Pill>}
      end={mayEnd
        ? ({ id }) => <ActionForm {...button} values={{ session: id }}>{t("access.session_end")}</ActionForm>
        : undefined}
      aside={mayEnd && sessions.length > 1 && (
        <ActionForm {...button} kind="danger">{t("staff.end_sessions")}</ActionForm>
      )}
    />
  );
}
