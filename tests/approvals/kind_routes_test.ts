import assert from "node:assert/strict";
import { type Scene, seenOn, withScene } from "@/tests/support/scene.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { booksOf, CASES, OTHER_KINDS, type OtherKind } from "./_kinds.ts";

interface Sent {
  path: string;
  fields: Record<string, string>;
}

/** The form that does it, as it is sent from its page. */
type Form = (scene: Scene, input: never) => Promise<Sent> | Sent;

/** Every page that leads to the effect of a kind. */
const FORMS: Record<OtherKind, Form> = {
  refund: ({ isp }, _input) => ({
    path: `/admin/subscribers/${isp.subscriberIds[0]}/refund`,
    fields: { key: "refund-of-a-page-0001", amount: "400", method: "cash", reason: "Paid too much" },
  }),
  write_off: (_scene, { billId }: { billId: string }) => ({
    path: `/admin/bills/${billId}/write-off`,
    fields: { key: "memo-of-a-page-0001", amount: "1000.00", reason: "Moved away" },
  }),
  credit_memo: ({ isp }, { billId }: { billId: string }) => ({
    path: `/admin/subscribers/${isp.subscriberIds[1]}/memo`,
    fields: {
      key: "memo-of-a-page-0001",
      kind: "goodwill",
      amount: "900",
      bill: billId,
      reason: "Noise on the line",
    },
  }),
  bill_void: (_scene, { billId }: { billId: string }) => ({
    path: `/admin/bills/${billId}/void`,
    fields: { reason: "Wrong plan", periods: "never" },
  }),
  payment_reversal: (_scene, { paymentId }: { paymentId: string }) => ({
    path: `/admin/payments/${paymentId}/reverse`,
    fields: { reason: "Check bounced" },
  }),
  own_price: ({ isp }) => ({
    path: `/admin/subscribers/${isp.subscriberIds[1]}/price/review`,
    fields: {
      connection: isp.subscriptionIds[1]!,
      kind: "amount_off",
      amount: "200",
      percent: "",
      from: "next",
      on: "",
      end: "none",
      periods: "",
      last: "",
      reason: "Old customer",
    },
  }),
  plan_price: async ({ isp, owner }) => {
    const path = `/admin/plans/${isp.planId}/price`;
    const { html } = await owner.get(`${path}?price=1200`);
    const name = /name="name" value="([^"]*)"/.exec(html)?.[1] ?? "";
    const profile = /name="profile" value="([^"]*)"/.exec(html)?.[1] ?? "";
    return {
      path,
      fields: {
        name,
        price: "1200",
        profile,
        speed: "",
        from: "next",
        on: "",
        seen: seenOn(html),
        reason: "Dearer uplink",
      },
    };
  },
  suspension: ({ isp }) => ({
    path: `/admin/subscribers/${isp.subscriberIds[2]}/disconnect`,
    fields: { connection: isp.subscriptionIds[2]!, kind: "abuse", note: "Sells it on" },
  }),
  router_removal: (_scene, { routerId }: { routerId: string }) => ({
    path: `/admin/routers/${routerId}/archive`,
    fields: { reason: "It is broken" },
  }),
  site_removal: (_scene, { siteId }: { siteId: string }) => ({
    path: `/admin/sites/${siteId}/remove`,
    fields: { reason: "The tower is gone" },
  }),
};

/** A role that may do everything but decide. */
function clerkOf({ isp, app }: Scene) {
  return app.signIn(isp.tenantId, PERMISSIONS.filter((one) => one !== "approval:decide"));
}

for (const kind of OTHER_KINDS) {
  Deno.test(`approval-kinds-07: the form of ${kind} says that it needs an approval, stores a request and does nothing else`, async () => {
    await withScene("2026-02-10T10:00", async (scene) => {
      const { isp, owner } = scene;
      const clerk = await clerkOf(scene);
      const input = await CASES[kind].input(isp);
      await isp.run((trx) => savePolicyRow(trx, kind, { ...NO_APPROVAL, mode: "always" }));
      const { path, fields } = await FORMS[kind](scene, input as never);
      const before = await booksOf(isp);
      const address = kind === "own_price" || kind === "plan_price"
        ? `${path}?${new URLSearchParams(fields)}`
        : path + (fields.connection === undefined ? "" : `?connection=${fields.connection}`);
      const form = await clerk.get(address);
      assert.match(form.text, /This needs approval by /);
      assert.match(form.text, /Ask for approval/);
      assert.doesNotMatch((await owner.get(address)).text, /Ask for approval/, "who may decide does it");
      const sent = await clerk.post(path, fields);
      assert.equal(sent.status, 303);
      assert.match(sent.location, /^\/admin\/approvals\/[0-9a-f-]{36}\?done=asked/);
      assert.equal(await booksOf(isp), before);
      const page = await clerk.get(sent.location);
      assert.match(page.text, /Nothing changes before somebody else approves it/);
      assert.match(page.text, /What it does now/);
      const twice = await clerk.post(path, fields);
      assert.equal(twice.status, 422, "the same is not asked for twice");
      assert.match(twice.text, /has asked for this already/);
      const seen = /name="seen" value="([^"]*)"/.exec((await owner.get(sent.location)).html)?.[1] ?? "";
      const done = await owner.post(sent.location.split("?")[0]!, {
        decision: "approve",
        revision: "1",
        seen,
        note: "",
      });
      assert.equal(done.status, 303);
      assert.match(done.location, /done=approved/);
      assert.notEqual(await booksOf(isp), before);
    });
  });
}

Deno.test("approval-kinds-08: undoing and the short way of a plan do not slip past", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp } = scene;
    const clerk = await clerkOf(scene);
    const { paymentId } = await CASES.payment_reversal.input(isp);
    for (const kind of OTHER_KINDS) {
      await isp.run((trx) => savePolicyRow(trx, kind, { ...NO_APPROVAL, mode: "always" }));
    }
    const before = await booksOf(isp);
    const entry = await isp.run((trx) =>
      trx.selectFrom("audit_entries").select("sequence").where("tenant_id", "=", isp.tenantId)
        .where("subject_id", "=", paymentId).where("action", "=", "payment.recorded").executeTakeFirst()
    );
    const undone = await clerk.post("/admin/undo", {
      entry: String(entry?.sequence ?? ""),
      back: "/admin/payments",
    });
    assert.ok(undone.status >= 300, "it is not done");
    const plan = await clerk.get(`/admin/plans/${isp.planId}/edit`);
    await clerk.post(`/admin/plans/${isp.planId}/edit`, {
      name: "Fiber 50",
      price: "1",
      profile: "50M",
      speed: "",
      from: "next",
      on: "",
      seen: seenOn(plan.html),
    });
    assert.equal(await booksOf(isp), before);
  });
});
