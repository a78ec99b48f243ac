import { ManualClock } from "@/shared/clock.ts";
import { silentLogger } from "@/shared/log.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { executeCutRun } from "@/web/services/cuts/execute_cut_run.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { SCHEDULER, type ServiceContext } from "@/web/services/context.ts";

/** The process that the kill tests kill: one bill run, or one cut run, in small batches. */
const [url = "", tenantId = "", now = "", kind = "", runId = ""] = Deno.args;
const database = openDatabase({ url, log: silentLogger, maxConnections: 2 });
const clock = new ManualClock(now);
const context: ServiceContext = {
  db: database.db,
  clock,
  log: silentLogger,
  notifyRouters: () => {},
  notifyCommands: () => {},
};
const businessOn = clock.now().toZonedDateTimeISO("Asia/Manila").toPlainDate();
await Deno.stdout.write(new TextEncoder().encode("go\n"));
const result = kind === "bill"
  ? await issueBills(context, tenantId, SCHEDULER, { businessOn, trigger: "scheduled", batchSize: 100 })
  : await executeCutRun(context, tenantId, SCHEDULER, { runId, chunkSize: 50 });
await database.close();
Deno.exit(result.ok ? 0 : 1);
