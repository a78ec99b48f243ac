import type { AppState } from "@/web/app/state.ts";
import { address, found, type PageMoment, typed } from "@/web/app/frame/page_context.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findNextCutDay, type TonightRow } from "@/web/store/cuts/tonight.ts";
import { listRowNotes, listRowsOf, type RowNote } from "@/web/store/cuts/tonight_page.ts";
import { TONIGHT_VIEWS } from "@/web/route_table/tonight.ts";
import type { TonightFilter } from "./load_tonight.ts";

type Place = Pick<TonightFilter, "view" | "siteId">;

/** The list that a form came from, as far as it can be read. */
export function placeOf(state: AppState): Place {
  const view = typed(state, "view");
  const siteId = typed(state, "site");
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(siteId);
  return {
    view: TONIGHT_VIEWS.find((known) => known === view) ?? "cut",
    siteId: isId ? siteId : undefined,
  };
}

/** The list again after an action, with what it did. */
export function backTo(place: Place, done: string, counts: { n?: number; left?: number } = {}): string {
  return address("/admin/tonight", {
    view: place.view === "cut" ? null : place.view,
    site: place.siteId,
    done,
    n: String(counts.n ?? 1),
    left: counts.left === undefined || counts.left === 0 ? null : String(counts.left),
  });
}

/** One row as it stands now, for a form about it. */
export interface RowNow {
  row: TonightRow;
  note: RowNote | undefined;
  businessOn: Temporal.PlainDate;
  today: Temporal.PlainDate;
}

/**
 * Reads the row of an address.
 *
 * @throws {HttpError} 404 when it is not of this tenant, has ended, or is cut already
 */
export async function readRow(
  trx: TenantTransaction,
  { tenant, today, now }: PageMoment,
  subscriptionId: string,
): Promise<RowNow> {
  const { businessOn } = await findNextCutDay(trx, today);
  const [row] = await listRowsOf(trx, tenant, businessOn, now, [subscriptionId]);
  const notes = await listRowNotes(trx, businessOn);
  return { row: found(row), note: notes.get(subscriptionId), businessOn, today };
}
