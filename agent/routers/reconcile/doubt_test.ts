import assert from "node:assert/strict";
import { takeAnswer } from "./answers.ts";
import { isInDoubt } from "./doubt.ts";
import { type Bench, MANUAL, onBench, stateOf } from "./pass_test_support.ts";
import { remarksOf } from "./remarks.ts";

const ALL = Array.from({ length: 20 }, (_, i) => `user-${i}`);
const CUT = ALL.slice(0, 8);

/** Eight of twenty are cut, and everything was seen. */
async function onCut(work: (bench: Bench) => Promise<void>): Promise<void> {
  await onBench(stateOf(1n, CUT, ALL, { profile: "p" }), async (bench) => {
    await bench.run();
    await bench.run();
    bench.writes();
    bench.kicked = [];
    await work(bench);
  });
}

/** As a router is whose backup was restored. */
function restoreBackup({ router }: Bench): void {
  for (const name of CUT) router.disabled.set(name, false);
}

async function questionOf(bench: Bench) {
  return (await bench.parts()).marks.current.question;
}

/** What a person is told of the question. */
async function messageOf(bench: Bench): Promise<string> {
  const [remark] = remarksOf({
    question: await questionOf(bench),
    refusal: null,
    isUplinkDown: false,
    isClockUnset: false,
    missingProfiles: new Map(),
    skipped: null,
  });
  return remark?.message ?? "";
}

Deno.test("many means at least three, and at least half", () => {
  const doubts = (contradicted: number, markedCount: number, gone = 0, seenCount = 0) => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);
    return isInDoubt({
      disabled: [],
      enabled: [],
      contradicted: names(contradicted),
      markedCount,
      gone: names(gone),
      seenCount,
    }, false);
  };
  assert.equal(doubts(2, 2), false);
  assert.equal(doubts(3, 3), true);
  assert.equal(doubts(3, 6), true);
  assert.equal(doubts(3, 7), false);
  assert.equal(doubts(1_000, 2_001), false);
  assert.equal(doubts(0, 0, 2, 2), false);
  assert.equal(doubts(0, 0, 3, 6), true);
  assert.equal(doubts(0, 0, 3, 7), false);
});

Deno.test("a restored backup is asked about once, over restarts, and nothing is written but restores", async () => {
  await onCut(async (bench) => {
    restoreBackup(bench);
    bench.router.disabled.set("user-9", true);
    bench.router.profiles = ["p", "old"];
    bench.router.profileOf.set("user-10", "old");
    // A new cut, a payer who was cut before, and a session of somebody whom a cut left online.
    bench.desired = stateOf(2n, [...CUT.slice(1), "user-11"], ALL, { profile: "p" });
    await bench.run();
    assert.deepEqual(bench.writes(), ["enable user-9"]);
    const question = await questionOf(bench);
    assert.equal(question?.kind, "changed_at_once");
    assert.deepEqual([question.of, question.enabled, question.missing], [20, 7, 0]);
    assert.deepEqual(question.examples, CUT.slice(1));
    bench.restart();
    await bench.run();
    assert.deepEqual(bench.writes(), []);
    assert.deepEqual(bench.kicked, []);
    assert.equal((await questionOf(bench))?.id, question.id);
    assert.deepEqual(await bench.recorded(), ["disabled user-9"], "what is asked about is nobody's hand");
  });
});

Deno.test("many that are on since nobody knows when are asked about, and not said to have changed at once", async () => {
  await onCut(async (bench) => {
    restoreBackup(bench);
    await Deno.remove(`${bench.folder}/router.seen.json`);
    bench.restart();
    for (let round = 0; round < 3; round++) {
      await bench.run();
      const message = await messageOf(bench);
      assert.match(message, /^8 of the 20 accounts are on although Linya had cut them\b/);
      assert.doesNotMatch(message, /at once/);
      bench.restart();
    }
    assert.deepEqual(bench.writes(), []);
    assert.deepEqual(await bench.recorded(), []);
  });
});

