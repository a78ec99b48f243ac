import assert from "node:assert/strict";
import type { Isp } from "@/tests/billing/isp.ts";
import { mailsOf, queueOne, setUpMail, withUnmailedScene } from "./mail_scene.ts";

const NOW = "2026-02-10T12:00";

async function refuse(isp: Isp, address: string, kind: "hard" | "soft" = "hard") {
  await isp.run((trx) =>
    trx.insertInto("mail_refusals").values({
      tenant_id: isp.tenantId,
      address_lower: address,
      kind,
      source: "server",
      status: "5.1.1",
      words: `550 5.1.1 <${address}> unknown`,
      refused_at: isp.clock.now(),
    }).execute()
  );
}

Deno.test("refused addresses are one list with whom to call, and a file", async () => {
  await withUnmailedScene(NOW, async ({ isp, owner }) => {
    await setUpMail(isp, 3);
    await isp.run((trx) =>
      trx.updateTable("subscribers").set({ email: "S0@Mail.test", phone: "0917 555 0101" })
        .where("id", "=", isp.subscriberIds[0]!).execute()
    );
    await refuse(isp, "s0@mail.test");
    await refuse(isp, "s1@mail.test", "soft");
    await refuse(isp, "gone@mail.test");
    const { text, html } = await owner.get("/admin/mail/refused");
    for (const words of ["Subscriber 00001", "0917 555 0101", "Mailbox unknown", "Nobody’s any more"]) {
      assert.ok(text.includes(words), words);
    }
    assert.match(html, /href="tel:0917 555 0101"/);
    assert.doesNotMatch((await owner.get("/admin/mail/refused?kind=soft")).text, /s0@mail/);
    const file = (await owner.get("/admin/mail/refused.csv")).html;
    assert.match(file, /Subscriber 00001.*0917 555 0101.*s0@mail\.test/);
    assert.equal(file.trim().split("\n").length, 4);
  });
});

Deno.test("the subscriber's page says that the address is refused, with its words, until it is another one", async () => {
  await withUnmailedScene(NOW, async ({ isp, owner }) => {
    await setUpMail(isp, 1);
    await refuse(isp, "s0@mail.test");
    const path = `/admin/subscribers/${isp.subscriberIds[0]}`;
    const before = (await owner.get(path)).text;
    assert.match(before, /Address refused/);
    assert.match(before, /550 5\.1\.1 <s0@mail\.test> unknown/);
    assert.equal((await mailsOf(isp)).length, 0);
    await queueOne(isp, { n: 0, key: "a" });
    await isp.run((trx) =>
      trx.updateTable("subscribers").set({ email: "new@mail.test" }).where("id", "=", isp.subscriberIds[0]!)
        .execute()
    );
    assert.doesNotMatch((await owner.get(path)).text, /Address refused/);
    await queueOne(isp, { n: 0, key: "b" });
    assert.deepEqual(await mailsOf(isp), [
      "bill_issued skipped refused_address a",
      "bill_issued queued - b",
    ]);
  });
});

Deno.test("try again forgets one refusal, the ticked ones, or all of the list", async () => {
  await withUnmailedScene(NOW, async ({ isp, owner }) => {
    await setUpMail(isp, 5);
    for (const n of [0, 1, 2, 3]) await refuse(isp, `s${n}@mail.test`, n === 3 ? "soft" : "hard");
    const left = async () =>
      (await isp.run((trx) =>
        trx.selectFrom("mail_refusals").select("address_lower").where("tenant_id", "=", isp.tenantId)
          .orderBy("address_lower").execute()
      )).map((row) => row.address_lower);
    const one = await owner.post("/admin/mail/refused/again", { id: "s0@mail.test" });
    assert.match((await owner.get(one.location)).text, /1 address may get mail again/);
    assert.deepEqual(await left(), ["s1@mail.test", "s2@mail.test", "s3@mail.test"]);
    await owner.post("/admin/mail/refused/again", { id: ["s1@mail.test", "not@there.test"] });
    assert.deepEqual(await left(), ["s2@mail.test", "s3@mail.test"]);
    await owner.post("/admin/mail/refused/again", { all: "yes", filter: "kind=soft" });
    assert.deepEqual(await left(), ["s2@mail.test"]);
    await queueOne(isp, { n: 0 });
    assert.match((await mailsOf(isp))[0]!, /queued/);
  });
});
