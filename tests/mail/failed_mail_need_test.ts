import assert from "node:assert/strict";
import { sql } from "kysely";
import { liveUntil, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { sendAgain } from "@/web/services/mail/send_again.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { createMailIsp, mailsOf } from "./mail_isp.ts";

Deno.test("mail that failed is one line in Needs you for three days, without what was sent again", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 3 });
  await liveUntil(isp, "2026-02-01T10:00");
  const failed = () =>
    isp.run(async (trx) => {
      const moment = { today: todayOf(isp), now: isp.clock.now() };
      return (await listNeeds(trx, await getTenant(trx), moment)).filter(({ kind }) => kind === "mail_failed")
        .map(({ count, subject }) => [count, subject]);
    });
  assert.deepEqual(await failed(), [], "what waits has not failed");
  const [first, second] = await mailsOf(isp, "bill_issued");
  await isp.run((trx) =>
    sql`update mail_messages set state = 'failed', reason = 'not_made'
      where id in (${first!.id}, ${second!.id})`.execute(trx)
  );
  assert.deepEqual(await failed(), [[2, "2026-02-01"]]);
  assertOk(
    await sendAgain(isp.context, isp.tenantId, isp.actor, { mailId: first!.id, key: crypto.randomUUID() }),
  );
  assert.deepEqual(await failed(), [[1, "2026-02-01"]]);
  await liveUntil(isp, "2026-02-05T10:00");
  assert.deepEqual(await failed(), []);
});
