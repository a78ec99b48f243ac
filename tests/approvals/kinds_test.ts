import assert from "node:assert/strict";
import { assertBooksHold } from "@/tests/billing/isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { approveRequest, declineRequest } from "@/web/services/approvals/decide.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";
import { type Desk, openDesk, type Person } from "./_desk.ts";
import { ask, askedFor, booksOf, CASES, type KindCase, look, OTHER_KINDS, type OtherKind } from "./_kinds.ts";

const BASE = ["subscriber:read", "approval:read"] as const satisfies readonly Permission[];

/** Somebody who asks and two who decide. */
interface People {
  desk: Desk;
  maria: Person;
  ana: Person;
  ben: Person;
}

async function withPeople(database: TestDatabase, kind: OtherKind): Promise<People> {
  const desk = await openDesk(database, { start: "2026-01-01T00:00:00+08:00" });
  const asks = [...BASE, CASES[kind].permission];
  const decides = [...asks, "approval:decide"] as const;
  return {
    desk,
    maria: await desk.hire("Maria", asks),
    ana: await desk.hire("Ana", decides),
    ben: await desk.hire("Ben", decides),
  };
}

/** From now on every operation of the kind needs an approval. */
function keep({ isp }: Desk, kind: OtherKind, policy: Partial<typeof NO_APPROVAL> = {}) {
  return isp.run((trx) =>
    savePolicyRow(trx, kind, { ...NO_APPROVAL, mode: "always", binds: "everyone", ...policy })
  );
}

function caseOf(kind: OtherKind): KindCase<OtherKind> {
  return CASES[kind] as unknown as KindCase<OtherKind>;
}

async function approve({ isp }: Desk, who: Person, requestId: string) {
  const { row, seen } = await look(isp, requestId);
  return await approveRequest(isp.context, isp.tenantId, who, { requestId, revision: row.revision, seen });
}

