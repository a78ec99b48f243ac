import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { coded } from "@/shared/codes/mod.ts";
import { lockAuditChain } from "@/web/store/access/audit.ts";
import { insertSystemLog } from "@/web/store/access/system_log.ts";
import { readErasureProgress } from "@/web/store/privacy/erasure_steps.ts";
import { findErasureOf } from "@/web/store/privacy/erasures.ts";
import { erasePersonJob } from "@/web/jobs/erase_person.ts";
import { checkAudit } from "@/web/services/check_audit.ts";
import { recordReading } from "@/web/services/record_reading.ts";
import { eraseSubscriber, withdrawErasureRequest } from "@/web/services/privacy/erase_subscriber.ts";
import { beginErasure, runErasure } from "@/web/services/privacy/run_erasure.ts";
import { runUseCase } from "@/web/services/use_case.ts";
import { insertErasure } from "@/web/store/privacy/erasures.ts";
import { updateSubscriber } from "@/web/services/subscribers/update_subscriber.ts";
import { ok } from "@/shared/result.ts";
import { erasing, everyRow, type Known, leave, liveThrough } from "./erasing_isp.ts";

const KNOWN: Known = {
  name: "Crisanto Villaruz Magtanggol",
  phone: "0917 555 8431",
  email: "crisanto.magtanggol@example.test",
  address: "Purok 7, Sitio Malinaw",
  notes: "Gate with the dog",
};

/** Somebody who has left, with an erasure that has begun and of which nothing is done yet. */
async function begun() {
  const past = await playedIsp({ subscribers: 6 }, "2026-02-10T10:00");
  const { isp } = past;
  await liveThrough(isp, 0, KNOWN);
  await leave(isp, 0);
  const context = await erasing(isp);
  const [subscriberId, id] = [isp.subscriberIds[0]!, crypto.randomUUID()];
  assertOk(
    await runUseCase(context, isp.tenantId, isp.actor, async (useCase) => {
      const row = { id, subscriber_id: subscriberId, account_number: "1", reason: null };
      await insertErasure(useCase.trx, { ...row, asked_at: useCase.at, asked_by: "Ana Reyes" });
      await beginErasure(useCase, id);
      return ok(null);
    }),
  );
  const holds = async (table: string) =>
    ((await everyRow(past.database)).get(table) ?? "").includes("Magtanggol");
  return { ...past, context, subscriberId, id, holds };
}

