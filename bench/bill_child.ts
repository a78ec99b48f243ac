/**
 * A bill run in a process of its own, whose memory nothing else moves.
 * `deno run -A bench/bill_child.ts APP_URL TENANT_ID DAY BILLS`; prints one line of JSON with its highest resident memory
 * in the first half of the run and in the second.
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
const looks: { atMs: number; bytes: number }[] = [];
const look = () => looks.push({ atMs: performance.now(), bytes: Deno.memoryUsage().rss });
look();
const looking = setInterval(look, 10);
await timeBillRun(isp, on, Number(bills));
look();
clearInterval(looking);
await close();
const middle = (looks[0]!.atMs + looks.at(-1)!.atMs) / 2;
const highestMb = (half: typeof looks) => Math.max(...half.map(({ bytes }) => bytes)) / 2 ** 20;
console.log(JSON.stringify({
  firstHalfMb: highestMb(looks.filter(({ atMs }) => atMs <= middle)),
  secondHalfMb: highestMb(looks.filter(({ atMs }) => atMs > middle)),
}));
