import assert from "node:assert/strict";
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
