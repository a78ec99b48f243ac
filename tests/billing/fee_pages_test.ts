import assert from "node:assert/strict";
import { withScene } from "@/tests/support/scene.ts";
import type { PageAnswer } from "@/tests/support/web_app.ts";
import { type Isp, liveUntil, pay } from "./isp.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { switchFeesOn } from "./tax_isp.ts";

const day = Temporal.PlainDate.from;

/** The company's rules as the form holds them, with other values in some fields, as the address of their review. */
function review(form: string, change: Record<string, string>): string {
  const fields = new URLSearchParams();
  const main = /<form[^>]*action="[^"]*\/settings\/billing\/review"[\s\S]*?<\/form>/.exec(form)?.[0] ?? "";
  for (const [, tag = ""] of main.matchAll(/<(input[^>]*)>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    const isOff = /type="(radio|checkbox)"/.test(tag) && !/ checked/.test(tag);
    if (name !== undefined && name !== "_csrf" && !isOff) {
      fields.append(name, /value="([^"]*)"/.exec(tag)?.[1] ?? "");
    }
  }
  for (
    const [, name = "", options = ""] of main.matchAll(
      /<select[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g,
    )
  ) {
    const chosen = /value="([^"]*)"[^>]* selected/.exec(options) ??
      / selected[^>]*value="([^"]*)"/.exec(options);
    fields.append(name, chosen?.[1] ?? /value="([^"]*)"/.exec(options)?.[1] ?? "");
  }
  for (const [name, value] of Object.entries(change)) fields.set(name, value);
  return `/admin/settings/billing/review?${fields}`;
}

function hiddenFields(html: string): Record<string, string[]> {
  const form = /<form class="form-actions"[\s\S]*?<\/form>/.exec(html)?.[0] ?? "";
  const fields: Record<string, string[]> = {};
  for (const [, name = "", value = ""] of form.matchAll(/name="([^"]+)" value="([^"]*)"/g)) {
    if (name !== "_csrf") (fields[name] ??= []).push(value);
  }
  return fields;
}

Deno.test("the company's fees are asked for with their limits, shown in words before they are saved, and saved as shown", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const { html } = await owner.get("/admin/settings/billing");
    for (
      const [change, says] of [
        [{ lateFeeKind: "flat", lateFeeAmount: "" }, /fee/i],
        [{ lateFeeKind: "percent", lateFeePercent: "101" }, /percent|%/i],
        [{ lateFeeKind: "percent", lateFeePercent: "5", lateAfterDays: "91" }, /90/],
        [{ reconnectionFee: "10000.01" }, /10,000/],
      ] as const
    ) {
      const refused = await owner.get(review(html, change));
      assert.match(refused.text, says, JSON.stringify(change));
      assert.equal(hiddenFields(refused.html).lateFeeKind, undefined, JSON.stringify(change));
    }
    const change = {
      lateFeeKind: "percent",
      lateFeePercent: "5",
      lateAfterDays: "3",
      reconnectionFee: "100",
    };
    const shown = await owner.get(review(html, change));
    assert.match(shown.text, /12 bills that are out keep|No bill that is out costs a late fee/);
    assert.match(shown.text, /Who comes back from now on after a cut pays ₱100\.00/);
    assert.equal((await isp.run(getTenant)).late_fee_kind, "none", "a review saves nothing");
    assert.equal((await owner.post("/admin/settings/billing", hiddenFields(shown.html))).status, 303);
    const tenant = await isp.run(getTenant);
    assert.deepEqual(
      [
        tenant.late_fee_kind,
        tenant.late_fee_bp,
        tenant.late_after_days,
        tenant.reconnection_fee_centavos,
      ],
      ["percent", 500, 3, 10_000n],
    );
    assert.match(
      (await owner.get("/admin/settings/billing")).text,
      /On the 4th day after the due date a bill that is not paid gets a late fee of 5 % of what is unpaid, once\./,
    );
  });
});

Deno.test("a plan and a connection have fees of their own: what is wrong is refused, what is left out is the level above", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const plan = `/admin/plans/${isp.planId}/rules`;
    const own = `/admin/subscribers/${isp.subscriberIds[0]}/rules`;
    const connection = isp.subscriptionIds[0]!;
    for (const [path, more] of [[plan, {}], [own, { connection }]] as const) {
      for (
        const fields of [
          { lateFee: "flat", lateFeeAmount: "" },
          { lateFee: "flat", lateFeeAmount: "0" },
          { lateFee: "percent", lateFeePercent: "0" },
          { lateFee: "percent", lateFeePercent: "100.01" },
          { lateFee: "sometimes" },
          { lateAfterDays: "91" },
          { reconnectionFee: "-1" },
          { reconnectionFee: "10000.01" },
        ]
      ) {
        const { status } = await owner.post(path, { ...more, ...fields });
        assert.equal(status, 422, `${path} ${JSON.stringify(fields)}`);
      }
    }
    assert.equal((await owner.post(plan, { lateFee: "flat", lateFeeAmount: "75" })).status, 303);
    assert.match((await owner.get(own)).text, /Now: ₱75\.00, from the plan/);
    const saved = await owner.post(own, { connection, lateFee: "none", reconnectionFee: "0" });
    assert.equal(saved.status, 303);
    const row = await isp.run((trx) =>
      trx.selectFrom("subscriptions").select(["own_late_fee_kind", "own_reconnection_fee_centavos"])
        .where("id", "=", connection).executeTakeFirstOrThrow()
    );
    assert.deepEqual(row, { own_late_fee_kind: "none", own_reconnection_fee_centavos: 0n });
    const reader = await app.signIn(isp.tenantId, "Read-only");
    assert.equal((await reader.post(plan, { lateFee: "none" })).status, 404);
  });
});

