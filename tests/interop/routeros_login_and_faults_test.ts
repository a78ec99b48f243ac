import assert from "node:assert/strict";
import {
  ClosedError,
  ConnectError,
  encodeSentence,
  FatalError,
  LoginError,
  type Sentence,
  SentenceDecoder,
  TimeoutError,
} from "@/shared/routeros/mod.ts";
import { connectRouter, connectTcp, RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";
import { generateSecrets, type RouterOsSim } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { login, outcome, secret, withRouter, withSession, withSim } from "./support.ts";

/** Sends raw sentences and reads until the router closes or `count` sentences are there. */
async function converse(sim: RouterOsSim, sentences: string[][], count: number): Promise<string[][]> {
  const duplex = await connectTcp({ host: sim.host, port: sim.port, connectTimeoutMs: 1_000 });
  const writer = duplex.writable.getWriter();
  for (const words of sentences) await writer.write(encodeSentence(words));
  const decoder = new SentenceDecoder();
  const received: Sentence[] = [];
  for await (const chunk of duplex.readable) {
    received.push(...decoder.push(chunk));
    if (received.length >= count) break;
  }
  duplex.close();
  return received.map((sentence) => sentence.words);
}

Deno.test("a wrong password is refused, told without the password, and leaves no connection", async () => {
  await withSim({}, async (sim) => {
    const error = await outcome(connectRouter({ ...login(sim), password: "not-this-one" }));
    assert.ok(error instanceof LoginError);
    assert.equal(error.reason, "bad_credentials");
    assert.ok(!Deno.inspect(error).includes("not-this-one"));
    assert.ok(!sim.log.some(({ words }) => words.join().includes("not-this-one")));
    await until(() => sim.connectionCount === 0);
  });
});

Deno.test("the fifth failed login on one connection is fatal", async () => {
  await withSim({}, async (sim) => {
    const bad = ["/login", "=name=admin", "=password=x"];
    const replies = await converse(sim, [bad, bad, bad, bad, bad], 9);
    assert.deepEqual(replies.slice(0, 2), [["!trap", "=message=invalid user name or password (6)"], [
      "!done",
    ]]);
    assert.deepEqual(replies.at(-1), ["!fatal", "too many commands before login"]);
  });
});

Deno.test("a command before the login is fatal", async () => {
  await withSim({}, async (sim) => {
    assert.deepEqual(await converse(sim, [["/ppp/secret/print"]], 1), [["!fatal", "not logged in"]]);
  });
});

Deno.test("a user without the api policy gets the same refusal as for a wrong password", async () => {
  await withSim({ users: [{ name: "admin", password: "admin", group: "read,write,!api" }] }, async (sim) => {
    const error = await outcome(connectRouter(login(sim)));
    assert.ok(error instanceof LoginError && error.reason === "bad_credentials");
  });
});

Deno.test("a router before 6.43 is told to be too old", async () => {
  await withSim({ version: "6.42.5" }, async (sim) => {
    const error = await outcome(connectRouter(login(sim)));
    assert.ok(error instanceof LoginError && error.reason === "unsupported_version");
  });
});

Deno.test("more sessions than the service allows are refused, and a closed one makes room", async () => {
  await withSim({ version: "7.16", maxSessions: 1 }, async (sim) => {
    const first = await connectRouter(login(sim));
    const error = await outcome(connectRouter(login(sim)));
    assert.ok(error instanceof LoginError && error.reason === "refused");
    await first.close();
    await until(() => sim.connectionCount === 0);
    const second = await connectRouter(login(sim));
    await second.close();
  });
});

Deno.test("nobody at the address is a ConnectError", async () => {
  await withSim({}, async (sim) => {
    await sim.unplug();
    const error = await outcome(connectRouter(login(sim)));
    assert.ok(error instanceof ConnectError);
    assert.match(error.message, /refused/);
  });
});

Deno.test("a router that accepts and says nothing ends at the deadline", async () => {
  await withSim({}, async (sim) => {
    sim.freeze(true);
    assert.ok(await outcome(connectRouter({ ...login(sim), deadlineMs: 50 })) instanceof TimeoutError);
    await until(() => sim.connectionCount === 0);
  });
});

Deno.test("an abort ends the attempt to connect", async () => {
  await withSim({}, async (sim) => {
    sim.freeze(true);
    const controller = new AbortController();
    const connecting = outcome(RouterOsSession.connect({ ...login(sim), signal: controller.signal }));
    await until(() => sim.connectionCount === 1);
    controller.abort();
    const error = await connecting;
    assert.ok(error instanceof DOMException && error.name === "AbortError");
    await until(() => sim.connectionCount === 0);
  });
});

Deno.test("quit leaves no session on the router", async () => {
  await withSim({}, async (sim) => {
    const router = await connectRouter(login(sim));
    assert.equal(sim.world.userActive.size, 1);
    await router.close();
    await until(() => sim.world.userActive.size === 0);
  });
});

Deno.test("a reply that arrives byte by byte is the same reply", async () => {
  await withRouter({ secrets: generateSecrets(20, 5) }, async (router, sim) => {
    const before = await router.listSecrets({ full: true });
    sim.oneByteChunks(true);
    assert.deepEqual(await router.listSecrets({ full: true }), before);
  });
});

Deno.test("a connection that breaks in the middle of a row is a ClosedError", async () => {
  await withSession({ secrets: generateSecrets(20, 5) }, async (session, sim) => {
    sim.dropAfterSentences(3);
    const error = await outcome(session.call("/ppp/secret/print"));
    assert.ok(error instanceof ClosedError && error.sentButUnconfirmed);
    assert.ok(!session.isOpen);
  });
});

Deno.test("a stall within the deadline is waited for", async () => {
  await withRouter({ secrets: [secret("juan")] }, async (router, sim) => {
    sim.stall(150);
    assert.equal((await router.listSecrets()).length, 1);
  }, { deadlineMs: 5_000 });
});

Deno.test("a stall over the deadline is a TimeoutError, and the connection stays of use", async () => {
  await withSession({ secrets: [secret("juan")] }, async (session, sim) => {
    sim.setLatency(100);
    const error = await outcome(session.call("/ppp/secret/print", {}, { deadlineMs: 20 }));
    assert.ok(error instanceof TimeoutError);
    sim.setLatency(0);
    assert.equal((await session.call("/ppp/secret/print")).rows.length, 1);
    assert.ok(sim.log.some(({ words }) => words[0] === "/cancel"));
  });
});

Deno.test("no more than four commands are at work on the router at once", async () => {
  await withSession({}, async (session, sim) => {
    sim.setLatency(5);
    await Promise.all(Array.from({ length: 40 }, () => session.call("/system/identity/print")));
    assert.equal(sim.counters.maxInFlight, 4);
  });
});

Deno.test("writes keep to their rate", async () => {
  await withSession({ secrets: [secret("juan")] }, async (session, sim) => {
    const began = performance.now();
    await Promise.all(Array.from({ length: 8 }, () => session.call("/ppp/secret/set", { numbers: "juan" })));
    assert.ok(performance.now() - began >= 90, "six of eight writes had to wait 20 ms each");
    assert.equal(sim.counters.writes, 8);
  }, { writeRate: { perSecond: 50, burst: 2 } });
});

Deno.test("after a reboot the connection is gone, the uptime small, and subscribers dial in again", async () => {
  await withSim(
    { secrets: [secret("juan"), secret("ana", { disabled: true })], redialMs: 5 },
    async (sim) => {
      const router = await connectRouter(login(sim));
      sim.reboot();
      await router.ended;
      assert.ok(await outcome(router.listActive()) instanceof ClosedError);
      await until(() => sim.sessionsOf("juan") === 1);
      const again = await connectRouter(login(sim));
      assert.deepEqual((await again.listActive()).map((row) => row.name), ["juan"]);
      assert.ok((await again.identity()).uptimeSeconds < 60);
      await again.close();
    },
  );
});

Deno.test("asking the router to reboot ends the session without an answer", async () => {
  await withSim({}, async (sim) => {
    const session = await RouterOsSession.connect(login(sim));
    assert.ok(await outcome(session.call("/system/reboot")) instanceof ClosedError);
  });
});

Deno.test("an unplugged router refuses, and answers at the same address when it is back", async () => {
  await withSim({ secrets: [secret("juan")] }, async (sim) => {
    const router = await connectRouter(login(sim));
    await sim.unplug();
    await router.ended;
    assert.ok(await outcome(connectRouter(login(sim))) instanceof ConnectError);
    sim.plug();
    const again = await connectRouter(login(sim));
    assert.equal((await again.listActive()).length, 1);
    await again.close();
  });
});

Deno.test("a link that died silently is noticed without a command", async () => {
  await withSession({}, async (session, sim) => {
    sim.freeze(true);
    await session.ended;
    const error = await outcome(session.call("/system/identity/print"));
    assert.ok(error instanceof ClosedError);
  }, { keepaliveMs: 20, deadlineMs: 300 });
});

Deno.test("a fatal word from the router reaches the caller", async () => {
  await withSession({}, async (session) => {
    const error = await outcome(session.call("/quit"));
    assert.ok(error instanceof FatalError);
    assert.equal(error.reason, "session terminated on request");
  });
});

Deno.test("five hundred reconnects leave nothing behind on either side", async () => {
  await withSim({}, async (sim) => {
    for (let i = 0; i < 500; i++) {
      const router = await connectRouter(login(sim));
      await router.close();
    }
    await until(() => sim.connectionCount === 0 && sim.world.userActive.size === 0);
    assert.equal(sim.counters.logins, 500);
  });
});
