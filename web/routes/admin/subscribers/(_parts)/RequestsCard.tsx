import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { RelativeTime } from "@/web/components/facts/DateText.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { useT } from "@/web/components/i18n.ts";
import type { RequestListRow } from "@/web/store/approvals/requests_page.ts";
import { kindText } from "../../approvals/(_parts)/request_words.tsx";

interface RequestsCardProps {
  requests: readonly RequestListRow[];
  moment: Pick<PageMoment, "now" | "zone">;
}

/** What somebody has asked for about a subscriber and nobody has decided; nothing where nothing waits. */
export function RequestsCard({ requests, moment: { now, zone } }: RequestsCardProps) {
  const t = useT();
  if (requests.length === 0) return null;
  return (
    <Card title={t("approvals.open_title")}>
      {requests.map((row) => (
        <p key={row.id} class="cluster">
          <b>{kindText(row.kind, t)}</b>
          <span>{t("approvals.open_line", { by: actorText(t, row.asked_by), reason: row.reason })}</span>
          <span class="note">
            <RelativeTime at={row.asked_at} now={now} timeZone={zone} />
          </span>
          <LinkButton small href={`/admin/approvals/${row.id}`}>{t("approvals.open")}</LinkButton>
        </p>
      ))}
    </Card>
  );
}
