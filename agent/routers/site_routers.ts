import type { SealingKeyPair } from "@/shared/crypto/mod.ts";
import type { Logger } from "@/shared/log.ts";
import type { AgentMessage, RouterSettings, Unnumbered, WebMessage } from "@/shared/protocol/mod.ts";
import type { AgentState } from "../health.ts";
import type { DiskHealth } from "../journal/disk_health.ts";
import { type Link, LinkClosedError } from "../link/link.ts";
import type { LoopTiming } from "./reconcile/loop_timing.ts";
import type { ConnectRouter, RequestPermit } from "./reconcile/ports.ts";
import type { SendToWeb } from "./reconcile/reporter.ts";
import { SiteRouter } from "./site_router.ts";

/** What the routers of a site share. */
export interface SiteRoutersOptions {
  folder: string;
  disk: DiskHealth;
  sealing: SealingKeyPair;
  connect: ConnectRouter;
  send: SendToWeb;
  permitsOf(routerId: string): RequestPermit;
  allowed(): ReadonlySet<string>;
  nowMs(): number;
  monotonicMs(): number;
  random(): number;
  log: Logger;
  timing: LoopTiming;
  /** Heard whenever a router comes, goes or changes its status. */
  onChange(): void;
}

/** A state message: whole, in parts, or what changed. */
type StateMessage = Extract<WebMessage, { t: "state.snapshot" | "state.delta" }>;
type HelloRow = Extract<Unnumbered<AgentMessage>, { t: "hello" }>["routers"][number];

/** The routers of a site by their id, as the last settings name them. */
export class SiteRouters {
  readonly #options: SiteRoutersOptions;
  readonly #routers = new Map<string, SiteRouter>();
  #isLinkUp = false;

  constructor(options: SiteRoutersOptions) {
    this.#options = options;
  }

  /** One router; undefined when the settings do not name it. */
  find(routerId: string): SiteRouter | undefined {
    return this.#routers.get(routerId);
  }

  /** Names and states, for `status`. */
  get states(): AgentState["routers"] {
    return [...this.#routers.values()].map(({ settings, reporter }) => ({
      name: settings.name,
      status: reporter.status?.status ?? "starting",
    }));
  }

  /** What the hello says is on disk. */
  get helloRows(): HelloRow[] {
    return [...this.#routers].flatMap(([routerId, router]) => helloRow(routerId, router));
  }

  linkUp(): void {
    this.#isLinkUp = true;
    for (const router of this.#routers.values()) {
      router.reporter.linkUp();
      router.loop?.wake();
    }
  }

  linkDown(): void {
    this.#isLinkUp = false;
    for (const router of this.#routers.values()) router.reporter.linkDown();
  }

  wake(): void {
    for (const router of this.#routers.values()) router.loop?.wake();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#routers.values()].map((router) => router.stop()));
  }

  /** Starts, changes and stops routers until they are what the settings name. */
  async apply(settings: readonly RouterSettings[]): Promise<void> {
    const wanted = new Set(settings.map((item) => item.router_id));
    for (const [id, router] of this.#routers) {
      if (wanted.has(id)) continue;
      // Taken out of the books: it is left alone as it is.
      this.#routers.delete(id);
      await router.stop();
    }
    await Promise.all(settings.map((item) => this.#applyOne(item)));
    this.#options.onChange();
  }

  async #applyOne(settings: RouterSettings): Promise<void> {
    const known = this.#routers.get(settings.router_id);
    if (known !== undefined) return await known.update(settings);
    const { permitsOf, onChange, log, ...shared } = this.#options;
    const router = new SiteRouter({
      ...shared,
      settings,
      requestPermit: permitsOf(settings.router_id),
      log: log.child({ router: settings.router_id, router_name: settings.name }),
      onStatus: onChange,
    });
    await router.load();
    this.#routers.set(settings.router_id, router);
    if (this.#isLinkUp) router.reporter.linkUp();
    router.start();
  }

  /** Stores a router's state and tells the web what became of it. Rejects when it could not be stored. */
  async store(message: StateMessage, link: Link): Promise<void> {
    const { router_id, lineage } = message;
    const router = this.#routers.get(router_id);
    if (router === undefined) {
      const problem = `no settings for ${router_id}`;
      return tell(link, { t: "nack", of: message.seq, code: "unknown_router", message: problem });
    }
    const outcome = message.t === "state.snapshot"
      ? await router.desired.applySnapshot(message)
      : await router.desired.applyDelta(message, (proved) => router.loop?.stateProved(proved));
    switch (outcome.kind) {
      case "partial":
        return;
      case "stored": {
        // The router first: who paid does not wait for the receipt.
        if (router.loop !== null) router.loop.stateStored();
        const { generation, hash } = outcome.state;
        return tell(link, { t: "state.stored", router_id, lineage, generation, hash });
      }
      case "refused":
        this.#options.log.warn("state_refused", { router: router_id, reason: outcome.message });
        return tell(link, { t: "nack", of: message.seq, code: outcome.code, message: outcome.message });
      case "resync":
        this.#options.log.warn("state_resync", { router: router_id, reason: outcome.reason });
        return tell(link, { t: "state.resync", router_id, lineage, reason: outcome.reason });
    }
  }
}

function helloRow(routerId: string, router: SiteRouter): HelloRow[] {
  const state = router.desired.current;
  if (state === null) return [];
  return [{
    router_id: routerId,
    lineage: state.lineage,
    stored_generation: state.generation,
    applied_generation: router.marks.appliedOf(state.lineage),
    hash: state.hash,
  }];
}

/** Sent if the link still stands; otherwise the next hello says it. */
function tell(link: Link, message: Parameters<Link["send"]>[0]): void {
  link.send(message).catch((error) => {
    if (!(error instanceof LinkClosedError)) throw error;
  });
}
