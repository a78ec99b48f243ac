import { page } from "fresh";
import type { AppState } from "@/web/app/state.ts";
import { momentOf, readPage } from "@/web/app/page_context.ts";
import { sentence } from "@/web/format.ts";
import type { TonightFilter } from "./load_tonight.ts";
import { readTonight } from "./read_tonight.ts";
import type { TonightPageData } from "./TonightPage.tsx";

/** Suggested length of a hold. */
const HOLD_DAYS = 3;

/** The longest that a hold may last. */

/** The day that is suggested for a hold. */
export function suggestedHold(today: Temporal.PlainDate): string {
  return today.add({ days: HOLD_DAYS }).toString();
}

/** Tonight again, with what is wrong: the answer to a form that was refused. */
export async function refuseOnTonight(
  state: AppState,
  filter: Pick<TonightFilter, "view" | "siteId">,
  problems: Record<string, string>,
) {
  state.title = state.t("tonight.title");
  const moment = momentOf(state);
  const tonight = await readPage(state, (trx) => readTonight(trx, state, filter));
  return page<TonightPageData>(
    { moment, ...tonight, done: null, problems },
    { status: 422 },
  );
}

/** The same for a use case that said no: somebody else was faster, or the row is not what it was. */
export async function refuseRow(
  state: AppState,
  filter: Pick<TonightFilter, "view" | "siteId">,
  message: string,
) {
  return await refuseOnTonight(state, filter, { "": sentence(message) });
}
