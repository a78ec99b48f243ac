import assert from "node:assert/strict";
import { textOfBytes } from "@/shared/text/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { outageForm } from "@/web/route_table/outages.ts";
import { correctOutage, recordOutage } from "@/web/services/billing/record_outage.ts";
import { findOutage } from "@/web/store/billing/outages.ts";
import { createIsp, type Isp, liveUntil } from "./isp.ts";
import { local } from "./outage_isp.ts";

const NINO = textOfBytes(Uint8Array.fromHex("6e69f16f"));
const call = (isp: Isp) => [isp.context, isp.tenantId, isp.actor] as const;

const said = (pppNames: readonly string[]) => ({
  from: local("2026-02-10T00:00"),
  to: local("2026-02-11T00:00"),
  cause: "Storm",
  kind: "fault" as const,
  scope: "chosen" as const,
  siteId: null,
  routerId: null,
  pppNames,
});

const record = (isp: Isp, ...names: string[]) =>
  recordOutage(...call(isp), { id: crypto.randomUUID(), ...said(names) });

/** Subscribers whose connections have these accounts, all on the first one's router. */
async function withAccounts(
  accounts: readonly { ppp_name: string; ppp_service?: "l2tp" | "sstp"; onItsRouter?: boolean }[],
  work: (isp: Isp) => Promise<void>,
): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: accounts.length });
  await liveUntil(isp, "2026-02-20T12:00");
  await isp.run(async (trx) => {
    for (const [n, { onItsRouter, ...account }] of accounts.entries()) {
      await trx.updateTable("subscriptions")
        .set({ ...account, ...(onItsRouter === true ? {} : { router_id: isp.routerIds[0]! }) })
        .where("id", "=", isp.subscriptionIds[n]!).execute();
    }
  });
  await work(isp);
}

/** Which connections an outage took down, and what it calls them. */
async function takenDown(isp: Isp, id: string): Promise<{ connections: number[]; names: string[] | null }> {
  return await isp.run(async (trx) => {
    const rows = await trx.selectFrom("outage_connections").select("subscription_id")
      .where("outage_id", "=", id).execute();
    const connections = rows.map((row) => isp.subscriptionIds.indexOf(row.subscription_id)).sort();
    return { connections, names: (await findOutage(trx, id))?.ppp_names ?? null };
  });
}

async function assertTaken(isp: Isp, typed: string[], connections: number[], names: string[]): Promise<void> {
  const { id } = assertOk(await record(isp, ...typed));
  const taken = await takenDown(isp, id);
  assert.deepEqual(taken, { connections, names }, typed.join("; "));
  // What is shown means the same when it is sent back.
  assertOk(await correctOutage(...call(isp), { id, ...said(taken.names ?? []) }));
  assert.deepEqual(await takenDown(isp, id), taken);
}

Deno.test("an outage of a PPP name takes one account down, never another service's of the same name", async () => {
  const accounts = [{ ppp_name: "juan" }, { ppp_name: "juan", ppp_service: "l2tp" as const }, {
    ppp_name: "ana",
    ppp_service: "sstp" as const,
  }];
  await withAccounts(accounts, async (isp) => {
    await assertTaken(isp, ["juan"], [0], ["juan"]);
    await assertTaken(isp, ["l2tp//juan"], [1], ["l2tp//juan"]);
    await assertTaken(isp, ["juan", "l2tp//juan"], [0, 1], ["l2tp//juan", "juan"]);
    // Nobody else has the name: it need not be said by which service.
    await assertTaken(isp, ["ana"], [2], ["sstp//ana"]);
    assertRefused(await record(isp, "sstp//juan"), "outage_names_unknown");
  });
});

Deno.test("a name that only accounts of two other services have is asked about", async () => {
  const accounts = [{ ppp_name: "juan", ppp_service: "l2tp" as const }, {
    ppp_name: "juan",
    ppp_service: "sstp" as const,
  }];
  await withAccounts(accounts, async (isp) => {
    assertRefused(await record(isp, "juan"), "outage_names_twice");
    await assertTaken(isp, ["sstp//juan"], [1], ["sstp//juan"]);
  });
});

Deno.test("names that read alike in two encodings are named apart", async () => {
  await withAccounts([{ ppp_name: "niño" }, { ppp_name: NINO }], async (isp) => {
    await assertTaken(isp, ["niño"], [0], ["niño"]);
    await assertTaken(isp, ["niño (code page)"], [1], ["niño (code page)"]);
    await assertTaken(isp, [NINO], [1], ["niño (code page)"]);
  });
  await withAccounts([{ ppp_name: NINO }], async (isp) => {
    await assertTaken(isp, ["niño"], [0], ["niño (code page)"]);
  });
});

Deno.test("a line is one name, with blanks and with its router; other lines are several names", async () => {
  const accounts = [{ ppp_name: "juan" }, { ppp_name: "juan", onItsRouter: true }, {
    ppp_name: "unit 5, ana",
  }];
  await withAccounts(accounts, async (isp) => {
    const router = await isp.run((trx) =>
      trx.selectFrom("routers").select("name").where("id", "=", isp.routerIds[1]!).executeTakeFirstOrThrow()
    );
    assertRefused(await record(isp, "juan"), "outage_names_twice");
    await assertTaken(isp, [`juan, ${router.name}`], [1], [`juan, ${router.name}`]);
    await assertTaken(isp, ["unit 5, ana"], [2], ["unit 5, ana"]);
  });
  await withAccounts([{ ppp_name: "ana" }, { ppp_name: "ben" }, { ppp_name: "cora" }], async (isp) => {
    await assertTaken(isp, ["ana, cora"], [0, 2], ["ana", "cora"]);
    assertRefused(await record(isp, "ana, dan"), "outage_names_unknown");
  });
});

Deno.test("the form takes each line as it was typed", () => {
  assert.deepEqual(outageForm.shape.names.parse(" juan, Tower A \r\n\r\nl2tp//juan\n"), [
    "juan, Tower A",
    "l2tp//juan",
  ]);
});