for (const kind of OTHER_KINDS) {
  Deno.test(`approval-kinds-01: ${kind} is asked for, changes nothing, and approved does what it does directly`, async () => {
    const { input: make, direct } = caseOf(kind);
    let wanted = "";
    {
      await using database = await createTestDatabase();
      const { desk: { isp }, ana } = await withPeople(database, kind);
      const input = await make(isp);
      const before = await booksOf(isp);
      assertOk(await direct(isp, ana, input) as never);
      wanted = await booksOf(isp);
      assert.notEqual(wanted, before);
    }
    await using database = await createTestDatabase();
    const { desk, maria, ana } = await withPeople(database, kind);
    const { isp } = desk;
    const input = await make(isp);
    await keep(desk, kind);
    const before = await booksOf(isp);
    // Every other way to the same effect is shut.
    assertRefused(await direct(isp, maria, input) as never, "approval_needed");
    assertRefused(await direct(isp, ana, input) as never, "approval_needed");
    const id = await askedFor(isp, maria, kind, input);
    assert.equal(await booksOf(isp), before, "nothing is done before somebody approves");
    const shown = await look(isp, id);
    assert.ok(shown.effects.length >= 2, "it says what becomes of money and router");
    assertRefused(await approve(desk, maria, id), "approval_own");
    assert.equal(await booksOf(isp), before);
    assert.equal(assertOk(await approve(desk, ana, id)).state, "approved");
    assert.equal(await booksOf(isp), wanted);
    await assertBooksHold(isp);
  });

  Deno.test(`approval-kinds-02: ${kind} that is declined, or asked for twice, is not done`, async () => {
    await using database = await createTestDatabase();
    const { desk, maria, ana, ben } = await withPeople(database, kind);
    const { isp } = desk;
    const input = await caseOf(kind).input(isp);
    await keep(desk, kind);
    const before = await booksOf(isp);
    const both = await Promise.allSettled([ask(isp, maria, kind, input), ask(isp, ben, kind, input)]);
    const answers = both.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
    assert.equal(answers.length, 2);
    assert.equal(answers.filter((one) => one.ok).length, 1, "one request for one thing");
    assert.equal(answers.find((one) => !one.ok)?.code, "approval_open_already");
    const asked = answers.find((one) => one.ok);
    const id = asked?.ok && asked.value.outcome === "asked" ? asked.value.requestId : "";
    assertOk(
      await declineRequest(isp.context, isp.tenantId, ana, { requestId: id, revision: 1, note: "Not now" }),
    );
    assert.equal(await booksOf(isp), before);
    assertRefused(await approve(desk, ana, id), "approval_decided");
    assert.equal(await booksOf(isp), before);
  });

  Deno.test(`approval-kinds-03: ${kind} of another world fails whole, and says why`, async () => {
    await using database = await createTestDatabase();
    const { desk, maria, ana } = await withPeople(database, kind);
    const { isp } = desk;
    const { input: make, meanwhile } = caseOf(kind);
    const input = await make(isp);
    await keep(desk, kind);
    const id = await askedFor(isp, maria, kind, input);
    const { row, seen } = await look(isp, id);
    await isp.run((trx) => savePolicyRow(trx, kind, NO_APPROVAL));
    await meanwhile.change(isp, input);
    const before = await booksOf(isp);
    assert.equal((await look(isp, id)).problem, meanwhile.code, "the page says so before anybody decides");
    const done = assertOk(
      await approveRequest(isp.context, isp.tenantId, ana, { requestId: id, revision: row.revision, seen }),
    );
    assert.equal(done.state, "failed");
    assert.equal(done.state === "failed" && done.why.code, meanwhile.code);
    assert.equal(await booksOf(isp), before, "nothing is half done");
    assert.equal((await desk.request(id)).state, "failed");
    await assertBooksHold(isp);
  });

  Deno.test(`approval-kinds-04: of two who approve ${kind} at once one does it`, async () => {
    await using database = await createTestDatabase();
    const { desk, maria, ana, ben } = await withPeople(database, kind);
    const { isp } = desk;
    const input = await caseOf(kind).input(isp);
    await keep(desk, kind);
    const id = await askedFor(isp, maria, kind, input);
    const { row: { revision }, seen } = await look(isp, id);
    const results = await Promise.all(
      [ana, ben].map((who) =>
        approveRequest(isp.context, isp.tenantId, who, { requestId: id, revision, seen })
      ),
    );
    assert.deepEqual(results.map((one) => one.ok ? "done" : one.code).sort(), ["approval_decided", "done"]);
    await assertBooksHold(isp);
  });
}

Deno.test("approval-kinds-05: what is above one's own limit is asked for where the policy is on, and approved by who has the limit", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database, { start: "2026-01-01T00:00:00+08:00" });
  const { isp } = desk;
  const limited = { limits: { refund_centavos: 100_00n } };
  const maria = await desk.hire("Maria", [...BASE, "refund:post"], limited);
  const low = await desk.hire("Lea", [...BASE, "refund:post", "approval:decide"], limited);
  const ana = await desk.hire("Ana", [...BASE, "refund:post", "approval:decide"]);
  const input = await CASES.refund.input(isp);
  const own = { ...maria, limitOf: () => 100_00n };
  assertRefused(await refundCredit(isp.context, isp.tenantId, own, input), "above_your_limit");
  assertRefused(await ask(isp, own, "refund", input), "above_your_limit");
  // The policy begins far above it: what one may not do alone is asked for all the same.
  await keep(desk, "refund", { mode: "above", fromCentavos: 5000_00n, binds: "others" });
  const id = await askedFor(isp, own, "refund", input);
  assertRefused(await approve(desk, low, id), "above_your_limit");
  assert.equal(assertOk(await approve(desk, ana, id)).state, "approved");
  assert.equal((await look(isp, id)).row.amount_centavos, 400_00n);
});

Deno.test("approval-kinds-06: below the amount of the policy it is done at once", async () => {
  await using database = await createTestDatabase();
  const desk = await openDesk(database, { start: "2026-01-01T00:00:00+08:00" });
  const { isp } = desk;
  const maria = await desk.hire("Maria", [...BASE, "refund:post"]);
  const input = await CASES.refund.input(isp);
  await keep(desk, "refund", { mode: "above", fromCentavos: 400_01n });
  assert.equal(assertOk(await ask(isp, maria, "refund", input)).outcome, "done");
});
