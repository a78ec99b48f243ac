import type { z } from "zod";
import type { AppState } from "@/web/app/state.ts";
import type { bulkForm } from "@/web/route_table/bulk.ts";
import { tonightQuery } from "@/web/route_table/tonight.ts";
import { listDecisions } from "@/web/store/billing/parked_bills.ts";
import { listFilteredConnections } from "@/web/store/subscribers/subscribers_page.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { may, momentOf } from "@/web/app/frame/page_context.ts";
import { readFilter } from "@/web/app/list/frame.ts";
import { chosenFilter } from "../../subscribers/(_parts)/filter.ts";
import { listViewIds } from "../../tonight/(_parts)/load_tonight.ts";

export type BulkInput = z.infer<typeof bulkForm>;

/** Reads the connections that a form means, whenever it is called: ticked ones, or all that match its filter. */
export function readerOf(state: AppState, form: BulkInput): (trx: TenantTransaction) => Promise<string[]> {
  const moment = momentOf(state);
  if (form.all && form.list === "decisions") {
    return async (trx) =>
      (await listDecisions(trx)).filter((row) => row.unexplained.length > 0).map((row) =>
        row.subscription_id
      );
  }
  if (!form.all || form.list === "subscribers") {
    const filter = chosenFilter(form, may(state, "bill:read"), moment.today);
    return (trx) => listFilteredConnections(trx, filter, moment);
  }
  const { view = "cut", site: siteId, q } = readFilter(tonightQuery, form.filter);
  return (trx) => listViewIds(trx, moment, { view, siteId, q });
}