Deno.test("the steps of an erasure wait for nobody who writes to the audit log, nor does anybody for them", async () => {
  await using scene = await begun();
  const { isp, context, id, holds } = scene;
  const release = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const other = isp.run(async (trx) => {
    await lockAuditChain(trx);
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  try {
    // Each call makes one step: at its end the time is over.
    for (let step = 0; step < 4; step++) {
      assert.equal(await runErasure(context, isp.tenantId, id, { stepRows: 1, mostMs: -1 }), "going");
    }
    const { looked, lines } = (await isp.run((trx) => readErasureProgress(trx, id)))!;
    assert.deepEqual([looked, lines > 0n], [4n, true]);
    assert.equal(await holds("audit_entries"), true, "the entries wait for the end");
    assert.equal(await holds("subscribers"), true);
  } finally {
    release.resolve();
    await other;
  }
  assert.equal(await runErasure(context, isp.tenantId, id), "done");
  for (const [table, rows] of await everyRow(scene.database)) {
    assert.ok(!rows.includes("Magtanggol"), `${table} still holds the name`);
  }
  assert.equal((await checkAudit(context, isp.tenantId)).broken, null);
});

Deno.test("an erasure that a crash left between two steps goes on from there, with what was written meanwhile", async () => {
  await using scene = await begun();
  const { isp, context, subscriberId, id } = scene;
  await runErasure(context, isp.tenantId, id, { stepRows: 5, mostMs: -1 });
  const { looked } = (await isp.run((trx) => readErasureProgress(trx, id)))!;
  assert.ok(looked > 0n);
  assertRefused(
    await withdrawErasureRequest(context, isp.tenantId, isp.actor, { subscriberId }),
    "erasure_begun",
  );
  // Somebody names them in an entry and a line that the steps are past.
  await recordReading(context, isp.tenantId, isp.actor, {
    action: "export.file",
    what: "subscribers",
    summary: coded("audit_file_exported", { file: "subscribers.csv", rows: 1 }),
    details: { filter: `q=${KNOWN.name}`, rows: 1, is_whole: true },
  });
  await isp.run((trx) =>
    insertSystemLog(trx, {
      at: isp.clock.now(),
      level: "warn",
      event: "mail_failed",
      message: `The mail to ${KNOWN.name} was not delivered`,
    })
  );
  await erasePersonJob.handle({ context, send: () => Promise.resolve() }, {
    tenantId: isp.tenantId,
    erasureId: id,
  });
  const row = await isp.run((trx) => findErasureOf(trx, subscriberId));
  assert.deepEqual([row?.state, context.erasures === undefined], ["done", false]);
  const again = await runErasure(context, isp.tenantId, id);
  assert.equal(again, "known");
  const left = [...(await everyRow(scene.database)).values()].join("\n");
  assert.ok(!left.includes("Magtanggol"));
  assert.match(left, /subscriber\.erased/);
  assert.equal((await checkAudit(context, isp.tenantId)).broken, null);
});

Deno.test("a name that is changed during an erasure is looked for from the beginning", async () => {
  await using scene = await begun();
  const { isp, context, subscriberId, id } = scene;
  const named = (await isp.run((trx) => readErasureProgress(trx, id)))!.entries + 1n;
  await recordReading(context, isp.tenantId, isp.actor, {
    action: "export.file",
    what: "subscribers",
    summary: coded("audit_file_exported", { file: "subscribers.csv", rows: 1 }),
    details: { filter: "q=Leonora Dimaculangan", rows: 1, is_whole: true },
  });
  await isp.run(async (trx) => {
    for (let more = 0; more < 3; more++) {
      await insertSystemLog(trx, { at: isp.clock.now(), level: "info", event: "x", message: `Line ${more}` });
    }
  });
  // Past the entry, with lines of the system log to come.
  for (let looked = 0n; looked < named;) {
    await runErasure(context, isp.tenantId, id, { stepRows: 4, mostMs: -1 });
    looked = (await isp.run((trx) => readErasureProgress(trx, id)))!.looked;
    if (looked > named - 4n) break;
  }
  const { name: _, ...rest } = KNOWN;
  assertOk(
    await updateSubscriber(context, isp.tenantId, isp.actor, {
      subscriberId,
      name: "Leonora Dimaculangan",
      ...rest,
      barangay: "",
      city: "",
    }),
  );
  assert.equal(await runErasure(context, isp.tenantId, id, { stepRows: 4 }), "done");
  const left = [...(await everyRow(scene.database)).values()].join("\n");
  assert.ok(!left.includes("Dimaculangan"));
});

Deno.test("two that look for different words, since the name was changed between them, come to the end both", async () => {
  await using scene = await begun();
  const { isp, context, subscriberId, id } = scene;
  for (let more = 0; more < 40; more++) await line(isp, `Line ${more}`);
  const run = () => runErasure(context, isp.tenantId, id, { stepRows: 1, mostMs: 20_000 });
  const first = run();
  const looked = async () => (await isp.run((trx) => readErasureProgress(trx, id)))?.looked ?? 0n;
  await until(async () => await looked() > 2n, { timeoutMs: 10_000, what: "the first is on its way" });
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ name: "Leonora Dimaculangan" }).where("id", "=", subscriberId)
      .execute()
  );
  assert.deepEqual((await Promise.all([first, run()])).toSorted(), ["done", "known"]);
});

/** Lines of the system log that a passing erasure may or may not see. */
const line = (isp: Isp, message: string, at = isp.clock.now()) =>
  isp.run((trx) => insertSystemLog(trx, { at, level: "info", event: "x", message }));

Deno.test("a line that is written during an erasure is seen whatever it is dated with, also days later, in steps", async () => {
  await using scene = await begun();
  const { isp, context, id, holds } = scene;
  assert.equal(await runErasure(context, isp.tenantId, id, { mostMs: -1 }), "going");
  assert.equal(await holds("system_log"), false, "the first pass is at its end");
  // The clock is set back by days, and then the erasure lies for days in which much is written.
  await line(isp, `To ${KNOWN.name}`, isp.clock.now().subtract({ hours: 24 * 9 }));
  isp.clock.advance({ hours: 24 * 3 });
  for (let n = 0; n < 6; n++) await line(isp, `Line ${n} to ${KNOWN.name}`);
  const left = async () =>
    ((await everyRow(scene.database)).get("system_log") ?? "").split("Magtanggol").length - 1;
  assert.equal(await left(), 7);
  await runErasure(context, isp.tenantId, id, { mostMs: -1, stepRows: 2 });
  const after = await left();
  assert.ok(after > 0 && after < 7, "a step of two lines, not all of them");
  assert.equal(await runErasure(context, isp.tenantId, id), "done");
  assert.equal(await left(), 0);
});

Deno.test("when the time is over neither a step nor the end is begun any more", async () => {
  await using scene = await begun();
  const { isp, context, id, holds } = scene;
  for (let n = 0; n < 5; n++) {
    assert.equal(await runErasure(context, isp.tenantId, id, { mostMs: -1 }), "going");
  }
  assert.equal(await holds("subscribers"), true);
  assert.equal(await runErasure(context, isp.tenantId, id, { mostMs: 600_000 }), "done");
});

