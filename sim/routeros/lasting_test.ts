import assert from "node:assert/strict";
import { parseCommand } from "./command.ts";
import { Timers } from "./dialer.ts";
import { endlessOf } from "./endless.ts";
import { Hub } from "./hub.ts";
import { InProcessRouter } from "./in_process.ts";
import { Output } from "./output.ts";
import type { RouterOsSim } from "./server.ts";
import { menusOf } from "./system.ts";
import { LOGIN, login, until, type Wire, withSim } from "./wire_test_support.ts";

/** Replies with this tag, as their types. */
function typesOf(wire: Wire, tag: string): string[] {
  return wire.replies.filter((words) => words.includes(`.tag=${tag}`)).map(([type = ""]) => type);
}

function isDone(wire: Wire, tag: string): boolean {
  return typesOf(wire, tag).at(-1) === "!done";
}

const TRAFFIC = ["/interface/monitor-traffic", "=interface=ether1,aggregate"];

Deno.test("what is so now is one row for the router and one for each interface, once", async () => {
  for (const version of ["6.49.10", "7.24"]) {
    await withSim({ version }, async (sim, dial) => {
      sim.world.openSession("juan", "02:00:00:00:00:01");
      const wire = await login(dial);
      await wire.send(["/system/resource/monitor", "=once=", ".tag=1"], [...TRAFFIC, "=once=", ".tag=2"]);
      await until(() => isDone(wire, "1") && isDone(wire, "2"));
      assert.deepEqual(wire.replies[0], [
        "!re",
        ".tag=1",
        "=cpu-used=7",
        "=cpu-used-per-cpu=7,7,7,7",
        "=free-memory=196083712",
      ]);
      assert.deepEqual(typesOf(wire, "2"), ["!re", "!re", "!done"]);
      assert.ok(wire.replies[2]?.includes("=name=ether1"));
      assert.ok(wire.replies[3]?.includes("=rx-bits-per-second=160000"), version);
    });
  }
});

Deno.test("a monitor goes on until it is cancelled, for its time, or until what it looks at is gone", async () => {
  await withSim({ version: "7.24" }, async (sim, dial) => {
    const session = sim.world.openSession("juan", "02:00:00:00:00:01");
    const wire = await login(dial);
    await wire.send(
      ["/system/resource/monitor", "=interval=20ms", ".tag=on"],
      ["/system/resource/monitor", "=interval=20ms", "=duration=90ms", ".tag=time"],
      ["/interface/monitor-traffic", "=interface=<pppoe-juan>", "=interval=20ms", ".tag=gone"],
    );
    await until(() => typesOf(wire, "on").length > 5 && typesOf(wire, "gone").length > 2);
    await until(() => isDone(wire, "time"));
    assert.ok(typesOf(wire, "time").length >= 2);
    sim.world.endSession(session[".id"] ?? "", "nas-request");
    await until(() => isDone(wire, "gone"));
    assert.deepEqual(typesOf(wire, "gone").slice(-3), ["!re", "!trap", "!done"]);
    await wire.send(["/cancel", "=tag=on", ".tag=c"]);
    await until(() => isDone(wire, "on"));
    assert.deepEqual([sim.timerCount, sim.counters.inFlight], [0, 0]);
  });
});

Deno.test("a monitor shows the fields that are wanted, of interfaces that there are, as often as a router can", () => {
  const router = new InProcessRouter("7.24");
  const ask = (attributes: Record<string, string>) =>
    router.refusal("/interface/monitor-traffic", { once: "", ...attributes });
  assert.equal(ask({}), "missing value(s) of argument(s) interface");
  assert.equal(ask({ interface: "ether1,ether9" }), "input does not match any value of interface");
  const wanted = { interface: "ether1", once: "", proplist: "name" };
  assert.deepEqual(router.ask("/interface/monitor-traffic", wanted).rows, [{ name: "ether1" }]);
});

Deno.test("an interval that no monitor has is refused", async () => {
  await withSim({}, async (_sim, dial) => {
    const wire = await login(dial);
    await wire.send(["/system/resource/monitor", "=interval=6s", ".tag=1"], [
      "/system/resource/monitor",
      "=duration=long",
      ".tag=2",
    ]);
    await until(() => isDone(wire, "1") && isDone(wire, "2"));
    assert.deepEqual(wire.replies.filter(([type]) => type === "!trap").map((words) => words.at(-1)), [
      "=message=value of interval out of range (00:00:00.020..00:00:05)",
      "=message=invalid value for argument duration",
    ]);
  });
});

