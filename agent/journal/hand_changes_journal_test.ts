import assert from "node:assert/strict";
import { join } from "node:path";
import { createLogger, silentLogger } from "@/shared/log.ts";
import type { HandChange } from "@/shared/protocol/mod.ts";
import { ChangesStore, MAX_UNREPORTED_CHANGES } from "./changes_store.ts";
import { JournalError, removeLeftovers, type WriteStep } from "./files.ts";
import { MarksStore, type OpenQuestion } from "./marks_store.ts";
import { type SeenAccount, SeenStore } from "./seen_store.ts";

const ROUTER = "0198c0de-0000-7000-8000-000000000a01";
const RUN = "0198c0de-0000-7000-8000-000000000c01";
const STEPS = ["tmp_opened", "tmp_half_written", "tmp_synced", "renamed"] satisfies WriteStep[];

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function change(number: number): HandChange {
  const id = `0198c0de-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
  return { id, name: `user-${number}`, kind: "disabled", before: null, after: null, said: null, found_ms: 1 };
}

const ON: SeenAccount = { id: "*1", service: "pppoe", off: false, shut: false, profile: "p" };
const OFF: SeenAccount = { ...ON, off: true, shut: true };

const QUESTION: OpenQuestion = {
  id: RUN,
  kind: "changed_at_once",
  asked_ms: 1,
  known: null,
  found: null,
  of: 5,
  enabled: 3,
  missing: 0,
  examples: ["ana"],
  covered: ["ana", "ben", "cai"],
};

/** Opens a store whose write ends at a step, as with a power cut. */
type Opening<S> = (folder: string, at: WriteStep | null) => Promise<S>;

function opening<S extends { load(): Promise<void> }>(
  make: (folder: string, onStep: (step: WriteStep) => void) => S,
): Opening<S> {
  return async (folder, at) => {
    const store = make(folder, (step) => {
      if (step === at) throw new Error("Cannot write: power cut");
    });
    await store.load();
    return store;
  };
}

const openChanges = opening((folder, onStep) => new ChangesStore(folder, ROUTER, silentLogger, null, onStep));
const openSeen = opening((folder, onStep) => new SeenStore(folder, ROUTER, silentLogger, null, onStep));
const openMarks = opening((folder, onStep) => new MarksStore(folder, ROUTER, silentLogger, null, onStep));

for (const step of STEPS) {
  const isNew = step === "renamed";

  Deno.test(`a power cut at ${step} leaves the changes of before or those of now`, async () => {
    await inFolder(async (folder) => {
      await (await openChanges(folder, null)).add([change(1)]);
      const dying = await openChanges(folder, step);
      await assert.rejects(dying.add([change(2)]), JournalError);
      assert.deepEqual(dying.unreported.length, 1, "memory follows only what is durable");
      await removeLeftovers(folder);
      const ids = (await openChanges(folder, null)).unreported.map(({ name }) => name);
      assert.deepEqual(ids, isNew ? ["user-1", "user-2"] : ["user-1"]);
    });
  });

  Deno.test(`a power cut at ${step} leaves what was seen before or now, with the stamp that belongs to it`, async () => {
    await inFolder(async (folder) => {
      const before = await openSeen(folder, null);
      before.replace(new Map([["ana", ON]]));
      await before.save();
      const dying = await openSeen(folder, step);
      dying.replace(new Map([["ana", OFF]]));
      await assert.rejects(dying.save(), JournalError);
      await removeLeftovers(folder);
      const after = await openSeen(folder, null);
      assert.equal(after.accounts.get("ana")?.off, isNew);
      assert.equal(after.stamp, isNew ? dying.stamp : before.stamp);
    });
  });

  Deno.test(`a power cut at ${step} leaves a question open or answered as a whole`, async () => {
    await inFolder(async (folder) => {
      const before = await openMarks(folder, null);
      const mark = { authorisation: RUN, generation: 1n, at_ms: 1, confirmed: true };
      await before.intend(new Map([["ana", mark]]), [], 1);
      await before.ask(QUESTION);
      const dying = await openMarks(folder, step);
      await assert.rejects(
        dying.answer(RUN, (marks) => ({ ...marks, cuts: {} })),
        JournalError,
      );
      assert.equal(dying.current.question?.id, RUN);
      await removeLeftovers(folder);
      const { question, cuts } = (await openMarks(folder, null)).current;
      assert.deepEqual([question === null, Object.keys(cuts).length === 0], [isNew, isNew]);
    });
  });
}

Deno.test("changes beyond the bound drop the oldest, and say how many", async () => {
  await inFolder(async (folder) => {
    const lines: string[] = [];
    const log = createLogger((line) => void lines.push(line), () => Temporal.Now.instant());
    const store = new ChangesStore(folder, ROUTER, log);
    await store.add(Array.from({ length: MAX_UNREPORTED_CHANGES }, (_, i) => change(i)));
    await store.add([change(MAX_UNREPORTED_CHANGES), change(MAX_UNREPORTED_CHANGES + 1)]);
    assert.equal(store.unreported.length, MAX_UNREPORTED_CHANGES);
    assert.equal(store.unreported[0]?.name, "user-2");
    assert.match(lines.join("\n"), /"count":2.*hand_changes_dropped/);
  });
});

Deno.test("what is confirmed is gone, what is unknown is nothing, and one that is added twice is one", async () => {
  await inFolder(async (folder) => {
    const store = await openChanges(folder, null);
    await store.add([change(1), change(2)]);
    await store.add([change(2)]);
    await store.describe(new Map([[change(2).id, "ppp secret changed by admin"]]));
    await store.kept([change(1).id, change(9).id]);
    const { ino } = await Deno.stat(join(folder, `${ROUTER}.changes.json`));
    await store.kept([change(9).id]);
    assert.equal((await Deno.stat(join(folder, `${ROUTER}.changes.json`))).ino, ino, "nothing new, no write");
    const [left, ...more] = (await openChanges(folder, null)).unreported;
    assert.deepEqual([left?.name, left?.said, more.length], ["user-2", "ppp secret changed by admin", 0]);
  });
});

Deno.test("marks of the release before are read, and have neither a name nor a question", async () => {
  await inFolder(async (folder) => {
    const mark = { authorisation: RUN, generation: "7", at_ms: 1, confirmed: true };
    const old = {
      applied: { lineage: RUN, generation: "7" },
      bound: { serial_number: null, software_id: "X" },
      cuts: { ana: mark, niño: mark },
      guarded: [],
    };
    await Deno.writeTextFile(join(folder, `${ROUTER}.marks.json`), JSON.stringify(old));
    const marks = await openMarks(folder, null);
    const { bound, question, cuts, by_looks: byLooks } = marks.current;
    assert.deepEqual(bound, { serial_number: null, software_id: "X", identity: null });
    assert.equal(question, null);
    assert.equal(cuts["ana"]?.generation, 7n);
    assert.deepEqual(byLooks, ["niño"], "what was cut by how its name reads");
    const { niño, ana } = cuts;
    assert.ok(niño !== undefined && ana !== undefined);
    await marks.settle(new Map([["peña", ana]]), []);
    assert.deepEqual((await openMarks(folder, null)).current.by_looks, ["niño"], "and not what is cut since");
    await marks.settle(new Map(), ["niño"]);
    await marks.settle(new Map([["niño", niño]]), []);
    assert.deepEqual((await openMarks(folder, null)).current.by_looks, []);
  });
});

Deno.test("an answer to a question that was asked anew meanwhile changes nothing", async () => {
  await inFolder(async (folder) => {
    const marks = await openMarks(folder, null);
    await marks.ask(QUESTION);
    const other = "0198c0de-0000-7000-8000-000000000c09";
    await marks.answer(other, () => assert.fail("answered"));
    await marks.askAgain(other, null);
    assert.equal(marks.current.question?.id, RUN);
    await marks.reset();
    assert.equal(marks.current.question, null);
  });
});
