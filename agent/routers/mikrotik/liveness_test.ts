import assert from "node:assert/strict";
import { mock } from "node:test";
import { Liveness } from "./liveness.ts";

/** A watch of 12 s of silence and 15 s of rest whose clock the test moves; `events` tells at which second what happened. */
function withWatch(
  work: (parts: {
    watch: Liveness;
    events: string[];
    waiting: { is: boolean };
    /** The clock and the timers go on together. */
    pass(seconds: number): void;
    /** The machine stands still: the clock goes on and no timer runs until it is over. */
    standStill(seconds: number): void;
  }) => void,
): void {
  mock.timers.enable({ apis: ["setTimeout"] });
  let nowMs = 0;
  const waiting = { is: false };
  const events: string[] = [];
  const watch: Liveness = new Liveness({
    silenceMs: 12_000,
    idleMs: 15_000,
    isWaiting: () => waiting.is,
    ping: () => {
      events.push(`${nowMs / 1_000} ping`);
      watch.asking();
      waiting.is = true;
    },
    onSilence: () => events.push(`${nowMs / 1_000} silent`),
    now: () => nowMs,
  });
  const pass = (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      nowMs += 1_000;
      mock.timers.tick(1_000);
    }
  };
  try {
    work({ watch, events, waiting, pass, standStill: (seconds) => void (nowMs += seconds * 1_000) });
  } finally {
    watch.stop();
    mock.timers.reset();
  }
}

Deno.test("a dead link that something is waited for on is asked at half of the limit and given up at its end", () => {
  withWatch(({ watch, events, waiting, pass }) => {
    watch.asking();
    waiting.is = true;
    pass(40);
    assert.deepEqual(events, ["6 ping", "12 silent"]);
  });
});

Deno.test("the limit counts from the last byte, and a stall of seven seconds is no silence", () => {
  withWatch(({ watch, events, waiting, pass }) => {
    watch.asking();
    waiting.is = true;
    for (let i = 0; i < 10; i++) {
      pass(7);
      watch.heard();
    }
    assert.equal(events.some((event) => event.endsWith("silent")), false);
    pass(12);
    assert.equal(events.at(-1), "82 silent");
  });
});

Deno.test("a rest is no silence: it ends with a small question, and only that one is waited for", () => {
  withWatch(({ events, pass }) => {
    pass(26);
    assert.deepEqual(events, ["15 ping", "21 ping"]);
    pass(1);
    assert.equal(events.at(-1), "27 silent");
  });
});

Deno.test("the wait for a command after a long rest begins with the command", () => {
  withWatch(({ watch, events, waiting, pass }) => {
    pass(14);
    watch.asking();
    waiting.is = true;
    pass(11);
    assert.deepEqual(events, ["20 ping"]);
    pass(1);
    assert.equal(events.at(-1), "26 silent");
  });
});

Deno.test("a machine that slept hears what came meanwhile before it gives a router up", () => {
  withWatch(({ watch, events, waiting, pass, standStill }) => {
    watch.asking();
    waiting.is = true;
    pass(3);
    standStill(600);
    pass(3);
    assert.deepEqual(events, []);
    pass(12);
    assert.match(events.at(-1) ?? "", /silent$/);
  });
});
