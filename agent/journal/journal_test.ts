import assert from "node:assert/strict";
import { join } from "node:path";
import { silentLogger } from "@/shared/log.ts";
import { type DesiredSecret, stateHash } from "@/shared/protocol/mod.ts";
import { CommandStore } from "./command_store.ts";
import { type Delta, DesiredStore, type SnapshotPart } from "./desired_store.ts";
import { JournalError, removeLeftovers, type WriteStep } from "./files.ts";
import { MarksStore } from "./marks_store.ts";

const ROUTER = "0198c0de-0000-7000-8000-000000000a01";
const LINEAGE = "0198c0de-0000-4000-8000-000000000b01";
const OTHER = "0198c0de-0000-4000-8000-000000000b02";
const COMMAND = "0198c0de-0000-7000-8000-000000000d01";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.chmod(folder, 0o700);
    await Deno.remove(folder, { recursive: true });
  }
}

function secret(name: string, disabled = false): DesiredSecret {
  return { name, profile: "p", disabled, authorisation: null };
}

async function snapshot(
  generation: bigint,
  secrets: DesiredSecret[],
  lineage = LINEAGE,
): Promise<SnapshotPart> {
  const hash = await stateHash(secrets);
  const base = { t: "state.snapshot", seq: 1, ack: 0, router_id: ROUTER } as const;
  return { ...base, lineage, generation, hash, part: 1, parts: 1, secrets, authorisations: [] };
}

async function delta(
  from: bigint,
  to: bigint,
  secrets: DesiredSecret[],
  whole: DesiredSecret[],
): Promise<Delta> {
  const hash = await stateHash(whole);
  const base = { t: "state.delta", seq: 1, ack: 0, router_id: ROUTER, lineage: LINEAGE } as const;
  return { ...base, from_generation: from, generation: to, hash, secrets, removed: [], authorisations: [] };
}

async function reload(folder: string): Promise<DesiredStore> {
  const store = new DesiredStore(folder, ROUTER, silentLogger);
  await store.load();
  return store;
}

for (const step of ["tmp_opened", "tmp_half_written", "tmp_synced", "renamed"] satisfies WriteStep[]) {
  Deno.test(`a crash at ${step} leaves the old state or the new one`, async () => {
    await inFolder(async (folder) => {
      await (await reload(folder)).applySnapshot(await snapshot(1n, [secret("ana")]));
      const crashing = new DesiredStore(folder, ROUTER, silentLogger, (at) => {
        if (at === step) throw new Error("power cut");
      });
      await crashing.load();
      await assert.rejects(
        crashing.applyDelta(await delta(1n, 2n, [secret("ben")], [secret("ana"), secret("ben")])),
        JournalError,
      );
      assert.equal(crashing.current?.generation, 1n, "memory follows only what was acknowledged");
      await removeLeftovers(folder);
      assert.equal((await reload(folder)).current?.generation, step === "renamed" ? 2n : 1n);
    });
  });
}

Deno.test("two accounts of one name are two, in a snapshot, a change and after a restart", async () => {
  await inFolder(async (folder) => {
    const store = await reload(folder);
    const pppoe = secret("juan");
    const l2tp: DesiredSecret = { ...secret("juan", true), service: "l2tp" };
    await store.applySnapshot(await snapshot(1n, [pppoe, l2tp]));
    const names = (one: DesiredStore) => one.current?.secrets.map(({ name, disabled }) => [name, disabled]);
    assert.deepEqual(names(store), [["juan", false], ["l2tp//juan", true]]);
    const on: DesiredSecret = { ...l2tp, disabled: false };
    const restored: string[][] = [];
    const outcome = await store.applyDelta(
      await delta(1n, 2n, [on], [pppoe, on]),
      (proved) => restored.push(proved.restored),
    );
    assert.equal(outcome.kind, "stored");
    assert.deepEqual(restored, [["l2tp//juan"]]);
    await store.applyDelta({ ...await delta(2n, 3n, [], [pppoe]), removed: ["l2tp//juan"] });
    assert.deepEqual(names(await reload(folder)), [["juan", false]]);
  });
});

Deno.test("a journal from before services were told apart is read as it was", async () => {
  await inFolder(async (folder) => {
    const secrets = [secret("juan"), secret("ana", true)];
    const old = {
      lineage: LINEAGE,
      generation: "5",
      hash: await stateHash(secrets),
      secrets,
      authorisations: [],
    };
    const path = join(folder, `${ROUTER}.state.json`);
    const store = await reload(folder);
    await store.applySnapshot(await snapshot(1n, []));
    const envelope = JSON.parse(await Deno.readTextFile(path));
    assert.deepEqual(Object.keys(envelope).sort(), Object.keys(old).sort(), "the file is the state itself");
    await Deno.writeTextFile(path, JSON.stringify(old));
    assert.equal((await reload(folder)).current?.generation, 5n);
  });
});

