import assert from "node:assert/strict";
import { sql } from "kysely";
import { assertOk } from "@/tests/support/expect.ts";

import { createTestDatabase } from "@/tests/support/postgres.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { advanceBusinessTime, type AdvanceTarget } from "@/web/services/demo/advance_business_time.ts";
import { whyNotEach } from "@/web/services/mail/why_not.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { startIspMail } from "./isp_mail.ts";
import { createMailIsp, mailsOf, remind } from "./mail_isp.ts";
import { partsOf, serverOn, startWorker } from "./outbox_isp.ts";

/** A worker that notes the business day on which each message is made. */
function startNoting(isp: Isp, port: number, password = "good") {
  const madeOn = new Map<string, string>();
  const parts = partsOf(() => serverOn(port, password));
  const worker = startWorker(isp, {
    ...parts,
    whyNot: async (trx, messages) => {
      const tenant = await getTenant(trx);
      return await whyNotEach(trx, tenant, messages.map(({ id }) => id), businessNow(tenant, isp.clock));
    },
    compose: async (trx, message) => {
      madeOn.set(message.id, businessNow(await getTenant(trx), isp.clock).today.toString());
      return await parts.compose(trx, message);
    },
    // Only who is asked sends: a look in between would hide that nobody was.
  }, { pollMs: 60_000 });
  const context = { ...isp.context, mailGoesOut: (tenantId: string) => worker.goesOut(tenantId) };
  const go = async (to: AdvanceTarget) =>
    assertOk(await advanceBusinessTime(context, isp.tenantId, isp.actor, { to }));
  return { madeOn, go, stop: () => worker.stop() };
}

/** Time starts as the first bills come. */
async function start(isp: Isp): Promise<void> {
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ activated_on: Temporal.PlainDate.from("2026-01-01") })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
}

Deno.test("mail of a played day goes out on that day, whatever the hours of quiet and of the cut", async () => {
  for (const until of ["08:00", "11:00"]) {
    await using smtp = await startIspMail();
    await using database = await createTestDatabase();
    const isp = await createMailIsp(database, { subscribers: 3, start: "2026-01-31T22:00:00+08:00" });
    await start(isp);
    await remind(isp, {
      quiet: { from: Temporal.PlainTime.from("20:00"), until: Temporal.PlainTime.from(until) },
    });
    const noting = startNoting(isp, smtp.port);
    try {
      for (const to of ["week", "week"] as const) await noting.go(to);
    } finally {
      await noting.stop();
    }
    const mails = await mailsOf(isp);
    const counts = Map.groupBy(mails, ({ occasion, state }) => `${occasion} ${state}`);
    assert.deepEqual([...counts].map(([name, { length }]) => `${name} ${length}`).sort(), [
      "bill_issued sent 3",
      "cut sent 3",
      "cut_notice sent 3",
      "reminder sent 6",
    ]);
    for (const { id, created_on, occasion } of mails) {
      assert.equal(noting.madeOn.get(id), created_on.toString(), `${occasion}, quiet until ${until}`);
    }
    assert.equal(smtp.mailbox.taken, 15);
  }
});

Deno.test("a server that refuses, is away, or a sender that has stopped holds the machine up for no time", async () => {
  await using smtp = await startIspMail();
  await using database = await createTestDatabase();
  const isp = await createMailIsp(database, { subscribers: 2, start: "2026-01-31T22:00:00+08:00" });
  await start(isp);
  const refused = startNoting(isp, smtp.port, "wrong");
  const began = performance.now();
  await refused.go("week");
  await refused.stop();
  await refused.go("day");
  // Port 9 of this machine: nobody listens there.
  await isp.run((trx) => sql`delete from mail_senders where tenant_id = ${isp.tenantId}`.execute(trx));
  const away = startNoting(isp, 9);
  await away.go("week");
  await away.stop();
  assert.ok(performance.now() - began < 20_000, `${performance.now() - began} ms`);
  assert.equal(smtp.mailbox.taken, 0);
});
