import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { pay } from "@/tests/billing/isp.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { paymentFields, withScene } from "../support/scene.ts";

/** The number on a chip. */
function chip(html: string, label: string): string {
  const main = /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? "";
  const found = [...main.matchAll(/<a\b[^>]*class="[^"]*chip[^"]*"[^>]*>([\s\S]*?)<\/a>/g)]
    .map(([, inner = ""]) => inner.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim())
    .find((text) => text.startsWith(label));
  assert.ok(found !== undefined, `there is no chip ${label}`);
  return found.slice(label.length).trim();
}

Deno.test("a person's own payment is in the figures of the very next page", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, owner }) => {
    const list = "/admin/bills";
    const before = (await owner.get(list)).html;
    const form = await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[4]}`);
    const posted = await owner.post("/admin/payments/new", paymentFields(form.html));
    assert.equal(posted.status, 303);
    const after = (await owner.get(list)).html;
    assert.equal(Number(chip(after, "Paid")), Number(chip(before, "Paid")) + 1);
    assert.equal(Number(chip(after, "Due")), Number(chip(before, "Due")) - 1);
  });
});

Deno.test("what somebody else does counts on the next page too, and money and people alike", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const read = async () => (await owner.get("/admin/subscribers")).html;
    assert.equal(chip(await read(), "Grace"), "12");
    await pay(isp, 3, 5_000);
    assert.equal(chip(await read(), "Grace"), "11");
    assertOk(
      await holdSubscription(isp.context, isp.tenantId, isp.actor, {
        subscriptionId: isp.subscriptionIds[5]!,
        untilOn: Temporal.PlainDate.from("2026-02-20"),
        reason: "Pays on Friday",
      }),
    );
    assert.equal(chip(await read(), "Held"), "1");
  });
});