Deno.test("when the queue is faster the answer is that they are erased, with address and request of who asked", async () => {
  await using past = await playedIsp({ subscribers: 6 }, "2026-02-10T10:00");
  const { isp } = past;
  await leave(isp, 0);
  const plain = await erasing(isp);
  const job = Promise.withResolvers<{ tenantId: string; erasureId: string }>();
  let isQueued = false;
  let faster: Promise<unknown> | undefined;
  // Each transaction of the request after the one that began it waits until the job is done.
  const db = new Proxy(isp.context.db, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name !== "transaction" || !isQueued) {
        return typeof value === "function" ? value.bind(target) : value;
      }
      faster ??= job.promise.then((data) =>
        erasePersonJob.handle({ context: plain, send: () => Promise.resolve() }, data)
      );
      return () => afterwards(target.transaction(), faster!);
    },
  });
  const context = {
    ...plain,
    db,
    enqueue: (_trx: unknown, _job: unknown, data: unknown) => {
      isQueued = true;
      return Promise.resolve(job.resolve(data as { tenantId: string; erasureId: string }));
    },
  };
  const origin = { ip: "203.0.113.9", requestId: "request-of-ana" };
  const actor = { kind: "staff", label: "Ana Reyes", staffUserId: crypto.randomUUID(), origin } as const;
  const subscriberId = isp.subscriberIds[0]!;
  const done = await eraseSubscriber(context, isp.tenantId, actor, {
    subscriberId,
    waits: false,
    reason: "x",
  });
  assert.ok(faster !== undefined);
  assert.equal(assertOk(done), "done");
  const entry = await isp.run((trx) =>
    trx.selectFrom("audit_entries").select(["actor", "ip", "request_id", "staff_user_id"])
      .where("tenant_id", "=", isp.tenantId).where("action", "=", "subscriber.erased")
      .executeTakeFirstOrThrow()
  );
  assert.deepEqual(entry, {
    actor: "Ana Reyes",
    ip: origin.ip,
    request_id: origin.requestId,
    staff_user_id: actor.staffUserId,
  });
  const row = await isp.run((trx) => findErasureOf(trx, subscriberId));
  assert.deepEqual([row?.started_ip, row?.started_request_id], [null, null]);
});

/** The same builder of a transaction, which runs when something else is over. */
function afterwards<T extends object>(builder: T, over: Promise<unknown>): T {
  return new Proxy(builder, {
    get(target, name) {
      const value = Reflect.get(target, name) as (...given: unknown[]) => unknown;
      if (typeof value !== "function") return value;
      if (name === "execute") return (...given: unknown[]) => over.then(() => value.apply(target, given));
      return (...given: unknown[]) => afterwards(value.apply(target, given) as object, over);
    },
  });
}

Deno.test("what is stopped when it had begun is taken back while nothing is erased, and no longer afterwards", async () => {
  await using scene = await begun();
  const { isp, context, subscriberId, id } = scene;
  const call = [context, isp.tenantId, isp.actor] as const;
  const isConnected = (status: "active" | "cancelled") =>
    isp.run((trx) =>
      trx.updateTable("subscriptions").set({ status }).where("tenant_id", "=", isp.tenantId)
        .where("subscriber_id", "=", subscriberId).execute()
    );
  assertRefused(await withdrawErasureRequest(...call, { subscriberId }), "erasure_begun");
  await isConnected("active");
  const open = (await isp.run((trx) => findErasureOf(trx, subscriberId)))!;
  assert.equal(open.log_changed, 0n);
  assert.equal(await runErasure(context, isp.tenantId, id), "blocked");
  assertRefused(await withdrawErasureRequest(...call, { subscriberId }), "erasure_begun");
  // Another, of which nothing is gone.
  await isp.run((trx) =>
    trx.updateTable("erasures").set({ log_changed: 0n }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", id).execute()
  );
  assertOk(await withdrawErasureRequest(...call, { subscriberId }));
  await isConnected("cancelled");
  assert.equal(await runErasure(context, isp.tenantId, id), "known");
});

Deno.test("an erasure of long logs is answered while it goes on, by the queue that the request gave it to", async () => {
  await using past = await playedIsp({ subscribers: 6 }, "2026-02-10T10:00");
  const { isp } = past;
  await liveThrough(isp, 0, KNOWN);
  await leave(isp, 0);
  const queued: unknown[] = [];
  const context = {
    ...await erasing(isp),
    enqueue: (_trx: unknown, _job: unknown, data: unknown) => Promise.resolve(void queued.push(data)),
  };
  const done = await eraseSubscriber(context, isp.tenantId, isp.actor, {
    subscriberId: isp.subscriberIds[0]!,
    waits: false,
    reason: "By letter",
  });
  assert.equal(assertOk(done), "done", "short logs are at their end within the answer");
  assert.equal(queued.length, 1);
});
