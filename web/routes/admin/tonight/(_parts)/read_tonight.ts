import type { AppState } from "@/web/app/state.ts";
import type { ListFrame } from "@/web/components/list_frame.ts";
import type { PageRequest } from "@/web/store/db/keyset.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { momentOf } from "@/web/app/page_context.ts";
import { readFrame } from "@/web/app/list/frame.ts";
import { loadTonight, type TonightData, type TonightFilter } from "./load_tonight.ts";

/** Tonight for the signed-in person: the rows, and how the list is arranged. */
export async function readTonight(
  trx: TenantTransaction,
  state: AppState,
  filter: TonightFilter,
  request: PageRequest & { sort?: string | undefined; per?: string | undefined } = { limit: 50 },
): Promise<{ tonight: TonightData; frame: ListFrame }> {
  const { view, siteId, q } = filter;
  const query = {
    view: view === "cut" ? undefined : view,
    site: siteId,
    q,
    sort: request.sort,
    per: request.per,
  };
  return {
    tonight: await loadTonight(trx, momentOf(state), filter, request),
    frame: await readFrame(trx, state, { name: "tonight", path: "/admin/tonight", query }),
  };
}
