/**
 * Mailing in a process of its own, whose memory nothing else moves. `deno run -A bench/mail_child.ts APP_URL PORT TENANT_ID`
 * sends all that waits; prints one line of JSON with its highest resident memory in the first half and in the second.
 */
import { silentLogger } from "@/shared/log.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { POOL_SIZES } from "@/web/store/db/pools.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { MailWorker } from "@/web/services/mail/mail_worker.ts";
import { systemClock } from "@/web/system_clock.ts";
import { billParts } from "./mail_parts.ts";

const [url = "", port = "", tenantId = ""] = Deno.args;
const { db, close: closeDatabase } = openDatabase({
  url,
  maxConnections: POOL_SIZES.mail,
  log: silentLogger,
});
const count = () =>
  withTenant(db, tenantId, async (trx) => {
    const queued = trx.selectFrom("mail_messages").select((eb) => eb.fn.countAll<string>().as("count"))
      .where("tenant_id", "=", tenantId).where("state", "=", "queued");
    return Number((await queued.executeTakeFirstOrThrow()).count);
  });
const all = await count();
const looks: { isFirst: boolean; bytes: number }[] = [];
let isFirst = true;
const looking = setInterval(() => looks.push({ isFirst, bytes: Deno.memoryUsage().rss }), 10);
const worker = new MailWorker({ db, clock: systemClock, log: silentLogger, parts: billParts(Number(port)) });
for (let left = all; left > 0; left = await count()) {
  isFirst = left > all / 2;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
clearInterval(looking);
await worker.stop();
await closeDatabase();
const highestMb = (of: boolean) =>
  Math.max(...looks.filter((look) => look.isFirst === of).map(({ bytes }) => bytes)) / 2 ** 20;
console.log(JSON.stringify({ firstHalfMb: highestMb(true), secondHalfMb: highestMb(false) }));
