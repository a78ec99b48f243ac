import assert from "node:assert/strict";
import { silentLogger } from "@/shared/log.ts";
import type { DesiredSecret } from "@/shared/protocol/mod.ts";
import { ChangesStore } from "../../journal/changes_store.ts";
import type { DesiredState } from "../../journal/desired_store.ts";
import { MarksStore } from "../../journal/marks_store.ts";
import { SeenStore } from "../../journal/seen_store.ts";
import { ChangeWatch } from "./change_watch.ts";
import { FakePort } from "./fake_port_test_support.ts";
import type { PassOutcome } from "./outcome.ts";
import { type Looks, newLooks } from "./looks.ts";
import { noteWrites, OwnWrites } from "./own_writes.ts";
import { Pass } from "./pass.ts";
import type { Permit, RequestPermit, RouterPort } from "./ports.ts";

export const LINEAGE = "0198c0de-0000-4000-8000-000000000b01";
export const RUN = "0198c0de-0000-7000-8000-000000000c01";
export const MANUAL = "0198c0de-0000-7000-8000-000000000c02";

/** Books that want all of these accounts, some of them off. */
export function stateOf(
  generation: bigint,
  cut: readonly string[],
  all: readonly string[],
  more: { profile?: string | null; authorisation?: string } = {},
): DesiredState {
  const { profile = null, authorisation = RUN } = more;
  const secrets = all.map((name): DesiredSecret => {
    const disabled = cut.includes(name);
    return { name, profile, disabled, authorisation: disabled ? authorisation : null };
  });
  const kinds = [{ id: RUN, kind: "run" as const }, { id: MANUAL, kind: "manual" as const }];
  return {
    lineage: LINEAGE,
    generation,
    hash: "",
    secrets,
    authorisations: kinds.map((kind) => ({ ...kind, run_id: null, generation, count: cut.length })),
  };
}

/** A permit for these names, valid unless said otherwise. */
export function permitFor(names: readonly string[], isValid = () => true): Permit {
  return { names: new Set(names), isValid };
}

/** One router with the journal of an agent, looked at as often as a test wants. */
export class Bench {
  readonly router: FakePort;
  desired: DesiredState;
  allowed: ReadonlySet<string> = new Set();
  requestPermit: RequestPermit = ({ names }) => Promise.resolve(permitFor(names));
  nowMs = 1_000;
  own = new OwnWrites();
  pass: Pass | null = null;
  /** How often there was something to tell the web. */
  toldTimes = 0;
  kicked: string[] = [];
  /** Steps of journal writes that are left until the agent is killed, in the middle of one. */
  stepsToLive = Infinity;
  #parts: Parts | null = null;

  constructor(readonly folder: string, desired: DesiredState, disabled: readonly string[] = []) {
    this.desired = desired;
    const names = ["stranger", ...desired.secrets.map(({ name }) => name)];
    this.router = new FakePort(new Map(names.map((name) => [name, disabled.includes(name)])));
  }

  /** The stores of the agent that runs. */
  async parts(): Promise<Parts> {
    if (this.#parts !== null) return this.#parts;
    const onStep = () => {
      if (--this.stepsToLive <= 0) throw new Error("Cannot go on: killed");
    };
    const stores = [this.folder, "router", silentLogger, null, onStep] as const;
    const marks = new MarksStore(...stores);
    const seen = new SeenStore(...stores);
    const changes = new ChangesStore(...stores);
    for (const store of [marks, seen, changes]) await store.load();
    const watch = new ChangeWatch({
      marks,
      seen,
      changes,
      own: this.own,
      ownUser: "linya",
      allowed: () => this.allowed,
      nowMs: () => this.nowMs,
      log: silentLogger,
      onChanges: () => this.toldTimes++,
    });
    const looks = newLooks({ monotonicMs: () => this.nowMs, everyMs: 1, log: silentLogger });
    const port = noteWrites(this.#mortal(this.router), this.own, watch);
    this.#parts = { marks, seen, changes, watch, ...looks, port };
    return this.#parts;
  }

  /** The agent dies and starts again: what it held in memory is gone. */
  restart(): void {
    this.stepsToLive = Infinity;
    this.own = new OwnWrites();
    this.#parts = null;
  }

  /** The router, as far as a dead agent reaches it. */
  #mortal(router: RouterPort): RouterPort {
    return new Proxy(router, {
      get: (target, name) => {
        if (this.stepsToLive <= 0) throw new Error("Cannot go on: killed");
        return Reflect.get(target, name, target);
      },
    });
  }

  async run(): Promise<PassOutcome> {
    const { marks, watch, uplink, routerLog, port } = await this.parts();
    this.nowMs++;
    this.pass = new Pass({
      router: port,
      marks,
      own: this.own,
      changes: watch,
      uplink,
      routerLog,
      desired: () => this.desired,
      allowed: () => this.allowed,
      requestPermit: (request) => this.requestPermit(request),
      startKick: (names) => void this.kicked.push(...names),
      kicking: () => new Set(),
      nowMs: () => this.nowMs,
      monotonicMs: () => this.nowMs,
      log: silentLogger,
    }, this.desired);
    return await this.pass.run();
  }

  /** What was recorded, as `kind account before after`. */
  async recorded(): Promise<string[]> {
    const { changes } = await this.parts();
    return changes.unreported.map(({ kind, name, service, before, after }) =>
      [kind, service === undefined ? name : `${service}//${name}`, before, after].filter((word) =>
        word !== null
      )
        .join(" ")
    );
  }

  /** Writes since the last time of asking. */
  writes(): string[] {
    return this.router.writes.splice(0);
  }
}

export interface Parts extends Looks {
  marks: MarksStore;
  seen: SeenStore;
  changes: ChangesStore;
  watch: ChangeWatch;
  /** As commands have it. */
  port: RouterPort;
}

/** Runs `work` with a bench whose folder is gone afterwards. */
export async function onBench(
  desired: DesiredState,
  work: (bench: Bench) => Promise<void>,
  disabled: readonly string[] = [],
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(new Bench(folder, desired, disabled));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The accounts of `onSeen`. */
export const ALL = ["ana", "ben", "cai", "dot", "eli", "flo", "gia", "hub"];

/** Ana and ben are cut, the others on, and everything was seen once. */
export async function onSeen(work: (bench: Bench) => Promise<void>): Promise<void> {
  await onBench(stateOf(1n, ["ana", "ben"], ALL, { profile: "p" }), async (bench) => {
    await bench.run();
    await bench.run();
    assert.deepEqual(bench.writes(), ["disable ana ben"]);
    assert.deepEqual(await bench.recorded(), []);
    await work(bench);
  });
}