Deno.test("what is known to have changed since the last look is said to have changed at once, as long as it is asked", async () => {
  await onCut(async (bench) => {
    restoreBackup(bench);
    await bench.run();
    assert.match(await messageOf(bench), /^Many of the 20 accounts changed at once: 8 /);
    await Deno.remove(`${bench.folder}/router.seen.json`);
    bench.restart();
    await bench.run();
    assert.match(await messageOf(bench), /^Many of the 20 accounts changed at once: 8 /);
  });
});

Deno.test("apply the books: those who were on are cut anew under a permit, and nothing is recorded for it", async () => {
  await onCut(async (bench) => {
    restoreBackup(bench);
    await bench.run();
    const parts = await bench.parts();
    const { id } = (await questionOf(bench))!;
    assert.equal(await takeAnswer(parts, id, "same_router"), "unfitting");
    assert.equal(await takeAnswer(parts, id, "apply_books"), "taken");
    assert.equal(await takeAnswer(parts, id, "apply_books"), "gone");
    let isAsked = false;
    const { requestPermit } = bench;
    bench.requestPermit = (request) => {
      isAsked = true;
      return requestPermit(request);
    };
    await bench.run();
    assert.equal(isAsked, true);
    assert.deepEqual(bench.writes(), [`disable ${CUT.join(" ")}`]);
    await bench.run();
    assert.deepEqual(await bench.recorded(), []);
    assert.equal(await questionOf(bench), null);
  });
});

Deno.test("leave: they stay on and are not asked about again, until another list names them", async () => {
  await onCut(async (bench) => {
    restoreBackup(bench);
    await bench.run();
    const { id } = (await questionOf(bench))!;
    assert.equal(await takeAnswer(await bench.parts(), id, "leave"), "taken");
    for (let round = 0; round < 3; round++) {
      const outcome = await bench.run();
      assert.equal(outcome.rows.filter(({ drift }) => drift === "enabled_by_hand").length, CUT.length);
      bench.restart();
    }
    assert.deepEqual(bench.writes(), []);
    assert.equal(await questionOf(bench), null);
    assert.deepEqual(await bench.recorded(), []);
    bench.desired = stateOf(2n, CUT, ALL, { profile: "p", authorisation: MANUAL });
    await bench.run();
    assert.deepEqual(bench.writes(), [`disable ${CUT.join(" ")}`]);
    restoreBackup(bench);
    await bench.run();
    assert.equal((await questionOf(bench))?.enabled, CUT.length, "a new cut that is undone is asked about");
  });
});

Deno.test("who was left on and is found off is off as the books say, and counts again", async () => {
  await onCut(async (bench) => {
    restoreBackup(bench);
    await bench.run();
    await takeAnswer(await bench.parts(), (await questionOf(bench))!.id, "leave");
    for (const name of CUT) bench.router.disabled.set(name, true);
    await bench.run();
    restoreBackup(bench);
    await bench.run();
    assert.equal((await questionOf(bench))?.enabled, CUT.length);
  });
});

Deno.test("accounts that are gone at once are asked about, and the question goes when they are back", async () => {
  await onCut(async (bench) => {
    const before = new Map(bench.router.disabled);
    for (const name of ALL.slice(0, 12)) bench.router.disabled.delete(name);
    await bench.run();
    const question = await questionOf(bench);
    assert.deepEqual([question?.enabled, question?.missing], [0, 12]);
    for (const name of ALL.slice(0, 11)) bench.router.disabled.set(name, before.get(name) === true);
    await bench.run();
    assert.equal((await questionOf(bench))?.missing, 1, "it stands until nothing contradicts any more");
    bench.router.disabled.set("user-11", false);
    await bench.run();
    assert.equal(await questionOf(bench), null);
    assert.deepEqual(await bench.recorded(), []);
    assert.deepEqual(bench.writes(), []);
  });
});

