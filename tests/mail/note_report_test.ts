import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { startIspMail } from "./isp_mail.ts";
import { until } from "@/tests/support/until.ts";
import { noteReport } from "@/web/services/mail/note_report.ts";
import { createMailingIsp, mailLog, outboxOf, partsOf, serverOn, startWorker } from "./outbox_isp.ts";
import { returnedMail } from "./returned.ts";

Deno.test("a returned mail is noted with its message, its address is marked, and twice is once (mail-19)", async () => {
  await using database = await createTestDatabase();
  await using smtp = await startIspMail();
  const isp = await createMailingIsp(database, [
    "juan@example.test",
    "ana@example.test",
    "leo@example.test",
    "max@example.test",
  ]);
  const worker = startWorker(isp, partsOf(() => serverOn(smtp.port)));
  await until(async () => (await outboxOf(isp)).every(({ state }) => state === "sent"));
  await worker.stop();
  const idOf = (to: string) => smtp.mailbox.list().find(({ rcptTo }) => rcptTo[0] === to)?.messageId ?? "";
  const note = (to: string, over: object = {}, tenantId = isp.tenantId) =>
    noteReport(isp.context, tenantId, isp.actor, returnedMail({ messageId: idOf(to), to, ...over }));
  const stateOf = async (to: string) => (await outboxOf(isp)).find(({ address }) => address === to)?.state;

  // mail-20: a notice that it takes longer is no bounce.
  assert.equal(
    assertOk(await note("juan@example.test", { action: "delayed", status: "4.4.7" })).outcome,
    "delayed",
  );
  assert.equal(await stateOf("juan@example.test"), "sent");

  assert.equal(assertOk(await note("juan@example.test")).outcome, "refused");
  assert.equal(assertOk(await note("juan@example.test")).outcome, "known");
  assert.equal(await stateOf("juan@example.test"), "refused");
  assert.equal(assertOk(await note("ana@example.test", { status: "4.2.2" })).outcome, "soft");

  // What a policy refuses says nothing about the mailbox.
  assert.equal(
    assertOk(
      await note("max@example.test", { status: "5.7.1", diagnostic: "smtp; 550 5.7.1 looks like spam" }),
    )
      .outcome,
    "message",
  );

  const refusals = await isp.run((trx) =>
    trx.selectFrom("mail_refusals").select(["address_lower", "kind", "source", "status"])
      .where("tenant_id", "=", isp.tenantId).orderBy("address_lower").execute()
  );
  assert.deepEqual(refusals, [
    { address_lower: "ana@example.test", kind: "soft", source: "report", status: "4.2.2" },
    { address_lower: "juan@example.test", kind: "hard", source: "report", status: "5.1.1" },
  ]);
  assert.equal((await mailLog(isp)).length, 3);

  const forged = await noteReport(
    isp.context,
    isp.tenantId,
    isp.actor,
    returnedMail({ messageId: idOf("leo@example.test"), to: "other@example.test" }),
  );
  assert.deepEqual(forged.ok ? null : forged.code, "report_of_nothing");
  const noise = await noteReport(isp.context, isp.tenantId, isp.actor, new Uint8Array(10));
  assert.deepEqual(noise.ok ? null : noise.code, "report_unreadable");
  assert.equal(await stateOf("leo@example.test"), "sent");

  const other = await createMailingIsp(database, ["x@example.test"]);
  const foreign = await note("leo@example.test", {}, other.tenantId);
  assert.deepEqual(
    foreign.ok ? null : foreign.code,
    "report_of_nothing",
    "another tenant's mail is not found",
  );
});
