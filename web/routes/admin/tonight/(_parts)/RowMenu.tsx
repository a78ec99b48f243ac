import { formatDayMonth } from "@/shared/calendar/mod.ts";
import { useT } from "@/web/components/i18n.ts";
import { Menu, MenuAction, MenuLink } from "@/web/components/frame/Menu.tsx";
import type { TonightRow } from "@/web/store/cuts/tonight.ts";
import type { ColumnsData } from "./columns.tsx";

interface RowMenuProps {
  row: TonightRow;
  data: ColumnsData;
  csrfToken: string;
}

const MORE_DAYS = [3, 7] as const;

/** Everything that may be done about one row. */
export function RowMenu({ row, data, csrfToken }: RowMenuProps) {
  const t = useT();
  const { tonight } = data;
  const path = `/admin/tonight/${row.subscriptionId}`;
  const on = tonight.businessOn;
  const place = { view: tonight.filter.view, site: tonight.filter.siteId ?? "" };
  const isExcluded = row.decision === "excluded";
  return (
    <Menu label={t("plans.actions_for", { name: row.name })}>
      {row.holdUntil === null && (
        <MenuLink icon="hold" href={`${path}/hold`}>{t("tables.bulk_hold")}</MenuLink>
      )}
      {MORE_DAYS.map((days) => (
        <MenuAction
          key={days}
          icon="clock"
          action={`${path}/more-time`}
          csrfToken={csrfToken}
          values={{ ...place, days: String(days), on: on.toString(), held: row.holdUntil?.toString() ?? "" }}
        >
          {t("tonight.more_days", {
            n: days,
            day: formatDayMonth(moreTimeUntil(row.holdUntil, on, days), t.locale),
          })}
        </MenuAction>
      ))}
      {row.holdUntil !== null && (
        <MenuAction icon="undo" action={`${path}/end-hold`} csrfToken={csrfToken} values={place}>
          {t("tonight.end_hold")}
        </MenuAction>
      )}
      {row.decision === "cut" && (
        <MenuLink icon="close" href={`${path}/exclude`} dialog>{t("tonight.exclude_link")}</MenuLink>
      )}
      {isExcluded && (
        <MenuAction
          icon="undo"
          action={`${path}/include`}
          csrfToken={csrfToken}
          values={{ ...place, on: on.toString() }}
        >
          {t("tonight.include")}
        </MenuAction>
      )}
      <MenuLink icon="user" href={`/admin/subscribers/${row.subscriberId}`}>
        {t("payments.open_subscriber")}
      </MenuLink>
    </Menu>
  );
}

/** Last day of a hold that puts the cut off by so many days. */
export function moreTimeUntil(
  held: Temporal.PlainDate | null,
  on: Temporal.PlainDate,
  days: number,
): Temporal.PlainDate {
  return held === null ? on.add({ days: days - 1 }) : held.add({ days });
}
