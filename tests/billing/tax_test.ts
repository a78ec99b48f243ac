import assert from "node:assert/strict";
import fc from "fast-check";
import { coded } from "@/shared/codes/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { ok } from "@/shared/result.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import type { TaxMode } from "@/web/domain/billing/mod.ts";
import { decideDispute, disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { issueBill } from "@/web/services/billing/issue_bill.ts";
import { issueCharge } from "@/web/services/billing/issue_charge.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import type { MemoInput } from "@/web/services/payments/give_memo.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { readStatement } from "@/web/services/payments/read_statement.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { saveTax } from "@/web/services/settings/save_tax.ts";
import { runUseCase } from "@/web/services/use_case.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, pay, todayOf } from "./isp.ts";
import { balanceOn, setTax, taxedBills } from "./tax_isp.ts";

const day = Temporal.PlainDate.from;

/** Issues a bill of some lines; its id. */
async function bill(isp: Isp, n: number, ...lines: number[]): Promise<string> {
  const issued = await runUseCase(isp.context, isp.tenantId, isp.actor, async (useCase) => {
    const { today } = useCase.business;
    return ok(
      await issueBill(useCase, {
        kind: "one_time",
        subscriberId: isp.subscriberIds[n]!,
        subscriptionId: isp.subscriptionIds[n]!,
        dueOn: today,
        graceDays: 5,
        lines: lines.map((amount, i) => ({
          kind: "one_time" as const,
          description: coded("line_charge", { what: `Part ${i + 1}` }),
          periodStart: today,
          periodEnd: today.add({ days: 1 }),
          amountCentavos: centavos(amount),
          subscriptionId: isp.subscriptionIds[n]!,
        })),
      }),
    );
  });
  return assertOk(issued).id;
}

async function memo(
  isp: Isp,
  billId: string | null,
  amount: bigint,
  kind: MemoInput["kind"] = "correction",
  n = 0,
) {
  return assertOk(
    await issueMemo(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[n]!,
      kind,
      reason: "Wrong amount",
      amountCentavos: centavos(amount),
      billId,
      idempotencyKey: crypto.randomUUID(),
    }),
  );
}

const CASES: [id: string, mode: TaxMode, lines: number[], block: string][] = [
  ["VT-01", "vat_inclusive", [100000], "89286 + 10714 = 100000"],
  ["VT-02", "vat_inclusive", [168000], "150000 + 18000 = 168000"],
  ["VT-04", "vat_exclusive", [99999], "99999 + 12000 = 111999"],
  ["VT-05", "vat_inclusive", [10001, 10001, 10001], "26788 + 3215 = 30003"],
  ["VT-07", "vat_inclusive", [150000, -30000], "107143 + 12857 = 120000"],
];

Deno.test("a bill carries its tax as the cases have it (VT-*), and its void takes all of it back", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: CASES.length });
  for (const [n, [id, mode, lines, block]] of CASES.entries()) {
    await setTax(isp, mode);
    const billId = await bill(isp, n, ...lines);
    const [taxed] = await taxedBills(isp, n);
    assert.equal(taxed, `one_time 2026-01-01 ${mode} ${block}`, id);
    const vat = BigInt(block.split(" ")[2]!);
    assert.equal(await balanceOn(isp, "vat_payable"), -vat, id);
    await assertBooksHold(isp);
    assertOk(await voidBill(isp.context, isp.tenantId, isp.actor, { billId, reason: "Wrong amount" }));
    assert.equal(await balanceOn(isp, "vat_payable"), 0n, id);
    assert.equal(await balanceOn(isp, "revenue:one_time"), 0n, id);
  }
  await assertBooksHold(isp);
});

