import assert from "node:assert/strict";
import { splitSites } from "@/tests/access/_two_sites.ts";
import { type Scene, withScene } from "@/tests/support/scene.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";

const CLERK = PERMISSIONS.filter((one) => one !== "approval:decide");

/** Asks for a file of the whole list; answers the page of the request. */
async function askForFile(clerk: Awaited<ReturnType<Scene["app"]["signIn"]>>): Promise<string> {
  const { location } = await clerk.get("/admin/bills.csv?status=grace");
  const what = /name="what" value="([^"]*)"/.exec((await clerk.get(location)).html)?.[1] ?? "";
  const sent = await clerk.post("/admin/approvals/export", { what, reason: "For the accountant" });
  assert.match(sent.location, /^\/admin\/approvals\/[0-9a-f-]{36}\?done=asked/);
  return sent.location.split("?")[0] ?? "";
}

Deno.test("own-requests-01: who is limited to several sites finds what they asked for, on the list and on its page, and takes it back; nobody else who is limited does", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, app, owner } = scene;
    await isp.run((trx) => savePolicyRow(trx, "full_export", { ...NO_APPROVAL, mode: "always" }));
    const { first, second } = await splitSites(isp);
    const clerk = await app.signIn(isp.tenantId, CLERK, { siteIds: [first, second] });
    const other = await app.signIn(isp.tenantId, CLERK, { siteIds: [first, second] });
    const request = await askForFile(clerk);
    const page = await clerk.get(request);
    assert.equal(page.status, 200);
    assert.match(page.text, /This is your own request/);
    assert.match(page.text, /Asked for an approval/, "with its history");
    const mine = await clerk.get("/admin/approvals?view=mine");
    assert.ok(mine.html.includes(request), "it stands on their list");
    assert.equal((await other.get(request)).status, 404);
    assert.ok(!(await other.get("/admin/approvals?view=all")).html.includes(request));
    assert.ok((await owner.get("/admin/approvals?view=all")).html.includes(request));
    assert.equal((await other.post(`${request}/withdraw`, {})).status, 404);
    assert.match((await clerk.post(`${request}/withdraw`, {})).location, /done=withdrawn/);
  });
});
