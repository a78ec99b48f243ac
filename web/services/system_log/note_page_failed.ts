import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { sqlState } from "@/web/store/db/unavailable.ts";
import { countLinesSince, countSystemLog, insertSystemLog } from "@/web/store/access/system_log.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../context.ts";

/** A request that ended in an error of ours. */
export interface FailedPage {
  tenantId: string;
  requestId: string;
  method: string;
  path: string;
  error: unknown;
}

/** Each has a line of its own, to be found by its id, as long as they are so few in an hour. */
const OWN_LINES_MOST = 200;

/**
 * Writes an unexpected error of a page into the company's system log. Of the error only its kind: its words may repeat
 * what somebody typed, and stand in the log of the process under the same id.
 */
export async function notePageFailed(
  context: ServiceContext,
  { tenantId, requestId, method, path, error }: FailedPage,
): Promise<void> {
  const at = context.clock.now();
  const kind = error instanceof Error ? error.name : typeof error;
  const aside = [kind, sqlState(error)].filter((word) => word !== undefined && word !== null).join(" ");
  const line = {
    at,
    level: "error" as const,
    source: "pages" as const,
    event: "page_failed",
    message: formatCoded(coded("log_page_failed", { method, path: path.slice(0, 300), aside })),
    reference: requestId,
  };
  try {
    await withTenant(context.db, tenantId, async (trx) => {
      const since = at.subtract({ hours: 1 });
      const count = await countLinesSince(trx, { source: "pages", since, most: OWN_LINES_MOST });
      if (count < OWN_LINES_MOST) await insertSystemLog(trx, line);
      else await countSystemLog(trx, line, `${method} ${aside}`);
    });
  } catch (failure) {
    context.log.warn("system_log_not_written", { request_id: requestId, error: failure });
  }
}