Deno.test("the mode changes in the middle of a year: bills keep their tax, a void takes back the old one and bills again by the new", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await liveUntil(isp, "2026-02-10T10:00");
  await pay(isp, 0, 1000);
  await setTax(isp, "vat_inclusive", { from: "2026-03-15" });
  await liveUntil(isp, "2026-04-02T10:00");
  await pay(isp, 0, 1000);
  await setTax(isp, "vat_exclusive");
  await liveUntil(isp, "2026-05-01T10:00");
  const [february, march, april, may] = [
    "recurring 2026-02-01 non_vat 0 + 0 = 100000",
    "recurring 2026-03-01 non_vat 0 + 0 = 100000",
    "recurring 2026-04-01 vat_inclusive 89286 + 10714 = 100000",
    "recurring 2026-05-01 vat_exclusive 100000 + 12000 = 112000",
  ];
  assert.deepEqual(await taxedBills(isp, 0), [february, march, april, may]);
  assert.equal(await balanceOn(isp, "vat_payable"), -22714n, "the second was cut, and its bills stopped");
  assert.equal(await balanceOn(isp, "revenue:recurring"), -(3n * 100000n + 89286n + 100000n + 100000n));
  await assertBooksHold(isp);
  const statement = () =>
    isp.run((trx) =>
      readStatement(
        trx,
        isp.subscriberIds[0]!,
        { from: day("2026-04-01"), through: day("2026-04-30") },
        todayOf(isp),
      )
    );
  const before = JSON.stringify((await statement())?.statement, plain);
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[0]!).where("issued_on", "=", day("2026-04-01")).execute()
  );
  assertOk(
    await voidBill(isp.context, isp.tenantId, isp.actor, { billId: rows[0]!.id, reason: "Wrong plan" }),
  );
  assert.equal(await balanceOn(isp, "vat_payable"), -12000n);
  await assertBooksHold(isp);
  await liveUntil(isp, "2026-05-02T10:00");
  assert.deepEqual((await taxedBills(isp, 0)).slice(3), [
    may,
    "recurring 2026-05-02 vat_exclusive 100000 + 12000 = 112000",
  ]);
  assert.equal(
    JSON.stringify((await statement())?.statement, plain),
    before,
    "what came later changes nothing",
  );
  await assertBooksHold(isp);
});

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

Deno.test("memos, write-offs and disputes give back the VAT of their bill in proportion; one that names no bill gives back none", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3 });
  await setTax(isp, "vat_exclusive");
  const vat = () => balanceOn(isp, "vat_payable");
  const first = await bill(isp, 0, 99999);
  const half = await memo(isp, first, 56000n);
  assert.deepEqual([await vat(), await balanceOn(isp, "credit_memos")], [-6000n, 50000n]);
  assertOk(await voidMemo(isp.context, isp.tenantId, isp.actor, { memoId: half.memoId, reason: "Not owed" }));
  assert.deepEqual([await vat(), await balanceOn(isp, "credit_memos")], [-12000n, 0n]);
  await memo(isp, first, 111999n, "write_off");
  assert.deepEqual([await vat(), await balanceOn(isp, "write_offs")], [0n, 99999n]);
  const second = await bill(isp, 1, 100000);
  const dispute = { billId: second, amountCentavos: centavos(11200), reason: "Was off" };
  assertOk(await disputeBill(isp.context, isp.tenantId, isp.actor, dispute));
  const decision = { billId: second, decision: "upheld" as const, note: "It was off" };
  assertOk(await decideDispute(isp.context, isp.tenantId, isp.actor, decision));
  assert.equal(await vat(), -10800n);
  await memo(isp, null, 5000n, "goodwill", 2);
  assert.equal(await vat(), -10800n);
  await assertBooksHold(isp);
});

Deno.test("whatever is given back in parts and taken back of it, the rest gives back exactly the rest of the VAT", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const anyParts = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.boolean()), {
    minLength: 1,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("vat_inclusive" as const, "vat_exclusive" as const),
      fc.integer({ min: 37, max: 99_999 }),
      anyParts,
      async (mode, price, parts) => {
        await setTax(isp, mode);
        const billId = await bill(isp, 0, price);
        let left =
          (await isp.run((trx) =>
            trx.selectFrom("bills").select("total_centavos").where("id", "=", billId)
              .executeTakeFirstOrThrow()
          )).total_centavos;
        for (const [percent, isTakenBack] of parts) {
          const amount = left * BigInt(percent) / 100n;
          if (amount === 0n) continue;
          const { memoId } = await memo(isp, billId, amount);
          if (isTakenBack) {
            assertOk(await voidMemo(isp.context, isp.tenantId, isp.actor, { memoId, reason: "Not owed" }));
          } else left -= amount;
        }
        await memo(isp, billId, left);
        assert.equal(await balanceOn(isp, "vat_payable"), 0n);
      },
    ),
    { numRuns: 8 },
  );
  await assertBooksHold(isp);
});

