import assert from "node:assert/strict";
import { queueOne, setMail, setUpMail, withUnmailedScene } from "./mail_scene.ts";

Deno.test("the timeline has the mails that went out or did not arrive, and not those that wait or were left out", async () => {
  await withUnmailedScene("2026-02-10T12:00", async ({ isp, owner, app }) => {
    await setUpMail(isp, 1);
    const mail = async (key: string, fields: Record<string, unknown>) => {
      const id = await queueOne(isp, {
        n: 0,
        key,
        occasion: key === "reminder" ? "reminder" : "bill_issued",
      });
      await setMail(isp, id, fields);
      return id;
    };
    const sent = await mail("bill", { state: "sent", sent_at: isp.clock.now() });
    const bounced = await mail("reminder", {
      state: "refused",
      reason: "returned",
      sent_at: isp.clock.now(),
      address: "old@mail.test",
    });
    await mail("refused", { state: "refused", reason: "recipient_refused" });
    await mail("failed", { state: "failed", reason: "server_busy" });
    await mail("waits", { state: "queued" });
    await mail("skipped", { state: "skipped", reason: "no_server" });
    const path = `/admin/subscribers/${isp.subscriberIds[0]}`;
    const timelineOf = (html: string) => /Timeline<[\s\S]*/.exec(html)?.[0] ?? "";
    const shown = timelineOf((await owner.get(path)).html);
    for (
      const words of [
        "Bill: mailed to s0@mail.test",
        "Reminder: mail to old@mail.test bounced",
        "Bill: mail to s0@mail.test was refused",
        "Bill: mail to s0@mail.test failed",
      ]
    ) {
      assert.ok(shown.includes(words), words);
    }
    for (const id of [sent, bounced]) assert.ok(shown.includes(`href="/admin/mail/${id}"`));
    assert.equal([...shown.matchAll(/\/admin\/mail\/[0-9a-f-]{36}/g)].length, 4);
    const other = await app.signIn(isp.tenantId, ["subscriber:read"]);
    assert.doesNotMatch((await other.get(path)).html, /mailed to|@mail\.test bounced|\/admin\/mail\//);
  });
});
