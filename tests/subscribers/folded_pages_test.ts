import assert from "node:assert/strict";
import { createIsp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { sortKey } from "@/shared/text/mod.ts";
import { findDuplicates } from "@/web/services/subscribers/find_duplicates.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { countSubscribers, listSubscribers } from "@/web/store/subscribers/subscribers_page.ts";
import { withScene } from "../support/scene.ts";

const NAMES = [
  "Nuez",
  "Ñandú",
  "Ocampo",
  "Nandu",
  "Peñaz",
  "Penaz",
  "PEN\u0303A",
  "Peo",
  "penzo",
  "Élan",
  "Eva",
];

Deno.test("lists keep ñ between n and o, and every page goes on where the last one ended", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: NAMES.length });
  await isp.run(async (trx) => {
    for (const [i, name] of NAMES.entries()) {
      await trx.updateTable("subscribers").set({ name }).where("id", "=", isp.subscriberIds[i]!).execute();
    }
  });
  const moment = {
    today: Temporal.PlainDate.from("2026-02-10"),
    now: Temporal.Instant.from("2026-02-10T02:00:00Z"),
  };
  const expected = NAMES.toSorted((a, b) => sortKey(a) < sortKey(b) ? -1 : 1);
  for (const [sort, inOrder] of [["name", expected], ["-name", expected.toReversed()]] as const) {
    const seen: string[] = [];
    let after: string | undefined;
    for (let page = 0; page < NAMES.length; page++) {
      const read = await isp.run((trx) => listSubscribers(trx, {}, moment, { limit: 2, sort, after }));
      seen.push(...read.rows.map((row) => row.name));
      if (read.next === null) break;
      after = read.next;
    }
    assert.deepEqual(seen, inOrder);
  }
});

Deno.test("filters, the check for duplicates, bills and the palette fold alike", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, owner }) => {
    const [id] = isp.subscriberIds;
    await isp.run((trx) =>
      trx.updateTable("subscribers")
        .set({ name: "Begoña Peña", phone: "0917 555 0101", address: "Calle Muñoz 12" })
        .where("id", "=", id!).execute()
    );
    const moment = {
      today: Temporal.PlainDate.from("2026-02-10"),
      now: Temporal.Instant.from("2026-02-10T02:00:00Z"),
    };
    for (const q of ["pena", "PEÑA", "begona", "munoz", "pen\u0303a", "+63 917 555", "0917555"]) {
      const { count } = await isp.run((trx) => countSubscribers(trx, { q }, moment));
      assert.equal(count, 1, q);
      assert.match((await owner.get(`/admin/find?q=${encodeURIComponent(q)}`)).text, /Begoña Peña/, q);
    }
    const bills = await isp.run((trx) => listBills(trx, { q: "pena" }, { limit: 10 }));
    assert.deepEqual(bills.rows.map((bill) => bill.subscriber_id), [id]);
    const twins = await isp.run((trx) =>
      findDuplicates(trx, { name: "begona pena", phone: null, email: null, address: "calle munoz 12" })
    );
    assert.deepEqual(twins.map((twin) => twin.subscriber.id), [id]);
  });
});
