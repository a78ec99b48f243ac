/**
 * A bill run in a process of its own, whose memory nothing else moves.
 * `deno run -A bench/bill_child.ts APP_URL TENANT_ID DAY BILLS`; prints one line of JSON with its highest resident memory.
 */
import { silentLogger } from "@/shared/log.ts";
import { openIsp } from "@/tests/billing/isp.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { midnight, timeBillRun } from "./scenarios/bill_run.ts";

const [url = "", tenantId = "", day = "", bills = ""] = Deno.args;
const on = Temporal.PlainDate.from(day);
const { db, close } = openDatabase({ url, maxConnections: 5, log: silentLogger });
const none = { routerIds: [], planId: "", subscriberIds: [], subscriptionIds: [] };
const isp = openIsp({ db }, { tenantId, now: midnight(on).toString(), ...none });
let highest = 0;
const look = () => highest = Math.max(highest, Deno.memoryUsage().rss);
const looking = setInterval(look, 10);
await timeBillRun(isp, on, Number(bills));
look();
clearInterval(looking);
await close();
console.log(JSON.stringify({ peakMb: highest / 2 ** 20 }));
