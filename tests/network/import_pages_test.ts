import assert from "node:assert/strict";
import { textOfBytes } from "@/shared/text/mod.ts";
import { MARIA } from "@/tests/network/hub_world.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { runImport } from "@/web/services/imports/run_import.ts";
import { listImportRows } from "@/web/store/imports/import_rows.ts";
import { REVIEW, reviewOf, secrets, withScene } from "./pages_scene.ts";

Deno.test("an import goes from reading to its report, and is undone", async () => {
  await withScene(async (scene) => {
    const { world, place, owner } = scene;
    const { tenantId } = place;
    const started = await owner.post("/admin/import", { routerId: place.routerId });
    assert.equal(started.status, 303);
    assert.match((await owner.get(started.location)).text, /Reading the secrets of Core/);
    const batchId = await reviewOf(scene, 20);
    const path = `/admin/import/${batchId}`;
    const review = await owner.get(path);
    assert.match(review.text, /20 secrets in 2 profiles.*First bill.*covers 23–30 Nov 2026/);
    assert.doesNotMatch(review.html, /Juan <b>/);

    const bad = await owner.post(path, {
      ...REVIEW,
      firstBillOn: "2027-02-31",
      "price.0": "999,999,999,999",
      "plan.1": "",
    });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /There is no day 31: Feb 2027 has 28 days/);
    assert.match(bad.text, /Enter an amount of at most ₱99,999,999,999\.99/);
    assert.match(bad.text, /Type a name for the plan/);
    assert.match(bad.html, /value="999,999,999,999"/);
    assert.match(
      (await owner.post(path, { ...REVIEW, firstBillOn: "2028-01-01" })).text,
      /at most 92 days ahead/,
    );
    const twice = await owner.post(path, { ...REVIEW, "plan.1": "Fiber 10" });
    assert.match(twice.html, /id="f-plan-1-error"/);

    assert.equal((await owner.post(path, { ...REVIEW, "choice.1": "" })).status, 303);
    assert.match((await owner.get(path)).text, /Decide these first.*Choose a plan for profile 50M/);
    assert.equal((await owner.get(`${path}/confirm`)).location, path);
    assert.equal((await owner.post(`${path}/confirm`, {})).status, 422);

    assert.equal((await owner.post(path, REVIEW)).status, 303);
    const checked = await owner.get(path);
    assert.match(checked.text, /New subscribers 20, 2 as disconnected/);
    assert.match(checked.text, /Billed a month, before and after.*Fiber 10 \(new\) 0 → \d+ ₱0\.00 → ₱/);
    assert.match(checked.text, /All plans 0 → 18 ₱0\.00 → ₱/);
    assert.match((await owner.get(`${path}/confirm`)).text, /Nothing is changed on the router/);
    assert.equal((await owner.post(`${path}/confirm`, {})).status, 303);
    assert.match((await owner.get(path)).text, /Secrets done 0 of 20.*You can leave this page/);
    await runImport(world.context, tenantId, batchId);
    assert.match((await owner.get(path)).text, /20 subscribers created.*Nothing was changed on the router/);
    assert.match((await owner.get("/admin/import")).text, /Core Main Done 20 20 0/);

    assert.match((await owner.get(`${path}/undo`)).text, /Remove the 20 subscribers/);
    assert.equal((await owner.post(`${path}/undo`, {})).status, 303);
    const undone = await owner.get(path);
    assert.equal([...undone.text.matchAll(/undone/gi)].length, 1, undone.text);
    assert.match(undone.text, /Undone 20 subscribers removed/);
    assert.doesNotMatch(undone.text, /Created|, done/);
  });
});

