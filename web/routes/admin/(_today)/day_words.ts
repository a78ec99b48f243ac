import { formatDate } from "@/shared/calendar/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { TonightFigures } from "@/web/store/live/today.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { clockWords, dayWords } from "../tonight/(_parts)/words.ts";

/** `today, Sat 14 Feb, 09:00`: the next cut run is today's or tomorrow's. */
export function cutTime({ businessOn, at }: TonightFigures, { today }: PageMoment, t: Translate): string {
  const day = t(businessOn.equals(today) ? "today.day_today" : "today.day_tomorrow");
  return `${day}, ${dayWords(businessOn, t.locale)}, ${clockWords(at)}`;
}

/** The business date and the time of day on the business clock, with the zone that decides what today is. */
export function todayLead({ today, time, zone }: PageMoment, t: Translate): string {
  return t("today.lead", {
    day: formatDate(today, t.locale),
    time: clockWords(time),
    zone: zone.replaceAll("_", " "),
  });
}
