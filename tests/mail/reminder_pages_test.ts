import assert from "node:assert/strict";
import { liveUntil } from "@/tests/billing/isp.ts";
import { withScene } from "@/tests/support/scene.ts";
import { getReminders } from "@/web/store/mail/reminder_settings.ts";
import { giveAddresses, remind, setServer } from "./mail_isp.ts";

const FORM = {
  revision: "0",
  beforeDueDays: "5, 1, 1",
  beforeCutDays: "2 1",
  told: ["bill_issued", "reminder", "cut_notice", "cut"],
  quietFrom: "21:00",
  quietUntil: "07:00",
  cutNeedsNotice: "on",
  unreachable: "hold",
};

Deno.test("what is told is drawn with its days, saved once, and what cannot be is refused beside its field", async () => {
  await withScene("2026-02-03T10:00", async ({ isp, app, owner }) => {
    await giveAddresses(isp);
    await setServer(isp);
    await isp.run((trx) =>
      trx.updateTable("subscribers").set({ email: null }).where("id", "=", isp.subscriberIds[0]!).execute()
    );
    const page = await owner.get("/admin/settings/reminders");
    assert.match(page.text, /Reminder Thu, 5 Mar 2026, 3 days before it is due/);
    assert.match(page.text, /Notice before a cut Fri, 13 Mar 2026, 1 day before the cut/);
    assert.match(page.text, /1 of \d+ subscribers cannot be given notice by mail: 1 without an address/);
    assert.match(page.text, /A cut does not wait for its notice\./);
    for (
      const [change, says] of [
        [{ beforeDueDays: "31" }, /from 0 to 30/],
        [{ beforeDueDays: "three" }, /from 0 to 30/],
        [{ beforeCutDays: "0" }, /from 1 to 7/],
        [{ beforeDueDays: "1 2 3 4 5 6" }, /up to 5/],
        [{ quietFrom: "" }, /both hours, or neither/],
        [{ quietUntil: "21:00" }, /the same/],
        [{ quietUntil: "25:00" }, /a time of day/],
        [{ told: ["bill_issued"] }, /sent to nobody/],
      ] as const
    ) {
      const refused = await owner.post("/admin/settings/reminders", { ...FORM, ...change } as never);
      assert.ok(refused.status >= 400, JSON.stringify(change));
      assert.match(refused.text, says);
    }
    const saved = await owner.post("/admin/settings/reminders", FORM as never);
    assert.equal(saved.status, 303);
    const after = await owner.get(saved.location);
    assert.match(
      after.text,
      /Nobody is cut whose notice was not sent on a day before\. Whom no notice can reach is kept on\./,
    );
    assert.match(after.text, /Between 21:00 and 07:00/);
    const kept = await isp.run(getReminders);
    assert.deepEqual([kept.beforeDueDays, kept.beforeCutDays, kept.revision], [[5, 1], [2, 1], 1]);
    assert.deepEqual(kept.silentOccasions, ["payment_received", "restored", "hold_granted", "credit_given"]);
    const late = await owner.post("/admin/settings/reminders", { ...FORM, quietFrom: "22:00" } as never);
    assert.match(late.text, /Somebody else saved this/);
    const defaults = await owner.get("/admin/settings/reminders?fill=defaults");
    assert.match(defaults.html, /name="beforeDueDays"[^>]*value="3, 0"/);
    assert.deepEqual((await isp.run(getReminders)).beforeDueDays, [5, 1], "nothing is saved by looking");
    const reader = await app.signIn(isp.tenantId, "Read-only");
    const seen = await reader.get("/admin/settings/reminders");
    assert.doesNotMatch(seen.html, /name="beforeDueDays"/);
    assert.equal((await reader.post("/admin/settings/reminders", FORM as never)).status, 404);
  });
});

Deno.test("Tonight and Today name whom the want of a notice keeps on, and the run leaves them alone", async () => {
  await withScene("2026-02-13T10:00", async ({ isp, owner }) => {
    await giveAddresses(isp);
    await setServer(isp);
    await remind(isp, { cutNeedsNotice: true, unreachable: "hold" });
    await isp.run((trx) =>
      trx.updateTable("subscribers").set({ email: null }).where("id", "=", isp.subscriberIds[0]!).execute()
    );
    const tonight = await owner.get("/admin/tonight?view=no_notice");
    assert.match(tonight.text, /kept on: the notice was not sent/);
    assert.match(tonight.text, /no e-mail address/);
    assert.match(tonight.text, /No mail can reach 1 subscriber/);
    const today = await owner.get("/admin");
    assert.match(
      today.text,
      /connections are kept on by the cut run of Sat, 14 Feb 2026: the notice was not sent/,
    );
    await liveUntil(isp, "2026-02-14T09:05");
    const { rows } = await isp.run(async (trx) => ({
      rows: await trx.selectFrom("block_reasons").select("id").where("tenant_id", "=", isp.tenantId)
        .where("reason", "=", "nonpayment").execute(),
    }));
    assert.deepEqual(rows, []);
  });
});
