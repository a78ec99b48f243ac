import assert from "node:assert/strict";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { withScene } from "@/tests/support/scene.ts";
import { createEnrolmentCode } from "@/web/services/network/create_enrolment_code.ts";
import { createSite } from "@/web/services/network/create_site.ts";
import { removeSite } from "@/web/services/network/remove_site.ts";
import { listSiteNames } from "@/web/store/network/sites.ts";

Deno.test("a site with anything at it stays, and the page says what is in the way", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const [site] = await isp.run((trx) => listSiteNames(trx));
    const siteId = site?.id ?? "";
    assertRefused(await removeSite(isp.context, isp.tenantId, isp.actor, { siteId }), "site_in_use");
    const page = await owner.get(`/admin/sites/${siteId}/remove`);
    assert.equal(page.status, 200);
    assert.match(page.text, /cannot be removed yet/);
    assert.match(page.text, /still has \d+ routers? \(archive/);
    assert.match(page.text, /12 connections \(move or cancel them\)/);
    await owner.post(`/admin/sites/${siteId}/remove`, {});
    assert.ok((await isp.run((trx) => listSiteNames(trx))).some(({ id }) => id === siteId));
  });
});

Deno.test("an empty site is removed by its page: on no list, its codes void, its name free, and whoever has its address finds none", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const made = assertOk(await createSite(isp.context, isp.tenantId, isp.actor, { name: "Old tower" }));
    const { siteId } = made;
    assertOk(await createEnrolmentCode(isp.context, isp.tenantId, isp.actor, { siteId }));
    const done = await owner.post(`/admin/sites/${siteId}/remove`, {});
    assert.equal(done.location, "/admin/sites?done=removed");
    assert.match((await owner.get(done.location)).text, /The site was removed/);
    assert.equal((await owner.get(`/admin/sites/${siteId}`)).status, 404);
    assert.equal((await owner.get(`/admin/sites/${siteId}/remove`)).status, 404);
    assert.ok(!(await isp.run((trx) => listSiteNames(trx))).some(({ id }) => id === siteId));
    const open = await isp.run((trx) =>
      trx.selectFrom("enrolment_codes").select("code_id").where("tenant_id", "=", isp.tenantId)
        .where("site_id", "=", siteId).where("voided_at", "is", null).execute()
    );
    assert.deepEqual(open, []);
    assertRefused(
      await createEnrolmentCode(isp.context, isp.tenantId, isp.actor, { siteId }),
      "site_not_found",
    );
    assertOk(await createSite(isp.context, isp.tenantId, isp.actor, { name: "Old tower" }));
  });
});
