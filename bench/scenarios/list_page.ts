import { createIsp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { analyze } from "../analyze.ts";
import { CONNECTIONS, measurePage, type PageRates } from "../frozen_page.ts";
import type { BenchRow, Scenario } from "../row.ts";

const PATH = "/admin/subscribers";
const SUBSCRIBERS = 5_000;

/** The 50-row list of subscribers over HTTP, with its database and with what the database said frozen. */
export const listPage: Scenario = {
  name: "list_page",
  what: `GET ${PATH} (50 of ${SUBSCRIBERS} rows), ${CONNECTIONS} connections, with and without the database`,
  async run() {
    await using database = await createTestDatabase();
    const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
    await analyze(database);
    return [
      pageRow(
        "list_page",
        await measurePage(database, isp, { path: PATH, file: "admin/subscribers/index.tsx" }),
      ),
    ];
  },
};

/** What a page of a list does with its database, against the same page without. */
export function pageRow(row: string, { live, still, constant, p99Ms, bytes }: PageRates): BenchRow {
  const ratio = live / still;
  return {
    row,
    unit: "req/s",
    ours: live,
    floor: still,
    peer: constant,
    ratio,
    goal: "at least 0.4 x the same page without its database",
    met: ratio >= 0.4,
    note: `floor: the same page and frame from memory; peer: the same bytes as a constant; ` +
      `p99 ${p99Ms.toFixed(1)} ms at ${CONNECTIONS} connections, ${bytes} bytes`,
  };
}
