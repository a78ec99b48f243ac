import assert from "node:assert/strict";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { withScene } from "@/tests/support/scene.ts";

Deno.test("statements are files with plain names, for who may see bills; a foreign id is not found", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, app, owner }) => {
    const bill = await isp.run((trx) =>
      trx.selectFrom("bills").select(["id", "number", "subscriber_id"]).where("tenant_id", "=", isp.tenantId)
        .orderBy("number").executeTakeFirstOrThrow()
    );
    const page = await owner.get(`/admin/bills/${bill.id}`);
    assert.match(page.html, /statement\.pdf/);
    const file = await owner.get(`/admin/bills/${bill.id}/statement.pdf`);
    assert.equal(file.status, 200);
    assert.equal(file.headers.get("content-type"), "application/pdf");
    assert.equal(
      file.headers.get("content-disposition"),
      `attachment; filename="statement-${bill.number}.pdf"`,
    );
    assert.equal(file.headers.get("cache-control"), "no-store");
    const ofDays = await owner.get(
      `/admin/subscribers/${bill.subscriber_id}/statement.pdf?on=2026-02-02&from=2026-02-01`,
    );
    assert.match(
      ofDays.headers.get("content-disposition") ?? "",
      /^attachment; filename="statement-.*-2026-02-02\.pdf"$/,
    );
    assert.match(
      (await owner.get(`/admin/subscribers/${bill.subscriber_id}/statement`)).html,
      /statement\.pdf\?/,
    );
    assert.equal((await owner.get(`/admin/bills/${crypto.randomUUID()}/statement.pdf`)).status, 404);
    const technician = await app.signIn(isp.tenantId, ["router:read"]);
    assert.equal((await technician.get(`/admin/bills/${bill.id}/statement.pdf`)).status, 404);
  });
});

Deno.test("a statement as of a day that has not come is the one of today", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const path = `/admin/subscribers/${isp.subscriberIds[0]}/statement`;
    const days = async (query: string) => {
      const { html } = await owner.get(`${path}?${query}`);
      return ["from", "on"].map((name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1]);
    };
    const today = await days("");
    assert.deepEqual(today, ["2025-12-01", "2026-02-03"]);
    assert.deepEqual(await days("on=2030-02-01"), today);
    assert.deepEqual(await days("from=2029-05-01&on=2030-02-01"), ["2026-02-01", "2026-02-03"]);
    const file = await owner.get(`${path}.pdf?on=2030-02-01`);
    assert.match(file.headers.get("content-disposition") ?? "", /-2026-02-03\.pdf"$/);
  });
});

Deno.test("the bills of a filter, or those that were ticked, are printed into one file", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const bills = await isp.run((trx) =>
      trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId).execute()
    );
    const pages = (pdf: string) => pdf.match(/\/Type \/Page /g)?.length;
    const all = await owner.get("/admin/bills.pdf?status=due");
    assert.equal(all.headers.get("content-type"), "application/pdf");
    assert.equal(pages(all.html), 12);
    const ticked = await owner.post("/admin/bills.pdf", { id: bills.slice(0, 2).map(({ id }) => id) });
    assert.equal(pages(ticked.html), 2);
    const none = await owner.post("/admin/bills.pdf", { back: "/admin/bills" });
    assert.match(none.location, /nothing_ticked/);
  });
});

Deno.test("ways to pay and the language of statements are settings of the company", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const page = await owner.get("/admin/settings/company");
    const revision = /name="revision" value="([^"]+)"/.exec(page.html)?.[1] ?? "";
    const fields = { revision, name: "Ilaya Net", phone: "", email: "", address: "", brandColour: "" };
    const saved = await owner.post("/admin/settings/company", {
      ...fields,
      waysToPay: "GCash 0917 555 0101\r\nBDO 0012 3456",
      subscriberLanguage: "fil",
    });
    assert.match(saved.location, /done=saved/);
    const tenant = await isp.run(getTenant);
    assert.equal(tenant.ways_to_pay, "GCash 0917 555 0101\nBDO 0012 3456");
    assert.equal(tenant.subscriber_language, "fil");
    const again = await owner.post("/admin/settings/company", { ...fields, revision: "1" });
    assert.match(again.location, /done=saved/);
    assert.equal((await isp.run(getTenant)).subscriber_language, "fil", "a form without the field leaves it");
  });
});