Deno.test("a ping of many comes answer by answer, and can be cancelled", async () => {
  await withSim({}, async (sim, dial) => {
    const wire = await login(dial);
    await wire.send(
      ["/ping", "=address=8.8.8.8", "=count=4294967295", "=interval=10ms", ".tag=many"],
      ["/ping", "=address=192.0.2.9", "=count=3", "=interval=10ms", ".tag=three"],
      ["/ping", "=address=8.8.8.8", "=count=4294967296", ".tag=more"],
    );
    await until(() => isDone(wire, "three") && isDone(wire, "more") && typesOf(wire, "many").length > 2);
    const answers = wire.replies.filter((words) => words[0] === "!re" && words.includes(".tag=three"));
    assert.deepEqual(answers.map((words) => words.slice(2).join(" ")), [
      "=seq=0 =host=192.0.2.9 =status=timeout =sent=1 =received=0 =packet-loss=100",
      "=seq=1 =host=192.0.2.9 =status=timeout =sent=2 =received=0 =packet-loss=100",
      "=seq=2 =host=192.0.2.9 =status=timeout =sent=3 =received=0 =packet-loss=100",
    ]);
    assert.ok(wire.replies.some((words) => words.at(-1)?.includes("out of range (1..4294967295)")));
    assert.ok(wire.replies.some((words) => words.includes("=seq=1") && words.includes("=received=2")));
    await wire.send(["/cancel", "=tag=many", ".tag=c"]);
    await until(() => isDone(wire, "many"));
    assert.equal(sim.timerCount, 0);
  });
});

Deno.test("commands of one tag, or of none, all end by one cancel", async () => {
  await withSim({}, async (sim, dial) => {
    const wire = await login(dial);
    await wire.send(["/ppp/secret/listen"], ["/ping", "=address=8.8.8.8"], ["/ppp/secret/listen"]);
    await until(() => sim.world.secrets.listenerCount === 3);
    await wire.send(["/cancel", ".tag=c"]);
    await until(() => wire.replies.filter(([type]) => type === "!done").length === 4);
    assert.equal(wire.replies.filter(([type]) => type === "!trap").length, 3);
    assert.deepEqual([sim.timerCount, sim.world.secrets.listenerCount], [0, 1]);
  });
});

const LASTING: readonly (readonly string[])[] = [
  ["/ppp/secret/listen"],
  ["/ppp/active/listen"],
  ["/interface/listen"],
  ["/ppp/secret/print", "=follow="],
  ["/queue/simple/print", "=follow-only="],
  ["/log/print", "=follow="],
  ["/ppp/active/print", "=interval=10ms"],
  ["/ping", "=address=8.8.8.8", "=interval=10ms"],
  ["/tool/ping", "=address=192.0.2.9", "=count=100000", "=interval=10ms"],
  ["/system/resource/monitor", "=interval=20ms"],
  [...TRAFFIC, "=interval=20ms"],
  [...TRAFFIC, "=duration=1h"],
];

const TAGS: Record<string, (i: number) => string[]> = {
  "tags of their own": (i) => [`.tag=${i}`],
  "one tag": () => [".tag=same"],
  "no tags": () => [],
};

/** Ways in which a connection comes to its end. */
const ENDS: Record<string, (sim: RouterOsSim, wire: Wire) => Promise<void> | void> = {
  "the client hangs up": (_sim, wire) => wire.hangUp(),
  "the client says that nothing more will come": (_sim, wire) => wire.conn.closeWrite(),
  "the client quits": (_sim, wire) => wire.send(["/quit"]),
  "the router reboots": (sim) => sim.reboot(),
  "the command reboots, and more commands follow": (_sim, wire) =>
    wire.sendAtOnce(["/system/reboot"], ...LASTING.map((words) => [...words])),
  "somebody ends the session": (sim) => {
    for (const row of sim.world.userActive.rows()) sim.world.userActive.remove(row[".id"] ?? "");
  },
  "the link breaks in the middle of a reply": (sim) => sim.dropAfterSentences(3),
  "the client talks nonsense": (_sim, wire) => wire.conn.write(new Uint8Array([0xff, 0xff])).then(() => {}),
};

