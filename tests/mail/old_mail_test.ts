import assert from "node:assert/strict";
import type { Isp } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { until } from "@/tests/support/until.ts";
import { sendBillNow } from "@/web/services/mail/send_again.ts";
import { OLD_DAYS } from "@/web/domain/mail/limits.ts";
import { skipOld } from "@/web/store/mail/outbox.ts";
import { startIspMail } from "./isp_mail.ts";
import { outboxOf, partsOf, serverOn, startWorker } from "./outbox_isp.ts";
import { billIdsOf, queueOne, setUpMail, withUnmailedScene } from "./mail_scene.ts";

Deno.test("a bill that was skipped for want of a server is sent by hand forty days later", async () => {
  await withUnmailedScene("2026-02-10T12:00", async ({ isp }) => {
    const [billId] = await billIdsOf(isp);
    await queueOne(isp, { n: 0 });
    assert.deepEqual((await outboxOf(isp)).map(({ reason }) => reason), ["no_server"]);
    isp.clock.advance({ hours: 24 * 40 });
    await setUpMail(isp, 1);
    assertOk(await sendBillNow(isp.context, isp.tenantId, isp.actor, { billId: billId! }));
    await using smtp = await startIspMail();
    const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
    try {
      await until(async () => (await outboxOf(isp)).every(({ state }) => state !== "queued"));
    } finally {
      await worker.stop();
    }
    assert.deepEqual((await outboxOf(isp)).map(({ state }) => state), ["sent"]);
    assert.equal(smtp.mailbox.taken, 1);
  });
});

const skipOldOf = (isp: Isp) =>
  isp.run((trx) => skipOld(trx, isp.clock.now().subtract({ hours: 24 * OLD_DAYS })));

Deno.test("by a clock that is doubted nothing is too old: it may be today", async () => {
  await withUnmailedScene("2026-02-10T12:00", async ({ isp }) => {
    await setUpMail(isp, 1);
    await queueOne(isp, { n: 0 });
    const watch = { boot_id: "a", uptime_seconds: 1n, doubt: null, doubted_at: null };
    await isp.run((trx) =>
      trx.insertInto("clock_watches").values({
        ...watch,
        tenant_id: isp.tenantId,
        seen_at: isp.clock.now(),
      }).onConflict((conflict) => conflict.column("tenant_id").doUpdateSet({ seen_at: isp.clock.now() }))
        .execute()
    );
    isp.clock.advance({ hours: 24 * 40 });
    assert.equal(await skipOldOf(isp), 0, "the watch has not looked since the clock has jumped");
    const see = (doubt: "jump" | null) =>
      isp.run((trx) =>
        trx.updateTable("clock_watches").set({
          seen_at: isp.clock.now(),
          doubt,
          doubted_at: doubt && isp.clock.now(),
        })
          .where("tenant_id", "=", isp.tenantId).execute()
      );
    await see("jump");
    assert.equal(await skipOldOf(isp), 0);
    await see(null);
    assert.equal(await skipOldOf(isp), 1);
    assert.deepEqual((await outboxOf(isp)).map(({ reason }) => reason), ["too_old"]);
  });
});
