import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { liveUntil } from "./isp.ts";
import { withScene } from "@/tests/support/scene.ts";

Deno.test("an outage is recorded, its credit seen and given, and the memo stands in the subscriber's ledger", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, app }) => {
    await liveUntil(isp, "2026-03-05T10:00");
    let owner = await app.signIn(isp.tenantId, "Owner");
    const [ppp] = await isp.run((trx) =>
      trx.selectFrom("subscriptions").select("ppp_name").where("tenant_id", "=", isp.tenantId)
        .where("id", "=", isp.subscriptionIds[3]!).execute()
    );
    const outage = {
      key: uuidv7(isp.clock.now().epochMilliseconds),
      fromOn: "2026-02-10",
      fromTime: "08:00",
      toOn: "2026-02-12",
      toTime: "08:00",
      cause: "Fiber cut at the bridge",
      kind: "fault",
      scope: "chosen",
      site: "",
      router: "",
      names: ppp!.ppp_name,
    };
    for (
      const [field, value, says] of [
        ["fromTime", "25:00", /hours and minutes/],
        ["toOn", "2026-02-09", /.+/],
        ["toOn", "", /Choose a date/],
        ["toTime", "", /Type the time/],
        ["cause", " ", /.+/],
        ["names", "nobody-1", /nobody-1/],
        ["fromOn", "2026-04-01", /.+/],
      ] as const
    ) {
      const refused = await owner.post("/admin/outages/new", { ...outage, [field]: value });
      assert.equal(refused.status, 422, `${field} ${value}: ${refused.text}`);
      assert.match(refused.text, says);
    }
    assert.equal((await owner.get("/admin/outages/new")).status, 200);
    const recorded = await owner.post("/admin/outages/new", outage);
    assert.equal(recorded.status, 303, recorded.text);
    assert.equal((await owner.post("/admin/outages/new", outage)).status, 303, "the same form sent twice");
    const list = await owner.get(recorded.location);
    assert.match(list.text, /The outage is recorded\./);
    assert.equal(list.text.split("Fiber cut at the bridge").length, 2, "one outage");
    const waits = /1 connection waits for outage credit of ₱[\d,.]+/;
    assert.doesNotMatch((await owner.get("/admin")).text, /outage credit/, "looked at once a day");
    await liveUntil(isp, "2026-03-06T10:00");
    owner = await app.signIn(isp.tenantId, "Owner");
    const today = await owner.get("/admin");
    assert.match(today.text, waits);
    assert.match(today.html, /href="\/admin\/outages\/credits"/);
    const report = await owner.get(`/admin/outages/report?outage=${outage.key}`);
    assert.match(
      report.text,
      /Report: Fiber cut at the bridge.*1 connection, 48 hours in all.*48 h 0 min.*Recorded an outage/,
    );
    const file = await owner.get(`/admin/outages/report.csv?outage=${outage.key}`);
    assert.match(
      file.text,
      /2026-02-10T08:00\+08:00.*2026-02-12T08:00\+08:00.*Fiber cut at the bridge.*"2880"/s,
    );
    const days = await owner.get("/admin/outages/report?from=2026-02-11&to=2026-02-11");
    assert.match(days.text, /1 connection in 1 outage, 24 hours in all.*24 h 0 min/);
    const credits = await owner.get("/admin/outages/credits");
    assert.match(credits.text, /48 h 0 min/);
    const seen = /name="seen" value="(\d+)"/.exec(credits.html)?.[1];
    assert.ok(seen !== undefined && BigInt(seen) > 0n, credits.text);
    const moved = await owner.post("/admin/outages/give", { show: "", seen: String(BigInt(seen) + 1n) });
    assert.equal(moved.status, 409, moved.text);
    const given = await owner.post("/admin/outages/give", { show: "", seen });
    assert.equal(given.status, 303, given.text);
    const after = await owner.get(given.location);
    assert.match(after.text, /The credit is given\..*Nothing is to be credited/);
    assert.doesNotMatch((await owner.get("/admin")).text, /outage credit/, "none waits");
    const ledger = await owner.get(`/admin/subscribers/${isp.subscriberIds[3]}/ledger`);
    assert.match(ledger.text, new RegExp(`CM-\\d+.*No service for 48 hours.*${ppp!.ppp_name}`));
    assert.equal((await owner.get("/admin/outages.csv")).status, 200);
  });
});