/** What somebody who has gone may have left behind. */
function leftOver(sim: RouterOsSim): Record<string, number> {
  const { world } = sim;
  const listeners = [world.secrets, world.active, world.interfaces, world.queues, world.log, world.userActive]
    .reduce((sum, table) => sum + table.listenerCount, 0);
  return {
    listeners,
    timers: sim.timerCount,
    connections: sim.connectionCount,
    sessions: world.userActive.size,
    inFlight: sim.counters.inFlight,
  };
}

for (const [tags, tagOf] of Object.entries(TAGS)) {
  for (const [title, end] of Object.entries(ENDS)) {
    for (const latencyMs of [0, 15]) {
      Deno.test(`nothing is left of commands that last: ${tags}, ${latencyMs} ms each, ${title}`, async () => {
        await withSim({ version: "7.24" }, async (sim, dial) => {
          const before = leftOver(sim);
          const wire = await login(dial);
          sim.setLatency(latencyMs);
          await wire.send(...LASTING.map((words, i) => [...words, ...tagOf(i)]));
          await until(() => wire.replies.length > 10);
          // Some are still waiting for their turn when the end comes.
          await wire.send(...LASTING.map((words) => [...words]));
          await end(sim, wire);
          await until(() => sim.connectionCount === 0);
          assert.deepEqual(leftOver(sim), before);
        });
      });
    }
  }
}

Deno.test("nothing is left of what talks something else on the TLS port", async () => {
  await withSim({ version: "7.24" }, async (sim) => {
    const { port } = await sim.openTls();
    const before = leftOver(sim);
    const plain = await Deno.connect({ hostname: sim.host, port });
    await plain.write(new TextEncoder().encode("no TLS at all"));
    await until(() => sim.counters.connections === 1);
    plain.close();
    await until(() => sim.connectionCount === 0);
    assert.deepEqual(leftOver(sim), before);
  });
});

Deno.test("a command that repeats itself waits for a client that does not read, and then goes on", async () => {
  const router = new InProcessRouter("7.24");
  const timers = new Timers();
  const hub = new Hub(router.world, menusOf(router.world), timers, () => {});
  const caller = { world: router.world, name: "admin", policies: new Set(["test"]) };
  let isFull = true;
  let asked = 0;
  let replies = 0;
  const command = parseCommand(["/ping", "=address=8.8.8.8", "=count=5", "=interval=10ms"]);
  const { promise, resolve } = Promise.withResolvers<void>();
  endlessOf(command)?.(command, {
    hub,
    caller,
    isFull: () => {
      asked++;
      return isFull;
    },
    reply: () => replies++,
    done: () => resolve(),
  });
  await until(() => asked > 3);
  assert.equal(replies, 0);
  isFull = false;
  await promise;
  assert.deepEqual([replies, timers.size], [5, 0]);
});

Deno.test("what is sent to nobody who reads is full in the end, and not when it was read", async () => {
  const written = Promise.withResolvers<void>();
  const conn = {
    write: async (bytes: Uint8Array) => {
      await written.promise;
      return bytes.length;
    },
  };
  const router = new InProcessRouter("7.24");
  const hub = new Hub(router.world, menusOf(router.world), new Timers(), () => {});
  const output = new Output(conn, hub, () => {});
  output.send(["!re", `=comment=${"x".repeat(1_000_000)}`]);
  assert.equal(output.isFull, false);
  for (let i = 0; i < 2; i++) output.send(["!re", `=comment=${"x".repeat(1_000_000)}`]);
  assert.equal(output.isFull, true);
  written.resolve();
  await until(() => !output.isFull);
});

Deno.test("a login that fails leaves nothing either", async () => {
  await withSim({}, async (sim, dial) => {
    const before = leftOver(sim);
    const wire = await dial();
    const wrong = ["/login", "=name=admin", "=password=wrong"];
    await wire.send(...LASTING.slice(0, 1).map((words) => [...words]), wrong, LOGIN);
    await until(() => sim.connectionCount === 0);
    assert.deepEqual(leftOver(sim), before);
  });
});
