import { uuidv7 } from "@/shared/ids.ts";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { type BenchRow, median, type Scenario } from "../row.ts";
import { liveMonths } from "../year.ts";
import { startBenchDatabase } from "./bill_run.ts";

const SUBSCRIBERS = 20_000;
const MONTHS = 12;
const FIRST = Temporal.PlainDate.from("2026-02-01");
const PAGES = { list: "/admin/subscribers", today: "/admin", bills: "/admin/bills" } as const;
const ROUNDS = 60;
const GOAL = 1.1;

/**
 * A page as an owner sees it, and as somebody sees it whose role is limited to the one site where all subscribers are:
 * the same rows, so that what differs is the price of the limit.
 */
export const limitedPage: Scenario = {
  name: "limited_page",
  // A year of 20,000 takes minutes to make.
  isOnlyByName: true,
  what: `${
    Object.values(PAGES).join(", ")
  } of ${SUBSCRIBERS} subscribers as an owner and as somebody of one site`,
  async run() {
    await using database = await startBenchDatabase();
    const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
    await liveMonths(database, isp, { from: FIRST, months: MONTHS, bills: SUBSCRIBERS });
    isp.clock.set(
      FIRST.add({ months: MONTHS }).toZonedDateTime({ timeZone: isp.zone, plainTime: "10:00" }).toInstant(),
    );
    const site = await addEmptySite(isp);
    const app = await createWebApp(isp.context);
    const owner = await app.signIn(isp.tenantId, PERMISSIONS);
    const limited = await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [site] });
    await database.query("vacuum analyze");
    const rows: BenchRow[] = [];
    for (const [name, path] of Object.entries(PAGES)) rows.push(await compare(name, path, owner, limited));
    return rows;
  },
};

/** @returns the site of all subscribers; there is another one, so that the limit is none that could be left out */
async function addEmptySite(isp: Isp): Promise<string> {
  return await isp.run(async (trx) => {
    const { id } = await trx.selectFrom("sites").select("id").where("tenant_id", "=", isp.tenantId)
      .executeTakeFirstOrThrow();
    const other = uuidv7(isp.clock.now().epochMilliseconds);
    await trx.insertInto("sites").values({ tenant_id: trx.tenantId, id: other, name: "San Roque" }).execute();
    return id;
  });
}

/** One after the other, turn and turn about: what else the machine does slows both. */
async function compare(name: string, path: string, owner: PageUser, limited: PageUser): Promise<BenchRow> {
  const times: { owner: number[]; limited: number[] } = { owner: [], limited: [] };
  for (let round = -5; round < ROUNDS; round++) {
    for (const [who, user] of [["owner", owner], ["limited", limited]] as const) {
      const startedAt = performance.now();
      const { status } = await user.get(path);
      const ms = performance.now() - startedAt;
      if (status !== 200) throw new Error(`Cannot measure ${path}: ${status}`);
      if (round >= 0) times[who].push(ms);
    }
  }
  const [ours, peer] = [median(times.limited), median(times.owner)];
  const ratio = Math.max(ours / peer, peer / ours);
  return {
    row: `limited_page_${name}`,
    unit: "ms",
    ours,
    floor: null,
    peer,
    ratio,
    goal: `at most ${GOAL} x the other, both ways`,
    met: ratio <= GOAL,
    note: `median of ${ROUNDS}; ours: limited to the site of all subscribers; peer: the owner`,
  };
}