Deno.test("a damaged state file is set aside and the web asked again", async () => {
  await inFolder(async (folder) => {
    await (await reload(folder)).applySnapshot(await snapshot(1n, [secret("ana")]));
    const path = join(folder, `${ROUTER}.state.json`);
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"disabled":false', '"disabled":true'));
    const store = await reload(folder);
    assert.equal(store.current, null);
    assert.ok((await Deno.stat(`${path}.damaged`)).isFile);
    assert.equal((await store.applyDelta(await delta(1n, 2n, [], []))).kind, "resync");
  });
});

Deno.test("desired state never goes back within a lineage, and changes lineage by snapshot only", async () => {
  await inFolder(async (folder) => {
    const store = await reload(folder);
    await store.applySnapshot(await snapshot(5n, [secret("ana")]));
    assert.equal((await store.applySnapshot(await snapshot(4n, []))).kind, "refused");
    assert.equal((await store.applyDelta(await delta(3n, 6n, [], []))).kind, "resync");
    assert.equal((await store.applyDelta({ ...await delta(5n, 6n, [], []), lineage: OTHER })).kind, "resync");
    assert.equal((await store.applySnapshot({ ...await snapshot(7n, []), hash: "0" })).kind, "resync");
    assert.equal(store.current?.generation, 5n);
    assert.equal((await store.applySnapshot(await snapshot(1n, [], OTHER))).kind, "stored");
  });
});

Deno.test("a snapshot in parts is taken whole or not at all", async () => {
  await inFolder(async (folder) => {
    const store = await reload(folder);
    const whole = await snapshot(2n, [secret("ana"), secret("ben")]);
    const first = { ...whole, parts: 2, secrets: [secret("ana")] };
    const second = { ...whole, part: 2, parts: 2, secrets: [secret("ben")] };
    assert.equal((await store.applySnapshot(first)).kind, "partial");
    assert.equal(store.current, null);
    assert.equal((await store.applySnapshot(second)).kind, "stored");
    assert.equal((await store.applySnapshot(second)).kind, "resync");
  });
});

Deno.test("a command interrupted between started and done has an unknown outcome and is not waiting", async () => {
  await inFolder(async (folder) => {
    const store = new CommandStore(folder, silentLogger);
    const command = {
      id: COMMAND,
      kind: "router.test",
      router_id: ROUTER,
      arguments: {},
      not_after_ms: 1,
    } as const;
    await store.receive(command, 1);
    const received = new CommandStore(folder, silentLogger);
    await received.load(2);
    assert.deepEqual(received.waiting().map((item) => item.id), [COMMAND]);
    await store.start(COMMAND, 2);
    const again = new CommandStore(folder, silentLogger);
    await again.load(3);
    assert.deepEqual(again.waiting(), []);
    assert.equal(again.unreportedResults()[0]?.status, "outcome_unknown");
  });
});

Deno.test("marks survive a restart and changes made at once do not lose each other", async () => {
  await inFolder(async (folder) => {
    const marks = new MarksStore(folder, ROUTER, silentLogger);
    const mark = { authorisation: LINEAGE, generation: 3n, at_ms: 1, confirmed: false };
    await Promise.all([
      marks.intend(new Map([["ana", mark]]), [], 1),
      marks.setApplied(LINEAGE, 3n),
      marks.setBound({ serial_number: "S", software_id: null, identity: null }),
    ]);
    const again = new MarksStore(folder, ROUTER, silentLogger);
    await again.load();
    assert.deepEqual(again.current.cuts["ana"], mark);
    assert.equal(again.current.applied?.generation, 3n);
    assert.equal(again.current.bound?.serial_number, "S");
  });
});

Deno.test("a proved delta tells who may dial in again before it is on disk; one that cannot be proved tells nothing", async () => {
  await inFolder(async (folder) => {
    const store = await reload(folder);
    await store.applySnapshot(await snapshot(1n, [secret("ana", true), secret("ben", true), secret("cat")]));
    const heard: { restored: string[]; stored: bigint | undefined; isAnaOn: boolean }[] = [];
    const apply = (message: Delta) =>
      store.applyDelta(message, ({ restored, isOn }) => {
        heard.push({ restored, stored: store.current?.generation, isAnaOn: isOn("ana") });
      });
    const after = [secret("ana"), secret("ben", true), secret("cat")];
    const wrong = await delta(1n, 2n, [secret("ana")], [secret("somebody")]);
    assert.equal((await apply(wrong)).kind, "resync");
    assert.deepEqual(heard, []);
    assert.equal((await apply(await delta(1n, 2n, [secret("ana"), secret("cat")], after))).kind, "stored");
    assert.deepEqual(heard, [{ restored: ["ana"], stored: 1n, isAnaOn: true }]);
  });
});
