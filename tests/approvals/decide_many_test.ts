import assert from "node:assert/strict";
import { decideManyForm } from "@/web/route_table/approvals.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { type Scene, withScene } from "@/tests/support/scene.ts";
import type { PageUser } from "@/tests/support/web_app.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { decideMany, finishDecisionBatches, runDecisionBatch } from "@/web/services/approvals/decide_many.ts";
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

const idOf = (path: string) => path.split("/").at(-1) ?? "";

/** Requests as a page shows them, as many as there are. */
async function shownOf({ owner, requests }: World, count: number) {
  const shown = [];
  for (const path of requests.slice(0, count)) {
    const { html } = await owner.get(path);
    const seen = /name="seen" value="([^"]*)"/.exec(html)?.[1] ?? "";
    shown.push({ requestId: idOf(path), revision: 1, seen });
  }
  return shown;
}

const batchOf = ({ isp }: World, key: string) =>
  isp.run((trx) =>
    trx.selectFrom("decision_batches").selectAll().where("tenant_id", "=", trx.tenantId).where("id", "=", key)
      .executeTakeFirstOrThrow()
  );

Deno.test("decide-many-03: a handful that a crash left behind is ended later, with where it was decided from; one that breaks keeps none from its turn", async () => {
  await withRequests(async (world) => {
    const { isp, owner } = world;
    const shown = await shownOf(world, 3);
    const who = {
      kind: "staff" as const,
      label: "Owner",
      staffUserId: owner.staffUserId,
      origin: { ip: "203.0.113.9", requestId: "req-of-a-test" },
    };
    const key = crypto.randomUUID();
    let transactions = 0;
    let queued = 0;
    // It dies as soon as the batch is stored: the queue has it all the same.
    const dying = {
      ...isp.context,
      enqueue: () => Promise.resolve(void queued++),
      before: () => {
        if (++transactions > 1) throw new Deno.errors.Interrupted("the process ends");
        return Promise.resolve();
      },
    };
    const many = { key, decision: "approve" as const, shown, note: "Seen" };
    await assert.rejects(() => decideMany(dying, isp.tenantId, who, many));
    assert.equal(queued, 1, "whatever happens, a job comes to it");
    assert.deepEqual([(await batchOf(world, key)).done, (await batchOf(world, key)).note], [0, "Seen"]);
    await finishDecisionBatches(isp.context, isp.tenantId);
    assert.equal((await batchOf(world, key)).done, 0, "somebody may be at it");
    isp.clock.advance({ minutes: 16 });
    // The first breaks in the middle of its work.
    let turns = 0;
    const breaking = {
      ...isp.context,
      before: () => {
        if (++turns === 1) throw new Error("a bug");
        return Promise.resolve();
      },
    };
    await finishDecisionBatches(breaking, isp.tenantId);
    const batch = await batchOf(world, key);
    assert.deepEqual([batch.done, batch.note, batch.ip], [3, null, null]);
    assert.deepEqual((batch.results as { state: string }[]).map(({ state }) => state), [
      "left",
      "approved",
      "approved",
    ]);
    assert.match((await owner.get(`${LIST}/decided?key=${key}`)).text, /Linya could not decide it/);
    const entries = await isp.run((trx) =>
      trx.selectFrom("audit_entries").select(["ip", "request_id"]).where("tenant_id", "=", trx.tenantId)
        .where("action", "=", "approval.approved").execute()
    );
    assert.deepEqual(entries, [1, 2].map(() => ({ ip: "203.0.113.9", request_id: "req-of-a-test" })));
  });
});

Deno.test("decide-many-04: a key of somebody else or of something else is unknown, and no form names more than are decided at once", async () => {
  await withRequests(async (world) => {
    const { isp, owner, app } = world;
    const shown = await shownOf(world, 2);
    const key = crypto.randomUUID();
    const context = { ...isp.context, enqueue: () => Promise.resolve() };
    const other = await app.signIn(isp.tenantId, "Owner");
    const as = (staffUserId: string, many: Partial<Parameters<typeof decideMany>[3]> = {}) =>
      decideMany(context, isp.tenantId, { kind: "staff", label: "Owner", staffUserId }, {
        key,
        decision: "approve",
        shown,
        note: "",
        ...many,
      });
    assertOk(await as(owner.staffUserId));
    assertOk(await as(owner.staffUserId));
    assertRefused(await as(other.staffUserId), "approval_not_found");
    assertRefused(await as(owner.staffUserId, { decision: "decline", note: "No" }), "approval_not_found");
    assertRefused(await as(owner.staffUserId, { shown: shown.slice(1) }), "approval_not_found");
    const text = (count: number) =>
      Array.from({ length: count }, () => `${crypto.randomUUID()}.1.`).join(",");
    assert.ok(decideManyForm.safeParse({ shown: text(200) }).success);
    assert.ok(!decideManyForm.safeParse({ shown: text(201) }).success);
  });
});
