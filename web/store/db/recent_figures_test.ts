import assert from "node:assert/strict";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { recentFigures, type SeenState } from "./recent_figures.ts";
import { withTenant } from "./tenant_transaction.ts";

const NOW = Temporal.Instant.from("2026-02-03T02:00:00Z");

/** Asks for figures as a page would; the answer says how often they have been read so far. */
function counter(isp: Isp) {
  let reads = 0;
  const ask = (seen: Partial<SeenState> = {}, read = () => Promise.resolve(++reads)) =>
    withTenant(
      isp.context.db,
      isp.tenantId,
      (trx) => recentFigures(trx, "rows", { auditSequence: 7n, now: NOW, ...seen }, read),
      { readOnly: true },
    );
  return { ask, reads: () => reads };
}

Deno.test("figures are read once for the pages of two seconds, and again after a write of this process", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { ask } = counter(isp);
  assert.equal(await ask(), 1);
  assert.equal(await ask(), 1);
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ name: "Another" }).where("tenant_id", "=", isp.tenantId).execute()
  );
  assert.equal(await ask(), 2);
});

Deno.test("figures are read again after an audited write of another node, and when the clock has moved", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { ask } = counter(isp);
  assert.equal(await ask(), 1);
  assert.equal(await ask({ auditSequence: 8n }), 2);
  assert.equal(await ask({ auditSequence: 8n, now: NOW.add({ milliseconds: 1_999 }) }), 2);
  assert.equal(await ask({ auditSequence: 8n, now: NOW.add({ seconds: 2 }) }), 3);
});

Deno.test("a write that ends while figures are read makes them worthless for the next page", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { ask } = counter(isp);
  const write = () =>
    isp.run((trx) =>
      trx.updateTable("subscribers").set({ name: "Another" }).where("tenant_id", "=", isp.tenantId).execute()
    );
  const old = await ask({}, async () => {
    await write();
    return -1;
  });
  assert.equal(old, -1);
  assert.equal(await ask(), 1);
});

Deno.test("pages that ask together share one reading; its failure is nobody else's", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { ask, reads } = counter(isp);
  assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [1, 1, 1]);
  const later = { auditSequence: 8n };
  const failing = ask(later, () => Promise.reject(new Error("the connection is gone")));
  const other = ask(later);
  await assert.rejects(failing, /the connection is gone/);
  assert.equal(await other, 2);
  assert.equal(await ask(later), reads());
});

Deno.test("one tenant's figures are not another's", async () => {
  await using database = await createTestDatabase();
  const [ours, theirs] = [await createIsp(database), await createIsp(database)];
  const ask = (isp: Isp, value: number) =>
    withTenant(
      database.db,
      isp.tenantId,
      (trx) => recentFigures(trx, "rows", { auditSequence: 0n, now: NOW }, () => Promise.resolve(value)),
      { readOnly: true },
    );
  assert.equal(await ask(ours, 1), 1);
  assert.equal(await ask(theirs, 2), 2);
  assert.equal(await ask(ours, 3), 1);
});