Deno.test("an outage that lasts is ended and taken back on its pages; without one they lead to the list", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    for (const page of ["end", "edit", "take-back"]) {
      assert.equal((await owner.get(`/admin/outages/${page}`)).location, "/admin/outages");
    }
    const id = uuidv7(isp.clock.now().epochMilliseconds);
    const lasting = {
      key: id,
      fromOn: "2026-02-03",
      fromTime: "8:05",
      toOn: "",
      toTime: "",
      cause: "Storm",
      kind: "fault",
      scope: "company",
      site: "",
      router: "",
      names: "",
    };
    assert.equal((await owner.post("/admin/outages/new", lasting)).status, 303);
    const edit = await owner.get(`/admin/outages/edit?outage=${id}`);
    assert.match(edit.html, /name="fromTime"[^>]*value="08:05"/);
    const early = await owner.post("/admin/outages/end", {
      outage: id,
      toOn: "2026-02-03",
      toTime: "08:00",
    });
    assert.equal(early.status, 422);
    const ended = await owner.post("/admin/outages/end", {
      outage: id,
      toOn: "2026-02-03",
      toTime: "09:00",
    });
    assert.equal(ended.location, "/admin/outages?done=ended");
    const question = await owner.get(`/admin/outages/take-back?outage=${id}`);
    assert.match(question.text, /Nothing was credited for it/);
    const back = await owner.post("/admin/outages/take-back", { outage: id, reason: "Wrong day" });
    assert.equal(back.location, "/admin/outages?done=taken_back");
    assert.match((await owner.get("/admin/outages?show=all")).text, /Storm.*Taken back/);
    assert.doesNotMatch((await owner.get("/admin/outages")).text, /Storm/);
    const plan = {
      ...lasting,
      key: uuidv7(isp.clock.now().epochMilliseconds),
      fromOn: "2026-02-06",
      fromTime: "13:00",
      toOn: "2026-02-06",
      toTime: "17:00",
      cause: "New batteries",
    };
    assert.equal((await owner.post("/admin/outages/new", plan)).status, 422, "a fault is not to come");
    const planned = await owner.post("/admin/outages/new", { ...plan, kind: "scheduled" });
    const shown = (await owner.get(planned.location)).text;
    assert.match(shown, /announced 3 days ahead: notice is due 7 days ahead/);
    assert.match(shown, /New batteries.*Planned: 3 days ahead; 7 are due/);
    assert.match(
      (await owner.get(`/admin/outages/report?outage=${plan.key}`)).text,
      /3 days ahead; 7 are due.*Announced a planned outage/,
    );
    const rules = await owner.get("/admin/outages/rules");
    const version = /name="seen" value="([^"]*)"/.exec(rules.html)?.[1] ?? "";
    for (const hours of ["0", "745", "1.5", ""]) {
      const refused = await owner.post("/admin/outages/rules", {
        credit: "ask",
        hours,
        planned: "no",
        seen: version,
      });
      assert.equal(refused.status, 422, hours);
    }
    const saved = await owner.post("/admin/outages/rules", {
      credit: "automatic",
      hours: "12",
      planned: "yes",
      seen: version,
    });
    assert.equal(saved.status, 303, saved.text);
  });
});

Deno.test("Tonight says how many a planned outage keeps on, and leads to it", async () => {
  await withScene("2026-02-13T18:00", async ({ isp, app, owner }) => {
    const words = /12 subscribers stay on for now: a planned outage/;
    assert.doesNotMatch((await owner.get("/admin/tonight")).text, words);
    const plan = {
      key: uuidv7(isp.clock.now().epochMilliseconds),
      fromOn: "2026-02-14",
      fromTime: "08:00",
      toOn: "2026-02-14",
      toTime: "12:00",
      cause: "New batteries in the tower",
      kind: "scheduled",
      scope: "company",
      site: "",
      router: "",
      names: "",
    };
    assert.equal((await owner.post("/admin/outages/new", plan)).status, 303);
    const tonight = await owner.get("/admin/tonight");
    assert.match(tonight.text, words);
    assert.match(tonight.html, /href="\/admin\/outages"[^>]*>Look at the outages/);
    const back = { outage: plan.key, reason: "Next month" };
    assert.equal((await owner.post("/admin/outages/take-back", back)).status, 303);
    assert.doesNotMatch((await (await app.signIn(isp.tenantId, "Owner")).get("/admin/tonight")).text, words);
  });
});
