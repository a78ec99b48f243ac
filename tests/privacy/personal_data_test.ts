import assert from "node:assert/strict";
import { buy } from "@/tests/billing/prepaid_isp.ts";
import { move, world } from "@/tests/billing/payer_isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { todayOf } from "@/tests/billing/isp.ts";
import { insertMessages } from "@/web/store/mail/messages.ts";
import { type DataSection, readPersonalData } from "@/web/store/privacy/personal_data.ts";
import { askAbout } from "./erasing_isp.ts";

/** A part of the file of the subscriber with a number. */
const fileOf = ({ isp }: Awaited<ReturnType<typeof world>>, n: number, section: DataSection) =>
  isp.run((trx) => readPersonalData(trx, isp.subscriberIds[n]!, section, { offset: 0, limit: 100 }));

Deno.test("of a connection that went to another payer each has in their file what was while they paid", async () => {
  await using w = await world();
  const { isp } = w;
  const hold = (reason: string) =>
    isp.run((trx) =>
      trx.insertInto("holds").values({
        tenant_id: isp.tenantId,
        id: crypto.randomUUID(),
        subscription_id: isp.subscriptionIds[0]!,
        until_on: todayOf(isp),
        reason,
        created_by: "Ana Reyes",
        created_at: isp.clock.now(),
        ended_at: isp.clock.now(),
      }).execute()
    );
  const change = (to_mode: "prepaid" | "postpaid") =>
    isp.run((trx) =>
      trx.insertInto("mode_changes").values({
        tenant_id: isp.tenantId,
        id: crypto.randomUUID(),
        subscription_id: isp.subscriptionIds[0]!,
        to_mode,
        effective_on: todayOf(isp),
        unused: "coverage",
        state: "cancelled",
        asked_at: isp.clock.now(),
        asked_by: "Ana Reyes",
      }).execute()
    );
  await hold("Of the mother");
  await change("prepaid");
  isp.clock.advance({ hours: 1 });
  assertOk(await move(isp, 0, 1));
  isp.clock.advance({ hours: 1 });
  await hold("Of the son");
  await change("postpaid");
  const reasons = async (n: number) => (await fileOf(w, n, "holds")).map(({ reason }) => reason);
  assert.deepEqual([await reasons(0), await reasons(1)], [["Of the mother"], ["Of the son"]]);
  const modes = async (n: number) => (await fileOf(w, n, "mode_changes")).map(({ to_mode }) => to_mode);
  assert.deepEqual([await modes(0), await modes(1), await modes(2)], [["prepaid"], ["postpaid"], []]);
});

Deno.test("bought time is in the file of whoever it was billed to, whoever pays for the connection now", async () => {
  await using w = await world({}, true);
  assertOk(await buy(w.isp, 0));
  w.isp.clock.advance({ hours: 1 });
  assertOk(await move(w.isp, 0, 1));
  assert.equal((await fileOf(w, 0, "purchases")).length, 1);
  assert.equal((await fileOf(w, 1, "purchases")).length, 0);
});

Deno.test("of an address that takes no mail the file says which, when and how, of all that the person had", async () => {
  await using w = await world();
  const { isp } = w;
  await isp.run(async (trx) => {
    const [mail, at] = [crypto.randomUUID(), isp.clock.now()];
    await trx.updateTable("subscribers").set({ email: "Family@example.test" })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", isp.subscriberIds[0]!).execute();
    const row = { id: mail, occasion: "hold_granted" as const, dedupeKey: mail };
    await insertMessages(trx, [{ ...row, subscriberId: isp.subscriberIds[0]! }], {
      at,
      businessOn: todayOf(isp),
      by: "Scheduler",
    });
    await trx.updateTable("mail_messages").set({ state: "sent", sent_at: at, address: "Old@example.test" })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", mail).execute();
    for (const address of ["family@example.test", "old@example.test", "others@example.test"]) {
      await trx.insertInto("mail_refusals").values({
        tenant_id: isp.tenantId,
        address_lower: address,
        kind: "hard",
        source: "server",
        status: null,
        words: "550 about the bill of the sister",
        message_id: null,
        refused_at: at,
      }).execute();
    }
  });
  const rows = await fileOf(w, 0, "refused_addresses");
  assert.deepEqual(rows.map(({ address_lower }) => address_lower).sort(), [
    "family@example.test",
    "old@example.test",
  ]);
  assert.deepEqual(rows.map((row) => Object.keys(row).sort()), [
    ["address_lower", "kind", "refused_at"],
    ["address_lower", "kind", "refused_at"],
  ]);
});

Deno.test("of a request about somebody the file has what was asked and decided, and no ids of staff", async () => {
  await using w = await world();
  const known = {
    name: "Rita Lim",
    phone: "09175558431",
    email: "r@example.test",
    address: "Ilaya",
    notes: "",
  };
  await askAbout(w.isp, 0, known);
  const [request = assert.fail()] = await fileOf(w, 0, "approvals");
  for (const name of ["asked_by_id", "decided_by_id", "only_key", "revision"]) {
    assert.ok(!(name in request), name);
  }
  assert.equal(request["decided_by"], "Ana Reyes");
});
