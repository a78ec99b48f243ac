import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { planJourney } from "@/web/services/demo/advance_business_time.ts";
import { playClock } from "@/web/services/demo/play_clock.ts";
import { findNewestMove } from "@/web/store/demo/clock_moves.ts";
import { listHistoryDays } from "@/web/store/demo/day_history.ts";
import { assertBooksHold, createIsp, offNow, pay } from "../billing/isp.ts";

const day = Temporal.PlainDate.from;

Deno.test("a month of the time machine stops at every bill and cut hour, and the books say what each day brought", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 3, start: "2026-01-31T12:00:00+08:00" });
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ activated_on: day("2026-01-01"), next_bill_on: day("2026-02-01") })
      .where("tenant_id", "=", isp.tenantId).execute()
  );
  const { stops } = await planJourney(isp.context, isp.tenantId, "month");
  assert.equal(stops.length, 28 * 2 + 1);
  assert.equal(stops.at(-1)?.toPlainDateTime().toString(), "2026-02-28T12:00:00");

  const move = assertOk(await playClock(isp.context, isp.tenantId, isp.actor, { to: "month" }));
  await move.finished;
  const [stood, days] = await isp.run(async (trx) => [
    await findNewestMove(trx),
    await listHistoryDays(trx, { first: day("2026-01-31"), last: day("2026-02-28") }),
  ]);
  assert.equal(stood?.status, "done");
  assert.equal(String(stood?.reached_on), "2026-02-28");
  assert.equal(days.length, 29);
  const on = (date: string) => days.find((one) => String(one.business_on) === date);
  assert.equal(on("2026-02-01")?.bills, 3);
  assert.equal(on("2026-02-14")?.cut, 3);
  assert.equal(on("2026-02-15")?.cut, 0);
  assert.equal((await offNow(isp)).length, 3);

  await pay(isp, 0, 1000);
  const [today] = await isp.run((trx) =>
    listHistoryDays(trx, { first: day("2026-02-28"), last: day("2026-02-28") })
  );
  assert.deepEqual([today?.payments, today?.collected_centavos, today?.restored], [1, 100_000n, 1]);
  await assertBooksHold(isp);
});

Deno.test("one move is played at a time; one whose process is gone is closed by the next", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const play = () => playClock(isp.context, isp.tenantId, isp.actor, { to: "day" });
  const first = assertOk(await play());
  const second = await play();
  await first.finished;
  assert.ok(second.ok || second.code === "already_playing");
  if (second.ok) await second.value.finished;

  await isp.run((trx) =>
    trx.updateTable("clock_moves").set({ status: "playing", finished_at: null })
      .where("tenant_id", "=", isp.tenantId).where("id", "=", first.moveId).execute()
  );
  assert.equal((await play()).ok, false);
  isp.clock.advance({ seconds: 61 });
  const next = assertOk(await play());
  await next.finished;
  const old = await isp.run((trx) =>
    trx.selectFrom("clock_moves").select("status").where("tenant_id", "=", isp.tenantId)
      .where("id", "=", first.moveId).executeTakeFirstOrThrow()
  );
  assert.equal(old.status, "failed");
});

Deno.test("a move that breaks off says so and lets the next one begin", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  let calls = 0;
  const clock = {
    now: () => {
      if (++calls === 6) throw new Error("the clock stopped");
      return isp.clock.now();
    },
  };
  const move = assertOk(
    await playClock({ ...isp.context, clock }, isp.tenantId, isp.actor, { to: "week" }),
  );
  await move.finished;
  assert.equal((await isp.run(findNewestMove))?.status, "failed");
  isp.clock.advance({ seconds: 1 });
  const next = assertOk(await playClock(isp.context, isp.tenantId, isp.actor, { to: "day" }));
  await next.finished;
  assert.equal((await isp.run(findNewestMove))?.status, "done");
});
