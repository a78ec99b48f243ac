import { page } from "fresh";
import type { AppState } from "@/web/app/state.ts";
import { momentOf, readPage } from "../../(_billing)/page_context.ts";
import { sentence } from "../../(_billing)/words.ts";
import type { BulkValues } from "./BulkForm.tsx";
import { loadTonight, type TonightFilter } from "./load_tonight.ts";
import type { TonightPageData } from "./TonightPage.tsx";

/** Suggested length of a hold. */
const HOLD_DAYS = 3;

/** The values of an untouched form under the list. */
export function freshBulkValues(today: Temporal.PlainDate): BulkValues {
  return { until: today.add({ days: HOLD_DAYS }).toString(), reason: "", ids: [], everyone: false };
}

/** Tonight again, with what is wrong: the answer to a form that was refused. */
export async function refuseOnTonight(
  state: AppState,
  filter: Pick<TonightFilter, "view" | "siteId">,
  problems: Record<string, string>,
  values?: BulkValues,
) {
  state.title = "Tonight";
  const moment = momentOf(state);
  const tonight = await readPage(state, (trx) => loadTonight(trx, moment, { ...filter, after: undefined }));
  return page<TonightPageData>(
    { moment, tonight, done: null, problems, values: values ?? freshBulkValues(moment.today) },
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
