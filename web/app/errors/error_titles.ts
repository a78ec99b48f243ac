import type { MessageKey } from "@/web/messages/mod.ts";

const TITLES: Readonly<Record<number, MessageKey>> = {
  400: "states.error_400",
  403: "states.error_403",
  404: "states.missing_title",
  405: "states.error_405",
  408: "states.error_408",
  409: "states.error_409",
  413: "states.error_413",
  415: "states.error_415",
  421: "states.error_421",
  422: "states.error_422",
  429: "states.error_429",
  503: "states.away_title",
};

/** Titles of codes that say more than their status. */
const TITLE_OF_CODE: Readonly<Record<string, MessageKey>> = { restarting: "states.restart_title" };

/** What an error page is called. */
export function errorTitle(status: number, code = ""): MessageKey {
  const own = TITLE_OF_CODE[code];
  if (own !== undefined) return own;
  return TITLES[status] ?? (status >= 500 ? "states.broken_title" : "states.error_other");
}
