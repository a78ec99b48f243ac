import assert from "node:assert/strict";
import fc from "fast-check";
import { connectRouter } from "@/agent/routers/mikrotik/mod.ts";
import { encodeSentence } from "@/shared/routeros/mod.ts";
import { type RouterOsSim } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { soaked } from "@/tests/support/soak.ts";
import { login, secret, withSim } from "./support.ts";

/** Sends everything in pieces, says that no more follows, and reads what comes until the simulator hangs up. */
async function pour(sim: RouterOsSim, bytes: Uint8Array, cuts: readonly number[]): Promise<void> {
  using conn = await Deno.connect({ hostname: sim.host, port: sim.port });
  const buffer = new Uint8Array(4_096);
  try {
    conn.setNoDelay(true);
    const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1))), bytes.length].toSorted((a, b) =>
      a - b
    );
    let start = 0;
    for (const end of ends) {
      await conn.write(bytes.subarray(start, end));
      start = end;
    }
    await conn.closeWrite();
    while (await conn.read(buffer) !== null);
  } catch (error) {
    // Bytes that break the protocol end the connection at once.
    assert.ok(
      error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
        error instanceof Deno.errors.NotConnected,
    );
  }
}

const words = fc.array(
  fc.oneof(
    fc.constantFrom(
      "=numbers=*1",
      "=.id=*99",
      "=disabled=maybe",
      "=name=",
      "?name=x",
      "?#|",
      "?#9!",
      "?>",
      ".tag=",
      "=",
      "==",
      "=__proto__=x",
      "=.proplist=__proto__,constructor",
    ),
    fc.string({ minLength: 1, maxLength: 20 }),
  ),
  { maxLength: 6 },
);
const command = fc.constantFrom(
  "/ppp/secret/print",
  "/ppp/secret/set",
  "/ppp/secret/add",
  "/ppp/secret/unset",
  "/ppp/active/remove",
  "/ppp/profile/set",
  "/ppp/secret/constructor",
  "/constructor/print",
  "/cancel",
  "/login",
  "/ppp/active/listen",
  "#",
);

Deno.test("no bytes and no sentences bring the simulator down, in whatever pieces they come", async () => {
  await withSim({ secrets: [secret("juan")], version: "7.18" }, async (sim) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(command, words), { maxLength: 10 }),
        fc.uint8Array({ maxLength: 50 }),
        fc.array(fc.nat(1_000), { maxLength: 6 }),
        async (sentences, tail, cuts) => {
          const parts = [
            ["/login", "=name=admin", "=password=admin"],
            ...sentences.map(([one, rest]) => [one, ...rest]),
          ];
          const bytes = parts.flatMap((part) => [...encodeSentence(part)]);
          await pour(sim, Uint8Array.from([...bytes, ...tail]), cuts);
        },
      ),
      { numRuns: soaked(60, 3000) },
    );
    await until(() => sim.connectionCount === 0);
    assert.ok(sim.counters.commands > 100);
    const router = await connectRouter(login(sim));
    assert.match((await router.identity()).version, /^7\.18/);
    await router.close();
  });
});