Deno.test("accounts that stay gone after an answer are missing and no question any more", async () => {
  for (const answer of ["apply_books", "leave"] as const) {
    await onCut(async (bench) => {
      for (const name of ALL.slice(0, 12)) bench.router.disabled.delete(name);
      await bench.run();
      await takeAnswer(await bench.parts(), (await questionOf(bench))!.id, answer);
      bench.restart();
      const outcome = await bench.run();
      assert.equal(outcome.rows.filter(({ drift }) => drift === "missing").length, 12);
      assert.equal(await questionOf(bench), null);
      assert.deepEqual(await bench.recorded(), []);
      assert.deepEqual(bench.writes(), []);
    });
  }
});

Deno.test("an answer that comes in the middle of a look holds from the next one", async () => {
  await onCut(async (bench) => {
    restoreBackup(bench);
    await bench.run();
    const { id } = (await questionOf(bench))!;
    const { listSecrets } = bench.router;
    let isAnswered = false;
    bench.router.listSecrets = async () => {
      const rows = await listSecrets();
      if (!isAnswered) await takeAnswer(await bench.parts(), id, "apply_books");
      isAnswered = true;
      return rows;
    };
    await bench.run();
    await bench.run();
    assert.deepEqual(bench.writes(), [`disable ${CUT.join(" ")}`]);
    assert.equal(await questionOf(bench), null);
  });
});

Deno.test("people who are enabled by hand one after the other are no question", async () => {
  await onCut(async (bench) => {
    for (const name of CUT) {
      bench.router.disabled.set(name, false);
      await bench.run();
      assert.equal(await questionOf(bench), null);
    }
    assert.deepEqual(await bench.recorded(), CUT.map((name) => `enabled ${name}`));
  });
});

Deno.test("a mass of payments is no question, whatever is read meanwhile", async () => {
  await onCut(async (bench) => {
    bench.desired = stateOf(2n, [], ALL, { profile: "p" });
    await bench.run();
    assert.deepEqual(bench.writes(), [`enable ${CUT.join(" ")}`]);
    await bench.run();
    assert.equal(await questionOf(bench), null);
    assert.deepEqual(await bench.recorded(), []);
  });
});

Deno.test("while a person is asked, a state that pays for some of them makes the question smaller", async () => {
  await onCut(async (bench) => {
    restoreBackup(bench);
    await bench.run();
    bench.desired = stateOf(2n, CUT.slice(6), ALL, { profile: "p" });
    await bench.run();
    assert.equal((await questionOf(bench))?.enabled, 2);
    bench.desired = stateOf(3n, [], ALL, { profile: "p" });
    await bench.run();
    assert.equal(await questionOf(bench), null);
  });
});

Deno.test("an answer is about the accounts that were asked about: with others among them it is asked anew", async () => {
  await onCut(async (bench) => {
    for (const name of CUT.slice(0, 4)) bench.router.disabled.set(name, false);
    await bench.run();
    const { id } = (await questionOf(bench))!;
    bench.router.disabled.set("user-0", true);
    await bench.run();
    assert.equal((await questionOf(bench))?.id, id, "one less is the same question");
    restoreBackup(bench);
    await bench.run();
    assert.equal((await questionOf(bench))?.enabled, 8);
    assert.equal(await takeAnswer(await bench.parts(), id, "apply_books"), "gone");
    await bench.run();
    assert.deepEqual(bench.writes(), [], "who said to cut four has not said to cut eight");
  });
});

Deno.test("a journal that cannot be written asks nobody and writes nothing", async () => {
  await onCut(async (bench) => {
    restoreBackup(bench);
    await Deno.mkdir(`${bench.folder}/router.marks.json.tmp`);
    bench.desired = stateOf(2n, [...CUT, "user-12"], ALL, { profile: "p" });
    await bench.run();
    assert.deepEqual(bench.writes(), []);
    await Deno.remove(`${bench.folder}/router.marks.json.tmp`);
    await bench.run();
    assert.equal((await questionOf(bench))?.enabled, CUT.length);
  });
});
