import assert from "node:assert/strict";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { liveUntil } from "./isp.ts";
import { seenOn, withScene } from "@/tests/support/scene.ts";

Deno.test("a new price of a plan is reviewed before it is saved: who pays what from when, as a list and a file", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const path = `/admin/plans/${isp.planId}`;
    const fields = { name: "Fiber 50", price: "1100", profile: "50M", speed: "" };
    const sent = await owner.post(`${path}/edit`, fields);
    assert.equal(sent.status, 303);
    const review = await owner.get(sent.location);
    assert.match(review.text, /₱1,000\.00 → ₱1,100\.00 \(\+₱100\.00\)/);
    assert.match(review.text, /12 of 12 pay another price/);
    assert.match(review.text, /₱12,000\.00 → ₱13,200\.00 \(\+₱1,200\.00\)/);
    assert.match(review.text, /Subscriber 00001.*₱1,000\.00 ₱1,100\.00 \+₱100\.00 1 Mar 2026 1 Apr 2026/);
    assert.match((await owner.get("/admin/plans")).text, /Fiber 50 ₱1,000\.00/, "nothing is saved yet");
    const file = await owner.get(sent.location.replace("/price?", "/price.csv?"));
    assert.match(
      file.html,
      /"A-00001","Subscriber 00001","user1","1000.00","1100.00","100.00","2026-03-01","2026-04-01"/,
    );
    const seen = seenOn(review.html);
    const stale = await owner.post(`${path}/price`, { ...fields, from: "next", on: "", seen: "other" });
    assert.equal(stale.status, 422);
    assert.match(stale.text, /Somebody else saved this.*₱1,100\.00/);
    const saved = await owner.post(`${path}/price`, { ...fields, from: "next", on: "", seen });
    assert.equal(saved.status, 303);
    assert.match((await owner.get("/admin/plans")).text, /Fiber 50 ₱1,100\.00/);
  });
});

Deno.test("a price from a day waits on the plan's page and is taken back there; the day is checked", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const path = `/admin/plans/${isp.planId}`;
    const fields = { name: "Fiber 50", price: "1,200", profile: "50M", speed: "", from: "day" };
    for (const on of ["", "2026-02-30", "2026-02-02", "2036-01-01"]) {
      const refused = await owner.post(`${path}/edit`, { ...fields, on });
      assert.equal(refused.status, 422, on);
      assert.match(refused.html, /id="f-on-error"/, on);
      assert.match(refused.html, /value="1,200"/, on);
    }
    const sent = await owner.post(`${path}/edit`, { ...fields, on: "2026-03-11" });
    const review = await owner.get(sent.location);
    assert.match(review.text, /A period that this day lies in is billed in two parts/);
    assert.match(review.text, /\+₱200\.00 11 Mar 2026 1 Apr 2026/);
    const seen = seenOn(review.html);
    assert.equal((await owner.post(`${path}/price`, { ...fields, on: "2026-03-11", seen })).status, 303);
    const edit = await owner.get(`${path}/edit`);
    assert.match(edit.html, /value="1000.00"/, "the price of today");
    assert.match(edit.text, /From (Wed, )?11 Mar 2026 ₱1,200\.00 agreed on (Tue, )?3 Feb 2026, Ana Reyes/);
    const price = /name="price" value="([0-9a-f-]{36})"/.exec(edit.html)?.[1] ?? "";
    const taken = await owner.post(`${path}/take-back-price`, { price });
    assert.match((await owner.get(taken.location)).text, /The price is taken back/);
    assert.doesNotMatch((await owner.get(`${path}/edit`)).text, /11 Mar/);
    assert.equal((await owner.post(`${path}/take-back-price`, { price })).status, 404);
  });
});

Deno.test("an own price is typed, its effect is seen, and then it is agreed, shown, filtered by and ended", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const person = `/admin/subscribers/${isp.subscriberIds[0]}`;
    const connection = isp.subscriptionIds[0]!;
    const fields = {
      connection,
      kind: "price",
      amount: "899",
      percent: "",
      from: "next",
      on: "",
      end: "periods",
      periods: "2",
      last: "",
      reason: "Moved from a rival",
    };
    const wrong: [string, Record<string, string>][] = [
      ["kind", { kind: "gift" }],
      ["amount", { amount: "" }],
      ["amount", { kind: "amount_off", amount: "0" }],
      ["percent", { kind: "percent_off", percent: "" }],
      ["percent", { kind: "percent_off", percent: "100.01" }],
      ["on", { from: "day" }],
      ["on", { from: "day", on: "2026-01-31" }],
      ["periods", { periods: "0" }],
      ["last", { end: "last", last: "2026-02-27" }],
      ["reason", { reason: " " }],
    ];
    for (const [field, typed] of wrong) {
      const refused = await owner.post(`${person}/price`, { ...fields, ...typed });
      assert.equal(refused.status, 422, JSON.stringify(typed));
      assert.match(refused.html, new RegExp(`id="f-${field}-error"`), JSON.stringify(typed));
    }
    const sent = await owner.post(`${person}/price`, fields);
    assert.equal(sent.status, 303);
    const review = await owner.get(sent.location);
    assert.match(review.text, /Agree own price ₱899\.00 until 30 Apr 2026 with Subscriber 00001\?/);
    assert.match(review.text, /From (Sun, )?1 Mar 2026: ₱899\.00 until 30 Apr 2026, then ₱1,000\.00\./);
    assert.match(review.text, /1–31 Mar 2026 bill of 1 Apr 2026 ₱1,000\.00 → ₱899\.00 \(-₱101\.00 ?\)/);
    assert.doesNotMatch((await owner.get(person)).text, /899/, "nothing is agreed yet");
    const agreed = await owner.post(`${person}/price/review`, fields);
    assert.equal(agreed.status, 303);
    const page = await owner.get(agreed.location);
    assert.match(page.text, /The own price is agreed/);
    assert.match(
      page.text,
      /Price ₱1,000\.00 until 28 Feb 2026, then ₱899\.00 until 30 Apr 2026, then ₱1,000\.00/,
    );
    assert.match(
      page.text,
      /Agreed own price ₱899\.00 until 30 Apr 2026 from 1 Mar 2026: Moved from a rival/,
    );
    const list = await owner.get("/admin/subscribers?price=own");
    assert.match(list.text, /Subscriber 00001.*1 of 1/);
    const prices = await owner.get(`${person}/price`);
    const end = /href="([^"]*price\/end[^"]*)"/.exec(prices.html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    assert.match(
      (await owner.get(end)).text,
      /End own price ₱899\.00 of Subscriber 00001\? It has not begun/,
    );
    const price = new URLSearchParams(end.split("?")[1]).get("price")!;
    const ended = await owner.post(`${person}/price/end`, { connection, price });
    assert.match((await owner.get(ended.location)).text, /It is taken back.*Taken back/);
    assert.match((await owner.get(person)).text, /Price ₱1,000\.00 To pay/);
    assert.equal((await owner.get(`${person}/price/review`)).status, 303, "what is none is asked again");
    assert.equal((await owner.get(`${person}/price/end`)).status, 303, "nothing is left to end");
    assert.equal((await owner.post(`${person}/price/review`, {})).status, 422);
    assert.equal((await owner.post(`${person}/price/end`, { connection, price })).status, 422);
  });
});

