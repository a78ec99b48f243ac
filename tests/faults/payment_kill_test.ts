import assert from "node:assert/strict";
import { join } from "node:path";
import pg from "pg";
import { assertBooksHold, createIsp, liveUntil } from "@/tests/billing/isp.ts";
import { listBookProblems } from "@/tests/support/books.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { soaked } from "@/tests/support/soak.ts";
import type { Work } from "./_payment_loop.ts";

const KILLS = soaked(8, 200);
/** So many that the last kill finds some: each lets at most 38 be acknowledged, and what was on its way. */
const PAYMENTS = KILLS * 60;
const SUBSCRIBERS = 40;

Deno.test("payments survive kills of the process that posts them: none acknowledged is lost, none is doubled", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
  await liveUntil(isp, "2026-02-02T00:10");
  const payments = Array.from({ length: PAYMENTS }, (_, i) => ({
    subscriberId: isp.subscriberIds[i % SUBSCRIBERS]!,
    centavos: 90_000 + (i % 7) * 100,
    key: `kill-test-${i}-${crypto.randomUUID()}`,
  }));
  const work = { url: database.appUrl, tenantId: isp.tenantId, now: isp.clock.now().toString() };
  const acknowledged = new Map<string, string>();
  let kills = 0;
  while (acknowledged.size < PAYMENTS) {
    // Whoever got no answer asks again with the same key, as a browser does.
    const loop = new Loop({ ...work, payments: payments.filter(({ key }) => !acknowledged.has(key)) });
    const enough = kills < KILLS ? acknowledged.size + 8 + Math.floor(Math.random() * 30) : Infinity;
    for await (const line of loop.lines()) {
      const [word, key = "", number = ""] = line.split(" ");
      assert.equal(word, "ok", line);
      acknowledged.set(key, number);
      if (acknowledged.size >= enough && loop.kill()) kills++;
    }
    await loop.ended;
  }
  assert.ok(kills >= KILLS, `only ${kills} kills`);
  const rows = await readPayments(database, isp.tenantId);
  assert.equal(rows.length, PAYMENTS);
  for (const { key, number } of rows) assert.equal(acknowledged.get(key), number);
  await assertBooksHold(isp);
});

/** The program, once. */
class Loop {
  readonly ended: Promise<unknown>;
  readonly #child: Deno.ChildProcess;
  #isKilled = false;

  constructor(work: Work) {
    const program = join(import.meta.dirname ?? "", "_payment_loop.ts");
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", program],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    // Thousands of payments are too long for an argument.
    const told = ReadableStream.from([JSON.stringify(work)]).pipeThrough(new TextEncoderStream())
      .pipeTo(this.#child.stdin);
    this.ended = Promise.all([told, this.#child.status]);
  }

  /** SIGKILL; false when it was killed before or has ended by itself. */
  kill(): boolean {
    if (this.#isKilled) return false;
    this.#isKilled = true;
    try {
      this.#child.kill("SIGKILL");
      return true;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return false;
    }
  }

  /** What it prints, until it ends. A torn last line is left out: it was not heard. */
  async *lines(): AsyncGenerator<string> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
  }
}

async function readPayments(
  database: TestDatabase,
  tenantId: string,
): Promise<{ key: string; number: string }[]> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    assert.deepEqual(await listBookProblems(client, tenantId), []);
    const text = "select idempotency_key as key, number from payments where tenant_id = $1";
    return (await client.query<{ key: string; number: string }>(text, [tenantId])).rows;
  } finally {
    await client.end();
  }
}
