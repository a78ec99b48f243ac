import assert from "node:assert/strict";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { freePortPair, makeDataDir, stopAndRemove } from "@/tests/support/stack_parts.ts";
import { Stack } from "../stack/mod.ts";
import { DEMO_SITES } from "./demo_data.ts";
import { seedDemo } from "./seed.ts";

/** A quarter of the year: the storm lies at the same place in it, and it is played in a quarter of the time. */
const DAYS = 90;

/** A played day ends at the hour at which it is played: after midnight the hour of cuts is long over. */
function zoneWhereItIs(hour: number): string {
  const east = (hour - Temporal.Now.zonedDateTimeISO("UTC").hour + 36) % 24 - 12;
  return `Etc/GMT${east > 0 ? "-" : "+"}${Math.abs(east)}`;
}

/** Mails that there was an address for, and that could not be put into words. */
async function listUnmade(stack: Stack): Promise<string[]> {
  const client = new pg.Client({ connectionString: stack.postgres.superuserUrl });
  await client.connect();
  const { rows } = await client.query<{ message: string }>(
    "select message from system_log where event = 'mail_not_made'",
  );
  await client.end();
  return rows.map(({ message }) => message);
}

Deno.test({
  name: "the demo has every state of the vocabulary, its books balance, and it ends today",
  // Processes of the stack outlive their pipes by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const dataDir = await makeDataDir();
    const stack = new Stack({ dataDir, port: freePortPair(), sites: DEMO_SITES, log: silentLogger });
    try {
      const { setupCode } = await stack.start();
      assert.ok(setupCode !== null);
      const told: string[] = [];
      let signIns = 0;
      const missing = await seedDemo(stack, {
        setupCode,
        log: silentLogger,
        days: DAYS,
        timeZone: zoneWhereItIs(2),
        say: (text) => told.push(text),
        onSignIn: () => signIns++,
      });
      assert.deepEqual(missing, []);
      assert.equal(signIns, 1);
      assert.deepEqual(await listUnmade(stack), []);
      assert.ok(told.some((line) => line.startsWith(`  ${DAYS} of ${DAYS} days`)), told.join("\n"));
      assert.equal(stack.preparing, null);
      for (const { name } of DEMO_SITES) assert.notEqual(stack.agentPidOf(name), null, name);
    } finally {
      await stopAndRemove(stack, dataDir);
    }
  },
});
