import assert from "node:assert/strict";
import { type Isp, pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { withScene } from "@/tests/support/scene.ts";
import { suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { connectAgent } from "@/tests/support/agent_presence.ts";

/** What of a reading is not as the books want it. */
interface OddReading {
  is_present?: boolean;
  is_disabled?: boolean;
  drift?: "missing" | "enabled_by_hand" | "disabled_by_hand";
}

/** The agent is connected, the router answers, and this is what was read of the first subscriber's secret now. */
async function readFirst(isp: Isp, isOnline: boolean, odd: OddReading = {}): Promise<void> {
  const now = isp.clock.now();
  await isp.run(async (trx) => {
    await connectAgent(trx, isp);
    const router = isp.routerIds[0]!;
    await trx.updateTable("routers").set({ status: "online", status_at: now })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", router).execute();
    const { newest } = await trx.selectFrom("desired_secrets")
      .select((of) => of.fn.max("generation").as("newest"))
      .where("tenant_id", "=", isp.tenantId).where("router_id", "=", router).executeTakeFirstOrThrow();
    await trx.updateTable("router_states")
      .set({ stored_generation: newest, applied_generation: newest, observed_at: now })
      .where("tenant_id", "=", isp.tenantId).where("router_id", "=", router).execute();
    const asWanted = { is_present: true, is_disabled: false, is_online: isOnline, drift: null };
    const read = { ...asWanted, observed_at: now, ...odd };
    await trx.insertInto("observed_secrets").values({
      ...read,
      tenant_id: isp.tenantId,
      router_id: router,
      ppp_name: "user1",
      profile: "50M",
      address: null,
      caller_id: null,
      uptime_seconds: null,
    }).onConflict((conflict) =>
      conflict.columns(["tenant_id", "router_id", "ppp_name", "ppp_service"]).doUpdateSet(read)
    )
      .execute();
  });
}

Deno.test("a receipt says what is known: being enabled, enabled on the router, back when a session was read after, off", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    // A session of before the payment is no sign of being back.
    await readFirst(isp, true);
    isp.clock.set(isp.clock.now().add({ seconds: 5 }));
    const { paymentId } = await pay(isp, 0, 1000);
    const [receipt, person] = [
      `/admin/payments/${paymentId}`,
      `/admin/subscribers/${isp.subscriberIds[0]}`,
    ];
    const never = /Internet is back|back: a session/;
    const coming = await owner.get(receipt);
    assert.match(coming.text, /Being enabled on the router/);
    assert.doesNotMatch(coming.text, never);
    assert.match((await owner.get(person)).text, /To be enabled again on the router/, "its timeline");

    isp.clock.set(isp.clock.now().add({ seconds: 5 }));
    await readFirst(isp, false);
    const enabled = await owner.get(receipt);
    assert.match(enabled.text, /Enabled on the router.*no session was read yet/);
    assert.doesNotMatch(enabled.text, never);
    const page = await owner.get(person);
    assert.match(page.text, /Enabled on the router/);
    assert.doesNotMatch(page.text, /is back|Restored|brings it back/);

    isp.clock.set(isp.clock.now().add({ seconds: 5 }));
    await readFirst(isp, true);
    assert.match((await owner.get(receipt)).text, /Internet is back.*back: a session was read/);

    assertOk(
      await suspendSubscription(isp.context, isp.tenantId, isp.actor, {
        subscriptionId: isp.subscriptionIds[0]!,
        reason: "abuse",
        note: "Spam",
      }),
    );
    const off = await owner.get(receipt);
    assert.match(off.text, /Off now/);
    assert.doesNotMatch(off.text, never);
  });
});

Deno.test("who paid is not told to be enabled where the secret is gone from the router, or is read as off", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    await readFirst(isp, true);
    const { paymentId } = await pay(isp, 0, 1000);
    const pages = [`/admin/payments/${paymentId}`, `/admin/subscribers/${isp.subscriberIds[0]}`];

    await readFirst(isp, false, { is_present: false, drift: "missing" });
    for (const page of pages) {
      const { text } = await owner.get(page);
      assert.match(text, /The PPP secret is not on the router/, page);
      assert.doesNotMatch(text, /Enabled on the router/, page);
    }
    await readFirst(isp, false, { is_disabled: true, drift: "disabled_by_hand" });
    for (const page of pages) {
      const { text } = await owner.get(page);
      assert.match(text, /Enable: the agent has it/, page);
      assert.doesNotMatch(text, /Enabled on the router/, page);
    }
  });
});

Deno.test("who was cut is not told to be disabled where somebody enabled the secret on the router", async () => {
  await withScene("2026-02-14T10:00", async ({ isp, owner }) => {
    const off = { subscriptionId: isp.subscriptionIds[0]!, reason: "abuse", note: "Spam" } as const;
    assertOk(await suspendSubscription(isp.context, isp.tenantId, isp.actor, off));
    await readFirst(isp, true, { drift: "enabled_by_hand" });
    const { text } = await owner.get(`/admin/subscribers/${isp.subscriberIds[0]}`);
    assert.match(text, /Somebody enabled it on the router; it is left alone/);
    assert.doesNotMatch(text, /Disabled on the router/);
  });
});
