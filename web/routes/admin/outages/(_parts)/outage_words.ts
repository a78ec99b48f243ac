import { OUTAGE_NOTICE_DAYS } from "@/web/domain/billing/limits.ts";
import { noticeDays } from "@/web/domain/billing/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { OutageListRow } from "@/web/store/billing/outages.ts";

/** Less notice than is due. */
export function isShortNotice(days: number): boolean {
  return days < OUTAGE_NOTICE_DAYS;
}

/** How long ahead a planned outage was announced; null for what was recorded afterwards. */
export function noticeWords(t: Translate, row: OutageListRow): string | null {
  const days = noticeDays(row);
  if (days === null) return null;
  return isShortNotice(days)
    ? t("outages.notice_short", { days, due: OUTAGE_NOTICE_DAYS })
    : t("outages.notice_days", { days });
}

/** Where it was: everybody, a site, a router, or the first of those that are named. */
export function placeWords(t: Translate, row: OutageListRow): string {
  if (row.scope === "site") return row.site_name ?? "";
  if (row.scope === "router") return row.router_name ?? "";
  return row.scope === "company" ? t("outages.scope_company") : (row.ppp_names ?? []).slice(0, 5).join(", ");
}
