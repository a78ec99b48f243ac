import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { type Scene, withScene } from "@/tests/support/scene.ts";
import type { PageUser } from "@/tests/support/web_app.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { runDecisionBatch } from "@/web/services/approvals/decide_many.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";

const LIST = "/admin/approvals";
const MANY = 8;

interface World extends Scene {
  clerk: PageUser;
  /** Their pages, in the order of the subscribers. */
  requests: string[];
}

/** Eight connections that somebody asks to disconnect by hand. */
async function withRequests(work: (world: World) => Promise<void>): Promise<void> {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, app } = scene;
    await isp.run((trx) => savePolicyRow(trx, "suspension", { ...NO_APPROVAL, mode: "always" }));
    const clerk = await app.signIn(isp.tenantId, PERMISSIONS.filter((one) => one !== "approval:decide"));
    const requests: string[] = [];
    for (let n = 1; n <= MANY; n++) {
      const sent = await clerk.post(`/admin/subscribers/${isp.subscriberIds[n]}/disconnect`, {
        connection: isp.subscriptionIds[n]!,
        kind: "abuse",
        note: `Sells it on ${n}`,
      });
      requests.push(sent.location.split("?")[0] ?? "");
    }
    await work({ ...scene, clerk, requests });
  });
}

/** Asks about all of them and says yes; answers where that leads. */
async function approveAll(who: PageUser, requests: readonly string[]): Promise<string> {
  const asked = await who.post(`${LIST}/many?decide=approve`, {
    list: "approvals",
    filter: "",
    back: LIST,
    id: requests.map((path) => path.split("/").at(-1) ?? ""),
  });
  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(asked.html)?.[1] ?? "";
  const fields = { step: "do", decide: "approve", back: LIST, note: "" };
  const [first, second] = await Promise.all(
    [1, 2].map(() => who.post(`${LIST}/many`, { ...fields, shown: hidden("shown"), key: hidden("key") })),
  );
  assert.equal(first?.location, second?.location, "sent twice it is one");
  return first?.location ?? "";
}

const keyOf = (location: string) => new URLSearchParams(location.split("?")[1]).get("key") ?? "";

Deno.test("decide-many-01: more than a handful is done by a job, also by two at once, and each is said: done, the world has changed, somebody else was faster", async () => {
  await withRequests(async ({ isp, app, owner, clerk, requests }) => {
    const page = await approveAll(owner, requests);
    assert.match(page, /^\/admin\/approvals\/decided\?key=/);
    const before = await owner.get(page);
    assert.match(before.text, /They are being decided/);
    assert.match(before.text, /0 of 8/);
    assert.equal(before.text.match(/Its turn comes/g)?.length, MANY);
    // Meanwhile one is declined by somebody else, one taken back, and one connection is off already.
    const other = await app.signIn(isp.tenantId, "Owner");
    await other.post(requests[0]!, { decision: "decline", revision: "1", note: "He paid" });
    await clerk.post(`${requests[1]}/withdraw`, {});
    await isp.run((trx) => savePolicyRow(trx, "suspension", NO_APPROVAL));
    assertOk(
      await suspendSubscription(isp.context, isp.tenantId, isp.actor, {
        subscriptionId: isp.subscriptionIds[3]!,
        reason: "abuse",
        note: "At once",
      }),
    );
    await Promise.all([1, 2].map(() => runDecisionBatch(isp.context, isp.tenantId, keyOf(page))));
    const after = await owner.get(page);
    assert.match(after.text, /5 requests approved/);
    assert.match(after.text, /1 was not possible any more/);
    assert.match(after.text, /2 have changed or were decided meanwhile/);
    assert.equal(after.text.match(/Approved and done/g)?.length, 5);
    assert.match(after.text, /declined it on 10 Feb 2026/);
    assert.match(after.text, /took it back on 10 Feb 2026/);
    assert.match(after.text, /off already|has been disconnected|already/i, "why it is not possible");
    const cut = await isp.run((trx) =>
      trx.selectFrom("block_reasons").select("subscription_id").where("tenant_id", "=", isp.tenantId)
        .where("reason", "=", "abuse").where("removed_at", "is", null).execute()
    );
    assert.equal(cut.length, 6, "nobody twice");
  });
});

Deno.test("decide-many-02: whoever begun it and may no longer decide decides nothing more, and nobody else's company or site sees it", async () => {
  await withRequests(async ({ isp, app, owner, requests }) => {
    const decider = await app.signIn(isp.tenantId, PERMISSIONS);
    const page = await approveAll(decider, requests);
    await isp.run((trx) =>
      trx.updateTable("staff_memberships").set({ state: "disabled" }).where("tenant_id", "=", isp.tenantId)
        .where("staff_user_id", "=", decider.staffUserId).execute()
    );
    await runDecisionBatch(isp.context, isp.tenantId, keyOf(page));
    const after = await owner.get(page);
    assert.match(after.text, /None was approved/);
    assert.match(after.text, /8 have changed or were decided meanwhile/);
    const { id: site } = await isp.run((trx) =>
      trx.selectFrom("sites").select("id").where("tenant_id", "=", isp.tenantId).executeTakeFirstOrThrow()
    );
    const limited = await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [site] });
    assert.equal((await limited.get(page)).status, 404);
    assert.equal((await owner.get(`${LIST}/decided`)).location, LIST);
    assert.equal((await owner.get(`${LIST}/decided?key=${crypto.randomUUID()}`)).status, 404);
  });
});