Deno.test("names, phones and decisions are kept page by page, and skipped secrets come as CSV", async () => {
  await withScene(async (scene) => {
    const { world, place, owner } = scene;
    const batchId = await reviewOf(scene, 3);
    const path = `/admin/import/${batchId}`;
    const ppp = ["user0000", "user0001", "user0002"];
    const sent = {
      ppp,
      name: ["Ana", "Ben", "Cy"],
      phone: ["", "0917 000 1111", "call me"],
      take: ["user0000", "user0002"],
    };
    const refused = await owner.post(`${path}/rows`, sent);
    assert.equal(refused.status, 422);
    assert.match(refused.html, /id="f-phone-2-error"/);
    assert.match(refused.html, /value="call me"/);
    assert.equal((await owner.post(`${path}/rows`, { ...sent, name: ["Ana"] })).status, 422);
    assert.equal(
      (await owner.post(`${path}/rows`, { ...sent, phone: ["", "0917 000 1111", ""] })).status,
      303,
    );
    const rows = await world.inTenant(place.tenantId, (trx) => listImportRows(trx, batchId, { limit: 10 }));
    assert.deepEqual(rows.map((row) => [row.name, row.phone, row.decision]), [
      ["Ana", null, "import"],
      ["Ben", "0917 000 1111", "skip"],
      ["Cy", null, "import"],
    ]);
    await owner.post(path, REVIEW);
    const csv = await owner.get(`${path}/skipped.csv`);
    assert.match(csv.html, /"user0001","50M","Ben","0917 000 1111"/);
    assert.match((await owner.get(`${path}/rows?show=skipped`)).html, /user0001/);
  });
});

Deno.test("names in a code page are read and searched as people write them, and sent back as they are", async () => {
  await withScene(async (scene) => {
    const { world, place, owner } = scene;
    const [base] = secrets(1);
    const inCodePage = textOfBytes(Uint8Array.fromHex("6e69f16f"));
    const batchId = await reviewOf(scene, 1, [
      { ...base!, name: "niño" },
      { ...base!, name: inCodePage, profile: textOfBytes(Uint8Array.fromHex("d16d")) },
      { ...base!, name: "odd", profile: "10M\nfast" },
      { ...base!, name: "tunnel", service: "l2tp" },
    ]);
    const path = `/admin/import/${batchId}`;
    assert.match((await owner.get(path)).text, /Ñm/);
    const rows = await owner.get(`${path}/rows?q=nino`);
    assert.match(rows.text, /niño code page.*Reads like another PPP user/);
    assert.match(rows.html, /aria-label="Name of niño"/);
    assert.ok(rows.html.includes(`name="ppp" value="${inCodePage}"`), "the exact name is sent");
    assert.ok(!rows.text.includes(inCodePage));
    assert.match((await owner.get(`${path}/rows?q=odd`)).text, /profile holds a line break/);
    assert.match((await owner.get(`${path}/rows?q=tunnel`)).text, /agent of this site is too old/);
    const sent = { ppp: [inCodePage, "l2tp//tunnel"], name: ["Niño Cruz", "Office"], phone: ["", ""] };
    const saved = await owner.post(`${path}/rows`, { ...sent, take: sent.ppp });
    assert.equal(saved.status, 303);
    const csv = (await owner.get(`${path}/rows.csv`)).html;
    assert.match(csv, /"niño \(code page\)","Ñm",.*"Niño Cruz"/);
    const other = { "profile.1": textOfBytes(Uint8Array.fromHex("d16d")), "plan.1": "Fiber Ñ" };
    assert.equal((await owner.post(path, { ...REVIEW, ...other })).status, 303);
    assert.match((await owner.get(path)).text, /The agent is too old for other services 1 of them is for/);
    assert.match((await owner.get(`${path}/confirm`)).text, /update the agent first/);
    assert.equal((await owner.post(`${path}/confirm`, {})).status, 303);
    await runImport(world.context, place.tenantId, batchId);
    const found = await owner.get("/admin/subscribers?q=nino");
    assert.match(found.text, /Niño Cruz/);
    assert.ok(!found.text.includes(inCodePage));
  });
});

Deno.test("an import whose subscribers were billed is not undone, and the page says why", async () => {
  await withScene(async (scene) => {
    const { world, place, app } = scene;
    const batchId = await reviewOf(scene, 4);
    const clerk = await app.signIn(place.tenantId, "Owner");
    const path = `/admin/import/${batchId}`;
    await clerk.post(path, REVIEW);
    await clerk.post(`${path}/confirm`, {});
    await runImport(world.context, place.tenantId, batchId);
    world.clock.advance({ hours: 24 * 9 });
    const businessOn = Temporal.PlainDate.from("2026-12-01");
    assertOk(await issueBills(world.context, place.tenantId, MARIA, { businessOn, trigger: "scheduled" }));
    // The clock's nine days ended the session.
    const owner = await app.signIn(place.tenantId, "Owner");
    assert.match((await owner.get(`${path}/undo`)).text, /cannot be undone any more.*have a bill/);
    assert.equal((await owner.post(`${path}/undo`, {})).status, 422);
    assert.match(
      (await owner.get(`/admin/routers/${place.routerId}/archive`)).text,
      /serves 4 subscriptions/,
    );
  });
});

