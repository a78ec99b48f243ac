import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { explainBill } from "@/web/services/billing/explain_bill.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { findBill } from "@/web/store/billing/bills.ts";

Deno.test("a line of a bill says what memos gave back of it, what was written off and what is disputed", async () => {
  await using past = await playedIsp({ subscribers: 5 }, "2026-02-05T10:00");
  const { isp } = past;
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const subscriberId = isp.subscriberIds[0]!;
  const { id: billId } = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", subscriberId).executeTakeFirstOrThrow()
  );
  const memo = async (kind: "correction" | "write_off", pesos: number) =>
    assertOk(
      await issueMemo(...call, {
        subscriberId,
        kind,
        reason: "Slow week",
        amountCentavos: centavos(pesos * 100),
        billId,
        idempotencyKey: crypto.randomUUID(),
      }),
    );
  const said = async () => {
    const explained = await isp.run(async (trx) => explainBill(trx, (await findBill(trx, billId))!, null));
    return [...explained.values()].flatMap(({ why }) => why).map((coded) => codedText(ENGLISH_WORDS, coded))
      .filter((words) => !words.includes("whole period"));
  };
  assert.deepEqual(await said(), []);
  await memo("correction", 150);
  assertOk(await disputeBill(...call, { billId, amountCentavos: centavos(40_000), reason: "Was away" }));
  assert.deepEqual(await said(), [
    "CM-000001 gave ₱150.00 of it back.",
    "₱400.00 of it is disputed and waits for a decision.",
  ]);
  const off = await memo("write_off", 850);
  assert.deepEqual(await said(), [
    "CM-000001 gave ₱150.00 of it back.",
    "CM-000002 wrote ₱850.00 of it off.",
  ]);
  assertOk(await voidMemo(...call, { memoId: off.memoId, reason: "He pays" }));
  assert.equal((await said()).some((words) => words.includes("wrote")), false, "taken back, it is not said");
});
