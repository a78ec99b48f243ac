import assert from "node:assert/strict";
import { withScene } from "@/tests/support/scene.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";

const ID = /\/admin\/approvals\/([0-9a-f-]{36})/g;

/** Ids of the requests that a page leads to, each once. */
function idsOn(html: string): string[] {
  return [...new Set([...html.matchAll(ID)].map(([, id]) => id ?? ""))];
}

function hiddenOf(html: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? "";
}

Deno.test("the list says what one may decide, what one asked for and what is over; many of one kind are decided at once", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    await isp.run((trx) => savePolicyRow(trx, "service_end", { ...NO_APPROVAL, mode: "always" }));
    const clerk = await app.signIn(isp.tenantId, "Billing");
    for (const n of [1, 2, 3, 4]) {
      const sent = await clerk.post(`/admin/subscribers/${isp.subscriberIds[n]}/end`, {
        connection: isp.subscriptionIds[n]!,
        last: "2026-02-20",
        unused: "credit",
        reason: `Moves away ${n}`,
      });
      assert.equal(sent.status, 303);
    }
    assert.equal(idsOn((await owner.get("/admin/approvals")).html).length, 4);
    assert.equal(idsOn((await owner.get("/admin/approvals?view=mine")).html).length, 0);
    assert.equal(idsOn((await clerk.get("/admin/approvals")).html).length, 4, "what they have asked for");
    assert.equal(
      idsOn((await owner.get("/admin/approvals?q=away+3")).html).length,
      0,
      "the reason is not searched",
    );
    const file = await owner.get("/admin/approvals.csv?view=all");
    assert.match(file.text, /Moves away 4/);

    const [first, second, third] = idsOn((await owner.get("/admin/approvals")).html);
    const asked = await owner.post("/admin/approvals/many?decide=approve", {
      list: "approvals",
      filter: "",
      back: "/admin/approvals",
      id: [first!, second!, third!],
    });
    assert.equal(asked.status, 200);
    assert.match(asked.text, /End of a service: approve 3 requests\?/);
    assert.match(asked.text, /stays on until the end of 20 Feb 2026/);
    // One of them is taken back before the question is answered.
    assert.equal((await clerk.post(`/admin/approvals/${second}/withdraw`, {})).status, 303);
    const done = await owner.post("/admin/approvals/many", {
      step: "do",
      decide: "approve",
      back: "/admin/approvals",
      shown: hiddenOf(asked.html, "shown"),
      key: hiddenOf(asked.html, "key"),
      note: "",
    });
    assert.equal(done.status, 303);
    assert.match(done.location, /^\/admin\/approvals\/decided\?key=/);
    const after = await owner.get(done.location);
    assert.match(after.text, /2 requests approved/);
    assert.match(after.text, /1 has changed or was decided meanwhile/);
    assert.equal(after.text.match(/Approved and done/g)?.length, 2, "each with what became of it");
    assert.match(after.text, /took it back/, "also who was faster");
    assert.equal(idsOn((await owner.get("/admin/approvals")).html).length, 1);
    assert.equal(idsOn((await owner.get("/admin/approvals?view=done")).html).length, 3);
    const nothing = await owner.post("/admin/approvals/many?decide=decline", { back: "/admin/approvals" });
    assert.match((await owner.get(nothing.location!)).text, /tick at least one row/);
  });
});

Deno.test("an end is asked for, and done, with what its page has shown, whatever they say why they leave", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    await isp.run((trx) => savePolicyRow(trx, "service_end", { ...NO_APPROVAL, mode: "always" }));
    const clerk = await app.signIn(isp.tenantId, "Billing");
    const asked = [[clerk, 1, "moved", "end_asked"], [clerk, 2, "", "end_asked"], [
      owner,
      3,
      "price",
      "ended",
    ]];
    for (const [who, n, why, done] of asked as [typeof owner, number, string, string][]) {
      const path = `/admin/subscribers/${isp.subscriberIds[n]}/end`;
      const end = { connection: isp.subscriptionIds[n]!, last: "2026-02-10", unused: "credit" };
      const page = await who.get(`${path}?${new URLSearchParams(end)}`);
      const seen = hiddenOf(page.html, "seen");
      assert.notEqual(seen, "");
      const stale = await who.post(path, { ...end, seen: "another", why, reason: "Moves away" });
      assert.equal(stale.status, 422);
      const sent = await who.post(path, { ...end, seen, why, reason: "Moves away" });
      assert.match(sent.location ?? sent.text, new RegExp(`done=${done}`));
    }
  });
});

Deno.test("whom a policy binds tightens it and cannot loosen it; the page says what is set", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const path = "/admin/settings/approvals/service_end";
    const policy = { mode: "always", from: "", binds: "everyone", days: "3" };
    assert.equal((await owner.post(path, policy)).status, 303);
    const page = await owner.get("/admin/settings/approvals");
    assert.match(page.text, /Always/);
    assert.match(page.text, /3 days/);
    assert.equal((await owner.post(path, { ...policy, days: "0" })).status, 422);
    assert.equal((await owner.post(path, { ...policy, days: "91" })).status, 422);
    assert.equal((await owner.post(path, { ...policy, mode: "above" })).status, 422, "it names no amount");
    // Somebody who may change settings, and not what binds them.
    const clerk = await app.signIn(isp.tenantId, ["today:read", "settings:read", "settings:write"]);
    const loose = await clerk.post(path, { ...policy, mode: "off" });
    assert.equal(loose.status, 422);
    assert.match(loose.text, /This policy binds you/);
    assert.equal((await clerk.post(path, { ...policy, days: "2" })).status, 303, "no looser");
    const sole = { mode: "cooling_off", hours: "5" };
    assert.equal((await clerk.post("/admin/settings/approvals/sole-owner", sole)).status, 303);
    const less = { mode: "at_once", hours: "5" };
    assert.equal((await clerk.post("/admin/settings/approvals/sole-owner", less)).status, 422);
    assert.equal((await owner.post("/admin/settings/approvals/sole-owner", less)).status, 303);
    assert.match((await owner.get("/admin/audit")).text, /Approval of End of a service/);
  });
});

Deno.test("a request of another company is not there, nor is one of a site that somebody does not see", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    await isp.run((trx) => savePolicyRow(trx, "service_end", { ...NO_APPROVAL, mode: "always" }));
    const clerk = await app.signIn(isp.tenantId, "Billing");
    await clerk.post(`/admin/subscribers/${isp.subscriberIds[1]}/end`, {
      connection: isp.subscriptionIds[1]!,
      last: "2026-02-20",
      unused: "credit",
      reason: "Moves away",
    });
    const [id] = idsOn((await owner.get("/admin/approvals")).html);
    assert.equal((await owner.get(`/admin/approvals/${crypto.randomUUID()}`)).status, 404);
    const elsewhere = await app.signIn(isp.tenantId, "Billing", { siteIds: [] });
    assert.equal((await elsewhere.get(`/admin/approvals/${id}`)).status, 404);
    assert.equal((await elsewhere.post(`/admin/approvals/${id}/withdraw`, {})).status, 404);
    assert.equal(idsOn((await elsewhere.get("/admin/approvals?view=all")).html).length, 0);
  });
});
