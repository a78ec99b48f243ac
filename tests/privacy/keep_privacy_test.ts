import assert from "node:assert/strict";
import { ok } from "@/shared/result.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { playedIsp } from "@/tests/support/played.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { eraseSubscriber } from "@/web/services/privacy/erase_subscriber.ts";
import { keepPrivacy } from "@/web/services/privacy/keep_privacy.ts";
import { beginErasure } from "@/web/services/privacy/run_erasure.ts";
import { runUseCase } from "@/web/services/use_case.ts";
import { findErasureOf, insertErasure } from "@/web/store/privacy/erasures.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { erasing, leave } from "./erasing_isp.ts";

const PAST = [{ subscribers: 6 }, "2026-02-10T10:00"] as const;

/** Writes down that somebody asked. */
async function ask(isp: Isp, context: ServiceContext, n: number, isBegun = false): Promise<void> {
  assertOk(
    await runUseCase(context, isp.tenantId, isp.actor, async (useCase) => {
      const id = crypto.randomUUID();
      const row = { id, subscriber_id: isp.subscriberIds[n]!, account_number: "1", reason: null };
      await insertErasure(useCase.trx, { ...row, asked_at: useCase.at, asked_by: "Ana Reyes" });
      if (isBegun) await beginErasure(useCase, id);
      return ok(null);
    }),
  );
}

const erasedAt = (isp: Isp, n: number) =>
  isp.run(async (trx) => (await findSubscriber(trx, isp.subscriberIds[n]!))?.erased_at ?? null);

Deno.test("what a crash left of an erasure of a left-over goes on in the next night, and so does everybody else's", async () => {
  await using past = await playedIsp(...PAST);
  const { isp } = past;
  const context = await erasing(isp);
  await leave(isp, 0);
  const erase = { subscriberId: isp.subscriberIds[0]!, waits: false, reason: "By letter" };
  assertOk(await eraseSubscriber(context, isp.tenantId, isp.actor, erase));
  // As a restored backup had it: the connection was live, and is over now; something stands against a first erasure.
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ ppp_name: "gone-but-named" }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", isp.subscriptionIds[0]!).execute()
  );
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ subscriber_id: isp.subscriberIds[0]! })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriptionIds[2]!).execute()
  );
  await ask(isp, context, 0, true);
  await leave(isp, 1);
  await ask(isp, context, 1);
  await keepPrivacy(context, isp.tenantId);
  assert.notEqual(await erasedAt(isp, 1), null);
  const row = await isp.run((trx) => findErasureOf(trx, isp.subscriberIds[0]!));
  assert.equal(row?.state, "done", "it went on, and asked for nothing");
  await keepPrivacy(context, isp.tenantId);
});

Deno.test("one whose erasure fails keeps neither the others from theirs nor old mails from going", async () => {
  await using past = await playedIsp(...PAST);
  const { isp } = past;
  const plain = await erasing(isp);
  for (const n of [0, 1]) {
    await leave(isp, n);
    await ask(isp, plain, n);
  }
  let failed = 0;
  const context: ServiceContext = {
    ...plain,
    before: () => {
      if (failed++ === 0) throw new Error("The disk is full");
      return Promise.resolve();
    },
  };
  await isp.run((trx) =>
    trx.insertInto("record_openings").values({
      tenant_id: isp.tenantId,
      subscriber_id: isp.subscriberIds[3]!,
      slot: 1n,
      staff_user_id: crypto.randomUUID(),
      session_id: crypto.randomUUID(),
      opened_at: isp.clock.now().subtract({ hours: 24 * 5000 }),
    }).execute()
  );
  await assert.rejects(keepPrivacy(context, isp.tenantId), /Cannot do it for 1 of 3/);
  assert.deepEqual(
    [await erasedAt(isp, 0) === null, await erasedAt(isp, 1) === null].sort(),
    [false, true],
  );
  const left = await isp.run((trx) =>
    trx.selectFrom("record_openings").select("subscriber_id").where("tenant_id", "=", isp.tenantId).execute()
  );
  assert.equal(left.length, 0);
});