Deno.test("the review of 1,000 secrets stays fast and far below the body limit", async () => {
  await withScene(async (scene) => {
    const { owner } = scene;
    const path = `/admin/import/${await reviewOf(scene, 1000)}`;
    await owner.post(path, REVIEW);
    for (const address of [path, `${path}/rows`, `${path}/rows?show=issues`]) {
      await owner.get(address);
      const before = performance.now();
      const { status, html } = await owner.get(address);
      const took = performance.now() - before;
      assert.equal(status, 200);
      assert.ok(took < 300, `${address} took ${took.toFixed(0)} ms`);
      assert.ok(html.length < 400_000, `${address} has ${html.length} bytes`);
    }
    const next = /href="([^"]*rows\?[^"]*after=[^"]+)"/.exec((await owner.get(`${path}/rows`)).html)![1]!;
    assert.match((await owner.get(next.replaceAll("&amp;", "&"))).html, /user0050[\s\S]*user0099/);
  });
});

Deno.test("the secrets of an import are a list like every other, and their form keeps its place in it", async () => {
  await withScene(async (scene) => {
    const { world, place, owner } = scene;
    const batchId = await reviewOf(scene, 120);
    const path = `/admin/import/${batchId}/rows`;
    const pppOf = (html: string) =>
      [...html.matchAll(/name="ppp" value="([^"]+)"/g)].map((match) => match[1]!);
    const first = await owner.get(`${path}?sort=-user`);
    assert.equal(pppOf(first.html).length, 50);
    assert.equal(pppOf(first.html)[0], "user0119");
    assert.match(first.text, /50 of 120/);
    for (const form of first.html.split("<form").slice(1)) {
      assert.ok(form.includes("</form>"), "no form stands in another");
    }
    const next = /href="([^"]*rows\?[^"]*after=[^"]+)"/.exec(first.html)![1]!.replaceAll("&amp;", "&");
    const second = await owner.get(next);
    const ppp = pppOf(second.html);
    assert.equal(ppp[0], "user0069");
    const hidden = (name: string) =>
      new RegExp(`id="rows"[\\s\\S]*?name="${name}" value="([^"]*)"`).exec(second.html)?.[1] ?? "";
    const saved = await owner.post(path, {
      ppp,
      name: ppp.map((name) => `Name of ${name}`),
      phone: ppp.map(() => ""),
      take: ppp.slice(1),
      sort: hidden("sort"),
      after: hidden("after"),
    });
    assert.equal(saved.status, 303, saved.text);
    const again = await owner.get(saved.location);
    assert.deepEqual(pppOf(again.html), ppp, "the same page, in the same order");
    assert.match(again.html, /value="Name of user0069"/);
    const rows = await world.inTenant(place.tenantId, (trx) => listImportRows(trx, batchId, { limit: 200 }));
    assert.equal(rows.filter((row) => row.decision === "skip").length, 1);

    await owner.post("/admin/lists/import_rows/look", {
      columns: ["profile"],
      density: "compact",
      back: path,
    });
    const arranged = (await owner.get(path)).html;
    assert.match(arranged, /table-compact/);
    assert.doesNotMatch(arranged, /<th[^>]*>Remark/);
    assert.match(arranged, /name="phone"/, "what the form needs cannot be hidden");

    const csv = (await owner.get(`${path}.csv?q=name+of&sort=-user`)).html.trim().split("\r\n");
    assert.equal(csv.length, 51);
    assert.match(csv[1]!, /^"user0069","50M","No","Name of user0069","",.*"To skip",""$|^"user0069"/);
    const none = await owner.get(`${path}?q=nobody`);
    assert.match(none.text, /nobody/);
    assert.match(none.html, new RegExp(`href="${path}"`), "the search can be taken away");
  });
});