/** A late bill of ₱1,000 with its fee of ₱50, and one with a reconnection fee of ₱100. */
async function withFees(isp: Isp): Promise<{ late: string; back: string }> {
  await switchFeesOn(isp);
  await liveUntil(isp, "2026-02-15T10:00");
  await pay(isp, 3, 1050);
  await liveUntil(isp, "2026-03-02T10:00");
  const billOf = async (n: number, kind: "late_fee" | "reconnection_fee") =>
    (await isp.run((trx) =>
      trx.selectFrom("bill_lines as l").innerJoin("bills as b", "b.id", "l.bill_id").select("b.id")
        .where("b.subscriber_id", "=", isp.subscriberIds[n]!).where("l.kind", "=", kind)
        .executeTakeFirstOrThrow()
    )).id;
  return { late: await billOf(4, "late_fee"), back: await billOf(3, "reconnection_fee") };
}

function memoFields(form: PageAnswer, amount: string) {
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(form.html)?.[1] ?? "";
  return { key: value("key"), kind: "goodwill", amount, reason: "Was in hospital", intent: "post" };
}

Deno.test("a fee is waived by who may give memos: it stays waived whatever is posted, and undone it is asked for again", async () => {
  await withScene("2026-01-02T10:00", async ({ isp, app }) => {
    const fees = await withFees(isp);
    const owner = await app.signIn(isp.tenantId, "Owner");
    const cashier = await app.signIn(isp.tenantId, ["bill:read", "subscriber:read"]);
    for (const [bill, n, amount] of [[fees.late, 4, "50"], [fees.back, 3, "100"]] as const) {
      const page = await owner.get(`/admin/bills/${bill}`);
      assert.match(page.text, /Waive the fee/);
      const without = await cashier.get(`/admin/bills/${bill}`);
      assert.equal(without.status, 200);
      assert.doesNotMatch(without.text, /Waive the fee/);
      const path = `/admin/subscribers/${isp.subscriberIds[n]}/memo`;
      const form = await owner.get(`${path}?bill=${bill}`);
      const fields = { ...memoFields(form, amount), bill };
      assert.equal((await cashier.post(path, fields)).status, 404);
      const given = await owner.post(path, fields);
      assert.equal(given.status, 303);
      assert.match((await owner.get(given.location)).text, /Was in hospital/);
    }
    const open = async (bill: string) => {
      const row = await isp.run((trx) =>
        trx.selectFrom("bills").select(["total_centavos", "paid_centavos"]).where("id", "=", bill)
          .executeTakeFirstOrThrow()
      );
      return row.total_centavos - row.paid_centavos;
    };
    assert.equal(await open(fees.late), 0n);
    await pay(isp, 4, 100);
    await liveUntil(isp, "2026-03-04T10:00");
    const standing = await isp.run((trx) =>
      trx.selectFrom("late_fees as f").innerJoin("bills as b", "b.id", "f.bill_id").select("f.ended_at")
        .where("b.subscriber_id", "=", isp.subscriberIds[4]!).where(
          "f.charged_on",
          "<",
          day("2026-03-01"),
        )
        .execute()
    );
    assert.deepEqual(standing, [{ ended_at: null }], "one, and no other was charged");
    const memo = await isp.run((trx) =>
      trx.selectFrom("credit_memos").select("id").where("bill_id", "=", fees.late).executeTakeFirstOrThrow()
    );
    const again = await app.signIn(isp.tenantId, "Owner");
    const undone = await again.post(`/admin/memos/${memo.id}/void`, { reason: "Was not in hospital" });
    assert.equal(undone.status, 303);
    assert.ok(await open(fees.late) > 0n, "asked for again");
  });
});

Deno.test("Tonight and the next bills say how many late fees come and what they come to with their VAT", async () => {
  await withScene("2026-01-02T10:00", async ({ isp, app }) => {
    await isp.run((trx) =>
      trx.updateTable("tenants").set({
        late_after_days: 3,
        late_fee_kind: "flat",
        late_fee_centavos: 10_000n,
        tax_mode: "vat_exclusive",
        vat_rate_bp: 1200,
      }).where("id", "=", isp.tenantId).execute()
    );
    await liveUntil(isp, "2026-02-11T10:00");
    const owner = await app.signIn(isp.tenantId, "Owner");
    // ₱112 of each of twelve.
    assert.match(
      (await owner.get("/admin/tonight")).text,
      /After midnight 12 late fees are charged, ₱1,344\.00/,
    );
    assert.match((await owner.get("/admin/runs/next?on=2026-02-12")).text, /₱1,344\.00/);
    const charged = () =>
      isp.run((trx) =>
        trx.selectFrom("bills").select("total_centavos").where("kind", "=", "late_fee").execute()
      );
    assert.deepEqual(await charged(), []);
    await liveUntil(isp, "2026-02-12T10:00");
    const bills = await charged();
    assert.deepEqual([bills.length, bills.reduce((sum, bill) => sum + bill.total_centavos, 0n)], [
      12,
      134_400n,
    ]);
  });
});
