import {
  createIsp,
  factsOf,
  type Isp,
  type IspFacts,
  type IspOptions,
  liveUntil,
  openIsp,
} from "@/tests/billing/isp.ts";
import { countWrite } from "@/web/store/db/write_count.ts";
import { createTestDatabase, onceForAllTests, type TestDatabase } from "./postgres.ts";

/** A provider with a past, on a database of its own. */
export interface PlayedIsp extends AsyncDisposable {
  database: TestDatabase;
  isp: Isp;
}

/**
 * A provider that has lived until a local time. Days of runs cost seconds, so each past is played once for all test files
 * and copied, some 50 ms a copy.
 */
export function playedIsp(options: IspOptions, local: string): Promise<PlayedIsp> {
  return playedOnce(`${JSON.stringify(options)} until ${local}`, async (database) => {
    const isp = await createIsp(database, options);
    await liveUntil(isp, local);
    return isp;
  });
}

/**
 * The same for a past of another kind.
 *
 * @param name everything that the past depends on
 */
export async function playedOnce(
  name: string,
  play: (database: TestDatabase) => Promise<Isp>,
): Promise<PlayedIsp> {
  const past = await onceForAllTests(`PAST_${await shortHash(name)}`, async () => {
    const database = await createTestDatabase();
    const facts = factsOf(await play(database));
    // A template may have no connections; the server and all in it go when the tests end.
    await database.closeConnections();
    return { template: database.name, facts };
  });
  const { template, facts } = past as { template: string; facts: IspFacts };
  const database = await createTestDatabase(template);
  // What this process remembers of the tenant is of another copy.
  countWrite(facts.tenantId);
  return {
    database,
    isp: openIsp(database, facts),
    [Symbol.asyncDispose]: () => database.close(),
  };
}

async function shortHash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest.slice(0, 8)).toHex().toUpperCase();
}
