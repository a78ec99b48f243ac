import { insertManyEntries } from "@/tests/audit/many_entries.ts";
import { createIsp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { analyze } from "../analyze.ts";
import { CONNECTIONS, measurePage } from "../frozen_page.ts";
import type { Scenario } from "../row.ts";
import { pageRow } from "./list_page.ts";

const ENTRIES = 100_000;
const PATH = "/admin/audit";

/** The 50-row page of a long audit log, against the same floor as the list of subscribers. */
export const auditPage: Scenario = {
  name: "audit_page",
  what: `GET ${PATH} (50 of ${ENTRIES} entries), ${CONNECTIONS} connections, with and without the database`,
  async run() {
    await using database = await createTestDatabase();
    const isp = await createIsp(database, { subscribers: 500 });
    await insertManyEntries(database, isp, ENTRIES);
    await analyze(database);
    return [
      pageRow("audit_page", await measurePage(database, isp, { path: PATH, file: "admin/audit/index.tsx" })),
    ];
  },
};
