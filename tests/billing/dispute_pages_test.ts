import assert from "node:assert/strict";
import { offNow } from "@/tests/billing/isp.ts";
import { withScene } from "@/tests/support/scene.ts";

Deno.test("a dispute from the bill to the decision: pages, list, file, Tonight, Today, and who may", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, app, owner }) => {
    const bill = await isp.run((trx) =>
      trx.selectFrom("bills").select(["id", "number"]).where("tenant_id", "=", isp.tenantId)
        .where("subscription_id", "=", isp.subscriptionIds[3]!).executeTakeFirstOrThrow()
    );
    const path = `/admin/bills/${bill.id}`;
    const wasOff = await offNow(isp);
    assert.ok(wasOff.includes(3));
    const question = await owner.get(`${path}/dispute`);
    assert.match(question.text, /It stays owed and on the statement\..*Decide by Mon, 16 Mar 2026/s);
    assert.equal((await owner.post(`${path}/dispute`, { amount: "", reason: "" })).status, 422);
    const above = await owner.post(`${path}/dispute`, { amount: "1000.01", reason: "Off for a week" });
    assert.match(above.text, /Type an amount from ₱0\.01 to ₱1,000\.00\./);
    const opened = await owner.post(`${path}/dispute`, { amount: "", reason: "Off for a week" });
    assert.equal(opened.location, `${path}?done=disputed`);
    assert.deepEqual(await offNow(isp), wasOff.filter((n) => n !== 3), "back at once");
    const page = await owner.get(path);
    assert.match(page.text, /Disputed: nobody is cut for it until that is decided/);
    assert.match(page.text, /Off for a week/);
    assert.equal((await owner.get(`${path}/dispute`)).location, path, "one at a time");
    assert.match((await owner.get(`/admin/subscribers/${isp.subscriberIds[3]}`)).text, /Disputed/);
    assert.match((await owner.get("/admin/bills?status=disputed")).text, new RegExp(bill.number!));
    assert.match((await owner.get("/admin/disputes?state=open")).text, /Off for a week/);
    const file = await owner.get("/admin/disputes.csv");
    const cells = [bill.number, "A-00004", "Subscriber 00004", "open", "Off for a week", "2026-02-14"];
    assert.ok(file.text.includes(cells.map((cell) => `"${cell}"`).join(",")), file.text);
    assert.match(file.text, /"2026-03-16","1000\.00","1000\.00"/);
    assert.match((await owner.get("/admin/tonight?view=kept")).text, /₱1,000\.00 of it is disputed/);
    isp.clock.set("2026-03-17T00:10:00+08:00");
    const later = await app.signIn(isp.tenantId, "Owner");
    assert.match((await later.get("/admin")).text, /A dispute was to be decided by/);
    const cashier = await app.signIn(isp.tenantId, "Cashier");
    assert.equal((await cashier.get(`${path}/decide`)).status, 404);
    assert.doesNotMatch((await cashier.get(path)).text, /Decide the dispute/);
    assert.match((await later.get(`${path}/decide`)).text, /counts again for cuts after Sun, 22 Mar 2026/);
    assert.equal((await later.post(`${path}/decide`, { reason: "x" })).status, 422);
    // What is upheld is given back, which not everybody who decides may do.
    const judge = await app.signIn(isp.tenantId, ["bill:read", "bill:dispute"]);
    assert.doesNotMatch((await judge.get(`${path}/decide`)).html, /value="upheld"/);
    const upheld = { decision: "upheld", reason: "The line was off" };
    assert.equal((await judge.post(`${path}/decide`, upheld)).status, 404);
    assert.match((await later.get(`${path}/decide`)).html, /value="upheld"/);
    const decided = await later.post(`${path}/decide`, { decision: "rejected", reason: "The line was up" });
    assert.equal(decided.location, `${path}?done=decided`);
    const after = await later.get(path);
    assert.match(after.text, /The line was up/);
    assert.match(after.text, /Rejected/);
    const timeline = await later.get(`/admin/subscribers/${isp.subscriberIds[3]}`);
    assert.match(timeline.text, /rejected, grace until 22 Mar/);
  });
});