Deno.test("a change of plan says what ends with it, and keeps it where it is ticked", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const person = `/admin/subscribers/${isp.subscriberIds[0]}`;
    const connection = isp.subscriptionIds[0]!;
    await owner.post("/admin/plans/new", { name: "Fiber 100", price: "1500", profile: "100M", speed: "" });
    const ids = await isp.run((trx) =>
      trx.selectFrom("plans").select("id").where("tenant_id", "=", isp.tenantId).where(
        "name",
        "=",
        "Fiber 100",
      )
        .executeTakeFirstOrThrow()
    );
    const percent = {
      connection,
      kind: "percent_off",
      percent: "10",
      from: "next",
      end: "none",
      reason: "Staff",
    };
    assert.equal((await owner.post(`${person}/price/review`, percent)).status, 303);
    const page = await owner.get(`${person}/plan?connection=${connection}&plan=${ids.id}`);
    assert.match(page.text, /Keep what was agreed: 10% off Otherwise it ends with the plan/);
    assert.equal((await owner.post(`${person}/plan`, { connection, plan: ids.id, keep: "on" })).status, 303);
    assert.match((await owner.get(person)).text, /Price ₱1,000\.00 until 28 Feb 2026, then ₱1,350\.00/);
    assert.equal((await owner.post(`${person}/plan`, { connection, plan: ids.id })).status, 303);
    assert.match((await owner.get(person)).text, /Price ₱1,000\.00 until 28 Feb 2026, then ₱1,500\.00/);
  });
});

Deno.test("a bill is explained line by line, with the arithmetic, and after a void the same", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, app, owner: before }) => {
    const [connection, person] = [isp.subscriptionIds[0]!, `/admin/subscribers/${isp.subscriberIds[0]}`];
    const typed = {
      connection,
      kind: "percent_off",
      percent: "12.5",
      from: "day",
      on: "2026-02-15",
      end: "last",
    };
    const agreed = await before.post(`${person}/price/review`, {
      ...typed,
      last: "2026-03-14",
      reason: "Outage",
    });
    assert.equal(agreed.status, 303);
    await liveUntil(isp, "2026-03-01T10:00");
    // The session of a month ago is over.
    const owner = await app.signIn(isp.tenantId, "Owner");
    const billOf = async (status: string) =>
      (await isp.run((trx) => listBills(trx, { subscriberId: isp.subscriberIds[0]! }, { limit: 5 }))).rows
        .find((bill) => bill.period_start.equals("2026-02-01") && bill.status === status)!.id;
    const id = await billOf("issued");
    const page = await owner.get(`/admin/bills/${id}`);
    assert.match(
      page.text,
      /Fiber 50, 1–14 Feb 2026 \(14 of 28 days\) The price changed on 15 Feb 2026: each part is charged by its days\. Fiber 50 cost ₱1,000\.00 for a whole period\. ₱1,000\.00 × 14 ÷ 28 = ₱500\.00 ₱500\.00/,
    );
    assert.match(
      page.text,
      /Fiber 50, 15–28 Feb 2026 \(14 of 28 days\), promo until 14 Mar 2026 The price changed on 15 Feb 2026: each part is charged by its days\. Agreed for this connection: 12\.5% off until 14 Mar 2026\. Fiber 50 cost ₱1,000\.00, so a whole period costs ₱875\.00\. ₱1,000\.00 × 87\.5% × 14 ÷ 28 = ₱437\.50/,
    );
    assert.equal((await owner.post(`/admin/bills/${id}/void`, { reason: "Test" })).status, 303);
    await liveUntil(isp, "2026-03-02T10:00");
    const after = await app.signIn(isp.tenantId, "Owner");
    const again = await after.get(`/admin/bills/${await billOf("issued")}`);
    assert.match(again.text, /₱1,000\.00 × 87\.5% × 14 ÷ 28 = ₱437\.50/);
    assert.match((await after.get(`/admin/bills/${id}`)).text, /₱1,000\.00 × 14 ÷ 28 = ₱500\.00/, "void");
  });
});