Deno.test("what comes from other books has no VAT; a connection is cut for its line with the VAT on it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 2 });
  await setTax(isp, "vat_exclusive");
  assertOk(
    await takeOverBalance(isp.context, isp.tenantId, isp.actor, {
      subscriberId: isp.subscriberIds[1]!,
      side: "owed",
      amountCentavos: centavos(50000),
      asOf: day("2025-12-01"),
    }),
  );
  assert.deepEqual(await taxedBills(isp, 1), ["opening 2026-01-01 non_vat 0 + 0 = 50000"]);
  await liveUntil(isp, "2026-02-13T10:00");
  await pay(isp, 0, 1000);
  await liveUntil(isp, "2026-02-14T10:00");
  assert.deepEqual(await offNow(isp), [0], "₱120 of VAT are owed on the line");
  await pay(isp, 0, 120);
  assert.deepEqual(await offNow(isp), []);
  await assertBooksHold(isp);
});

Deno.test("a change of the tax holds from a day that is not past, with a registration; a wrong one is refused", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const registration = { tin: "123-456-789-00000", registeredName: "Ilaya Net Services" };
  const good = {
    revision: 0,
    mode: "vat_inclusive" as TaxMode,
    rateBp: 1200,
    fromOn: todayOf(isp),
    isEffectSeen: true,
    ...registration,
  };
  const save = (input: Partial<typeof good> | { tin: null }) =>
    saveTax(isp.context, isp.tenantId, isp.actor, { ...good, ...input });
  assertRefused(await save({ fromOn: day("2025-12-31") }), "tax_from_past");
  assertRefused(await save({ fromOn: day("2028-01-01") }), "tax_from_too_far");
  assertRefused(await save({ rateBp: 0 }), "tax_rate_out_of_range");
  assertRefused(await save({ rateBp: 5001 }), "tax_rate_out_of_range");
  assertRefused(await save({ tin: "12-34" }), "tin_invalid");
  assertRefused(await save({ tin: null }), "tax_needs_registration");
  assert.match(
    assertRefused(await save({ isEffectSeen: false, mode: "vat_exclusive" }), "tax_effect"),
    /price of ₱1,000\.00 asks for ₱1,120\.00, of it VAT ₱120\.00\. Today it asks for ₱1,000\.00/,
  );
  assertOk(await save({ fromOn: day("2026-01-10") }));
  assertRefused(await save({}), "row_changed");
  // A change that has not come is taken back by asking for what holds.
  const back = { ...good, revision: 1, mode: "non_vat" as const };
  assertOk(await saveTax(isp.context, isp.tenantId, isp.actor, back));
  await liveUntil(isp, "2026-01-12T10:00");
  const charge = {
    subscriberId: isp.subscriberIds[0]!,
    kind: "one_time" as const,
    what: "Router",
    amountCentavos: centavos(100000),
    subscriptionId: null,
  };
  const id = crypto.randomUUID();
  assertOk(await issueCharge(isp.context, isp.tenantId, isp.actor, { ...charge, billId: id }));
  assert.deepEqual(await taxedBills(isp, 0), ["one_time 2026-01-12 non_vat 0 + 0 = 100000"]);
  await setTax(isp, "vat_exclusive");
  const taxed = { ...charge, billId: crypto.randomUUID() };
  assertOk(await issueCharge(isp.context, isp.tenantId, isp.actor, taxed));
  const again = assertOk(await issueCharge(isp.context, isp.tenantId, isp.actor, taxed));
  assert.ok(again.duplicate, "the same form is the same charge, whatever the VAT on it");
  await assertBooksHold(isp);
});
