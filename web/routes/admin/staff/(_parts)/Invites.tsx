import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { useT } from "@/web/components/i18n.ts";
import { Pill } from "@/web/components/facts/Pill.tsx";
import { DataTable } from "@/web/components/list/DataTable.tsx";
import { TitledTable } from "@/web/components/list/TitledTable.tsx";
import { formatInstant } from "@/web/format.ts";
import type { InviteRow } from "@/web/store/access/invites.ts";

interface InvitesProps {
  invites: readonly InviteRow[];
  /** The page of an invitation renews and withdraws it. */
  mayChange: boolean;
  moment: PageMoment;
}

/** Invitations that nobody has accepted yet; nothing where there are none. */
export function Invites({ invites, mayChange, moment: { now, zone } }: InvitesProps) {
  const t = useT();
  if (invites.length === 0) return null;
  const hasRunOut = ({ expires_at: at }: InviteRow) => Temporal.Instant.compare(at, now) <= 0;
  return (
    <TitledTable title={t("staff.invites")}>
      <DataTable
        caption={t("staff.invites")}
        rows={invites}
        rowHref={mayChange ? (invite) => `/admin/staff/invites/${invite.id}` : undefined}
        empty={null}
        columns={[
          { head: t("staff.name"), cell: (invite) => invite.name },
          { head: t("staff.email"), cell: (invite) => invite.email, phone: "full" },
          { head: t("staff.role"), cell: (invite) => invite.roles.map(({ name }) => name).join(", ") },
          { head: t("staff.invited_by"), cell: (invite) => invite.invited_by_name },
          { head: t("staff.expires"), cell: (invite) => formatInstant(invite.expires_at, zone, t) },
          {
            head: t("staff.state"),
            cell: (invite) =>
              hasRunOut(invite)
                ? <Pill tone="warn">{t("staff.run_out")}</Pill>
                : <Pill tone="info">{t("staff.open")}</Pill>,
            phone: "corner",
          },
        ]}
      />
    </TitledTable>
  );
}
