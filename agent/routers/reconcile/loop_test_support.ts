import { generateSealingKey, seal } from "@/shared/crypto/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import {
  type AgentMessage,
  type DesiredSecret,
  type HandChange,
  routerSealContext,
  type RouterSettings,
  stateHash,
  type Unnumbered,
} from "@/shared/protocol/mod.ts";
import { DesiredStore } from "../../journal/desired_store.ts";
import { ChangesStore } from "../../journal/changes_store.ts";
import { MarksStore } from "../../journal/marks_store.ts";
import { SeenStore } from "../../journal/seen_store.ts";
import { type LoopOptions, RouterLoop } from "./loop.ts";
import { LOOP_TIMING } from "./loop_timing.ts";
import { Reporter } from "./reporter.ts";

const ROUTER = "0198c0de-0000-7000-8000-000000000a01";
const LINEAGE = "0198c0de-0000-4000-8000-000000000b01";
const RUN = "0198c0de-0000-7000-8000-000000000c01";

export type Report = Extract<Unnumbered<AgentMessage>, { t: "state.report" }>;
export type StatusMessage = Extract<Unnumbered<AgentMessage>, { t: "router.status" }>;

/** A loop at work, and what it told the web. */
export interface TestLoop {
  loop: RouterLoop;
  desired: DesiredStore;
  marks: MarksStore;
  seen: SeenStore;
  changes: ChangesStore;
  /** Stores what the books want from now on, as the next generation. */
  want(wanted: TestLoopOptions["wanted"], profile?: string | null): Promise<void>;
  /** Changes made by hand that were told, in the order of telling. */
  told: HandChange[];
  reports: Report[];
  /** Each status that was told, oldest first. */
  statuses: StatusMessage[];
}

/** What a test may want otherwise. */
export interface TestLoopOptions extends Partial<LoopOptions> {
  /** Wanted state by name: true for disabled. */
  wanted: Readonly<Record<string, boolean>>;
  connect: LoopOptions["connect"];
  address?: Pick<RouterSettings, "host" | "port" | "username">;
  password?: string;
  /** What the router is known by; null for one that was never seen. */
  serialNumber?: string | null;
  softwareId?: string | null;
  /** Profile that the books want of everybody. */
  profile?: string | null;
  /** The journal of an agent that ran before. */
  folder?: string;
}

/** Runs a loop whose link to the web is up, for as long as `work` takes. */
export async function withLoop(
  options: TestLoopOptions,
  work: (parts: TestLoop) => Promise<void>,
): Promise<void> {
  const folder = options.folder ?? await Deno.makeTempDir();
  const stopping = new AbortController();
  const reports: Report[] = [];
  const statuses: StatusMessage[] = [];
  const told: HandChange[] = [];
  const marks = new MarksStore(folder, ROUTER, silentLogger);
  const seen = new SeenStore(folder, ROUTER, silentLogger);
  const changes = new ChangesStore(folder, ROUTER, silentLogger);
  for (const store of [marks, seen, changes]) await store.load();
  const reporter = new Reporter({
    routerId: ROUTER,
    nowMs: () => 1_000,
    send: (message) => {
      if (message.t === "state.report") reports.push(message);
      if (message.t === "router.status") statuses.push(message);
      if (message.t === "router.changes") told.push(...message.changes);
      return Promise.resolve();
    },
    unreported: () => changes.unreported,
    question: () => marks.current.question,
  });
  reporter.linkUp();
  const desired = new DesiredStore(folder, ROUTER, silentLogger);
  await desired.load();
  await store(desired, options.wanted, options.profile ?? null);
  const loop = new RouterLoop({
    ...await settingsOf(options),
    desired,
    marks,
    seen,
    changes,
    reporter,
    allowed: () => new Set(),
    requestPermit: () => Promise.resolve(null),
    nowMs: () => 1_000,
    monotonicMs: () => performance.now(),
    random: () => 0.5,
    log: silentLogger,
    timing: { ...LOOP_TIMING, followUpsMs: [20, 20] },
    ...options,
  });
  const done = loop.run(stopping.signal);
  try {
    const want: TestLoop["want"] = async (wanted, profile = options.profile ?? null) => {
      await store(desired, wanted, profile);
      loop.stateStored();
    };
    await work({ loop, desired, marks, seen, changes, want, told, reports, statuses });
  } finally {
    stopping.abort();
    await done;
    if (options.folder === undefined) await Deno.remove(folder, { recursive: true });
  }
}

/** Puts the next generation on disk, with one authorisation for all that are off. */
async function store(
  desired: DesiredStore,
  wanted: TestLoopOptions["wanted"],
  profile: string | null,
): Promise<void> {
  const generation = (desired.current?.generation ?? 0n) + 1n;
  const secrets = Object.entries(wanted).map(([name, disabled]): DesiredSecret => ({
    name,
    profile,
    disabled,
    authorisation: disabled ? RUN : null,
  }));
  await desired.applySnapshot({
    t: "state.snapshot",
    seq: 1,
    ack: 0,
    router_id: ROUTER,
    lineage: LINEAGE,
    generation,
    hash: await stateHash(secrets),
    part: 1,
    parts: 1,
    secrets,
    authorisations: [{
      id: RUN,
      kind: "run",
      run_id: null,
      generation,
      count: secrets.filter((secret) => secret.disabled).length,
    }],
  });
}

async function settingsOf(options: TestLoopOptions): Promise<Pick<LoopOptions, "settings" | "sealing">> {
  const sealing = await generateSealingKey();
  const { address = { host: "192.0.2.1", port: 8728, username: "linya" } } = options;
  const key = { publicKey: sealing.publicKey, version: 2 } as const;
  const settings: RouterSettings = {
    router_id: ROUTER,
    name: "R1",
    ...address,
    sealed_credentials: await seal(key, options.password ?? "password", routerSealContext(ROUTER)),
    serial_number: options.serialNumber === undefined ? "SERIAL" : options.serialNumber,
    software_id: options.softwareId ?? null,
  };
  return { settings, sealing };
}
