import { formatDayMonth } from "@/shared/calendar/mod.ts";
import { Menu, MenuAction, MenuLink } from "@/web/components/Menu.tsx";
import type { TonightRow } from "@/web/store/tonight.ts";
import type { TonightPageData } from "./TonightPage.tsx";

interface RowMenuProps {
  row: TonightRow;
  data: TonightPageData;
  csrfToken: string;
}

const MORE_DAYS = [3, 7] as const;

/** Everything that may be done about one row. */
export function RowMenu({ row, data, csrfToken }: RowMenuProps) {
  const { tonight } = data;
  const path = `/admin/tonight/${row.subscriptionId}`;
  const on = tonight.businessOn;
  const place = { view: tonight.filter.view, site: tonight.filter.siteId ?? "" };
  const isExcluded = row.decision === "excluded";
  return (
    <Menu label={`Actions for ${row.name}`}>
      {row.holdUntil === null && <MenuLink icon="hold" href={`${path}/hold`}>Hold until…</MenuLink>}
      {MORE_DAYS.map((days) => (
        <MenuAction
          key={days}
          icon="clock"
          action={`${path}/more-time`}
          csrfToken={csrfToken}
          values={{ ...place, days: String(days), on: on.toString(), held: row.holdUntil?.toString() ?? "" }}
        >
          {`+${days} days, to ${formatDayMonth(moreTimeUntil(row.holdUntil, on, days))}`}
        </MenuAction>
      ))}
      {row.holdUntil !== null && (
        <MenuAction icon="undo" action={`${path}/end-hold`} csrfToken={csrfToken} values={place}>
          End hold
        </MenuAction>
      )}
      {row.decision === "cut" && <MenuLink icon="close" href={`${path}/exclude`}>Exclude tonight…</MenuLink>}
      {isExcluded && (
        <MenuAction
          icon="undo"
          action={`${path}/include`}
          csrfToken={csrfToken}
          values={{ ...place, on: on.toString() }}
        >
          Include again
        </MenuAction>
      )}
      <MenuLink icon="user" href={`/admin/subscribers/${row.subscriberId}`}>Open subscriber</MenuLink>
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
