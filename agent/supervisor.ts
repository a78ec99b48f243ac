import type { Logger } from "@/shared/log.ts";
import { PROTOCOL_RANGE, type RouterSettings, type WebMessage } from "@/shared/protocol/mod.ts";
import { COMMANDS } from "./commands/registry.ts";
import { CommandRunner, type WebPort } from "./commands/runner.ts";
import type { AgentState } from "./health.ts";
import { CommandStore } from "./journal/command_store.ts";
import { type AgentKeys, type Enrolment, enrolmentFile } from "./journal/enrolment_files.ts";
import { makePrivateFolder, removeLeftovers } from "./journal/files.ts";
import { OverrideStore } from "./journal/override_store.ts";
import { SettingsStore } from "./journal/settings_store.ts";
import { dial, type DialOutcome, isGenuineRevocation } from "./link/dial.ts";
import { Link, LinkClosedError, type LinkEnd } from "./link/link.ts";
import { PermitDesk } from "./link/permits.ts";
import { planReconnect } from "./link/reconnect.ts";
import { ServerClock } from "./link/server_clock.ts";
import { LOOP_TIMING, type LoopTiming } from "./reconcile/loop.ts";
import type { ConnectRouter } from "./reconcile/ports.ts";
import { wait } from "./reconcile/wakeup.ts";
import { SiteRouter } from "./site_router.ts";
import { AGENT_VERSION } from "./version.ts";

export interface SupervisorOptions {
  folder: string;
  enrolment: Enrolment;
  keys: AgentKeys;
  connect: ConnectRouter;
  nowMs(): number;
  monotonicMs(): number;
  random(): number;
  log: Logger;
  /** @default LOOP_TIMING */
  timing?: LoopTiming;
  /** Heard whenever link or router states change. */
  onState?: (state: AgentState) => void;
}

const WELCOME_WITHIN_MS = 10_000;
const OVERRIDE_POLL_MS = 2_000;
const CLOSE_PROTOCOL = 4400;
const CLOSE_NORMAL = 1000;

/** Owns the parts of the daemon and passes events between them: link, journal, routers, commands. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #settings: SettingsStore;
  readonly #overrides: OverrideStore;
  readonly #commands: CommandStore;
  readonly #runner: CommandRunner;
  readonly #permits: PermitDesk;
  readonly #serverClock: ServerClock;
  readonly #routers = new Map<string, SiteRouter>();
  readonly #bootId = crypto.randomUUID();
  #link: Link | null = null;
  #isWelcome = false;
  #linkState: AgentState["link"] = "connecting";
  #linkMessage: string | null = null;

  constructor(options: SupervisorOptions) {
    const { folder, log, nowMs, monotonicMs, keys, connect } = options;
    this.#options = options;
    this.#settings = new SettingsStore(folder, log);
    this.#overrides = new OverrideStore(folder, log);
    this.#commands = new CommandStore(folder, log);
    this.#permits = new PermitDesk({ nowMs, monotonicMs });
    this.#serverClock = new ServerClock(monotonicMs);
    this.#runner = new CommandRunner({
      store: this.#commands,
      handlers: COMMANDS,
      context: {
        settings: (id) => this.#settings.find(id),
        openRouter: (id) => this.#routers.get(id)?.loop?.router ?? null,
        sealing: keys.sealing,
        connect,
      },
      web: this.#web(),
      serverNowMs: () => this.#serverClock.nowMs(),
      nowMs,
      log,
    });
  }

  get state(): AgentState {
    return {
      link: this.#linkState,
      linkMessage: this.#linkMessage,
      routers: [...this.#routers.values()].map(({ settings, reporter }) => ({
        name: settings.name,
        status: reporter.status?.status ?? "starting",
      })),
    };
  }

  /** Runs until aborted: routers from disk at once, the web as soon as it answers. */
  async run(signal: AbortSignal): Promise<void> {
    await makePrivateFolder(this.#options.folder);
    await removeLeftovers(this.#options.folder);
    await this.#settings.load();
    await this.#commands.load(this.#options.nowMs());
    await this.#overrides.refresh();
    await this.#applySettings(this.#settings.routers);
    await Promise.all([this.#stayLinked(signal), this.#watchOverrides(signal)]);
    await Promise.all([this.#runner.stop(), ...[...this.#routers.values()].map((router) => router.stop())]);
  }

  async #watchOverrides(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await wait(OVERRIDE_POLL_MS, signal);
      const added = await this.#overrides.refresh();
      for (const { name, until_ms } of added) {
        this.#options.log.warn("let_through_by_hand", { name, until_ms });
      }
      if (added.length > 0) { for (const router of this.#routers.values()) router.loop?.wake(); }
    }
  }

  async #stayLinked(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    while (!signal.aborted) {
      const { enrolment, keys, random, log } = this.#options;
      const outcome = await dial({ enrolment, keys, signal });
      if (signal.aborted) return;
      let plan;
      if (outcome.kind === "open") {
        const end = await this.#converse(outcome.socket, signal);
        if (signal.aborted) return;
        log.info("link_closed", {
          close_code: end.code,
          reason: end.reason,
          lived_ms: Math.round(end.livedMs),
        });
        plan = planReconnect({ kind: "link", end }, attempt, random);
      } else {
        await this.#notOpened(outcome);
        plan = planReconnect({ kind: "dial", outcome }, attempt, random);
      }
      attempt = plan.attempt;
      await wait(plan.delayMs, signal);
    }
  }

  async #notOpened(outcome: Exclude<DialOutcome, { kind: "open" }>): Promise<void> {
    if (outcome.kind === "revoked") return await this.#forget(outcome.atMs);
    const state = outcome.kind === "refused" ? "refused" : "connecting";
    if (this.#linkState !== state || this.#linkMessage !== outcome.message) {
      this.#options.log.warn("link_not_opened", { state, reason: outcome.message });
    }
    this.#setLink(state, outcome.message);
  }

  async #converse(socket: WebSocket, signal: AbortSignal): Promise<LinkEnd> {
    const { log, monotonicMs, random } = this.#options;
    const link: Link = new Link(socket, {
      log,
      serverClock: this.#serverClock,
      monotonicMs,
      random,
      handle: (message) => this.#handle(message, link),
      peek: (message) => {
        if (message.t !== "permit.grant") return false;
        this.#permits.receive(message);
        return true;
      },
    });
    this.#link = link;
    this.#isWelcome = false;
    const stop = () => link.close(CLOSE_NORMAL, "stopping");
    signal.addEventListener("abort", stop, { once: true });
    const impatience = setTimeout(() => {
      if (!this.#isWelcome) link.close(CLOSE_PROTOCOL, "no welcome");
    }, WELCOME_WITHIN_MS);
    this.#sayHello(link);
    const end = await link.ended;
    clearTimeout(impatience);
    signal.removeEventListener("abort", stop);
    this.#linkDown();
    return end;
  }

  #sayHello(link: Link): void {
    const results = this.#commands.unreportedResults();
    const { keys, nowMs, log } = this.#options;
    link.deliver({
      t: "hello",
      proto: [...PROTOCOL_RANGE],
      version: AGENT_VERSION,
      install_id: keys.installId,
      boot_id: this.#bootId,
      routers: [...this.#routers].flatMap(([router_id, router]) => helloRow(router_id, router)),
      settings_version: this.#settings.version,
      results,
    }).then(() => this.#commands.markReported(results.map((result) => result.id), nowMs()))
      .catch((error) => {
        if (!(error instanceof LinkClosedError)) log.error("hello_failed", { error });
      });
  }

  #linkDown(): void {
    this.#link = null;
    this.#isWelcome = false;
    this.#permits.linkDown();
    for (const router of this.#routers.values()) router.reporter.linkDown();
    this.#setLink("connecting", null);
  }

  /** One message at a time. A rejection (the disk is full, say) closes the link unacknowledged, and the web sends again. */
  async #handle(message: WebMessage, link: Link): Promise<void> {
    switch (message.t) {
      case "welcome":
        return this.#welcome(link);
      case "router.settings":
        await this.#settings.replace({
          settings_version: message.settings_version,
          routers: message.routers,
        });
        return await this.#applySettings(message.routers);
      case "state.snapshot":
      case "state.delta":
        return await this.#store(message, link);
      case "command":
        return await this.#runner.accept(commandOf(message));
      case "state.read": {
        const router = this.#routers.get(message.router_id);
        router?.reporter.askComplete();
        return router?.loop?.wake();
      }
      case "revoked":
        return await this.#revoked(message, link);
      case "nack":
        return this.#options.log.warn("web_nacked", {
          of: message.of,
          error_code: message.code,
          reason: message.message,
        });
    }
  }

  #welcome(link: Link): void {
    this.#isWelcome = true;
    this.#permits.linkUp(link);
    this.#setLink("connected", null);
    this.#options.log.info("link_opened", { site: this.#options.enrolment.site_name });
    for (const router of this.#routers.values()) {
      router.reporter.linkUp();
      router.loop?.wake();
    }
    this.#runner.resume();
  }

  async #store(
    message: Extract<WebMessage, { t: "state.snapshot" | "state.delta" }>,
    link: Link,
  ): Promise<void> {
    const { router_id, lineage } = message;
    const router = this.#routers.get(router_id);
    if (router === undefined) {
      return tell(link, {
        t: "nack",
        of: message.seq,
        code: "unknown_router",
        message: `no settings for ${router_id}`,
      });
    }
    const outcome = message.t === "state.snapshot"
      ? await router.desired.applySnapshot(message)
      : await router.desired.applyDelta(message);
    switch (outcome.kind) {
      case "partial":
        return;
      case "stored":
        // The router first: who paid does not wait for the receipt.
        if (router.loop !== null) router.loop.stateStored();
        return tell(link, {
          t: "state.stored",
          router_id,
          lineage,
          generation: outcome.state.generation,
          hash: outcome.state.hash,
        });
      case "refused":
        this.#options.log.warn("state_refused", { router: router_id, reason: outcome.message });
        return tell(link, { t: "nack", of: message.seq, code: outcome.code, message: outcome.message });
      case "resync":
        this.#options.log.warn("state_resync", { router: router_id, reason: outcome.reason });
        return tell(link, { t: "state.resync", router_id, lineage, reason: outcome.reason });
    }
  }

  async #applySettings(settings: readonly RouterSettings[]): Promise<void> {
    const wanted = new Set(settings.map((item) => item.router_id));
    for (const [id, router] of this.#routers) {
      if (wanted.has(id)) continue;
      // Taken out of the books: it is left alone as it is.
      this.#routers.delete(id);
      await router.stop();
    }
    await Promise.all(settings.map((item) => this.#applyRouter(item)));
    this.#tellState();
  }

  async #applyRouter(settings: RouterSettings): Promise<void> {
    const known = this.#routers.get(settings.router_id);
    if (known !== undefined) return await known.update(settings);
    const { folder, keys, connect, nowMs, monotonicMs, random, log, timing } = this.#options;
    const router = new SiteRouter({
      settings,
      folder,
      sealing: keys.sealing,
      connect,
      send: (message) => this.#web().send(message),
      requestPermit: this.#permits.forRouter(settings.router_id),
      allowed: () => this.#overrides.namesAt(nowMs()),
      nowMs,
      monotonicMs,
      random,
      log: log.child({ router: settings.router_id, router_name: settings.name }),
      timing: timing ?? LOOP_TIMING,
      onStatus: () => this.#tellState(),
    });
    await router.load();
    this.#routers.set(settings.router_id, router);
    if (this.#isWelcome) router.reporter.linkUp();
    router.start();
  }

  async #revoked(message: Extract<WebMessage, { t: "revoked" }>, link: Link): Promise<void> {
    if (!await isGenuineRevocation(this.#options.enrolment, message)) {
      return this.#options.log.error("revocation_not_genuine", {});
    }
    await this.#forget(message.at_ms);
    link.close(4403, "revoked");
  }

  /** R13: the passwords go; what the routers do stays as it is. */
  async #forget(atMs: number): Promise<void> {
    const { enrolment, folder, log } = this.#options;
    await this.#settings.forget();
    await this.#applySettings([]);
    if (enrolment.revoked_at_ms === null) {
      enrolment.revoked_at_ms = atMs;
      await enrolmentFile(folder, log).save(enrolment);
      log.warn("agent_revoked", { at_ms: atMs });
    }
    this.#setLink("revoked", "This agent was revoked. Enrol it again with a new code.");
  }

  #web(): WebPort {
    const link = () => this.#isWelcome && this.#link !== null ? this.#link : null;
    const noLink = () => Promise.reject(new LinkClosedError("Cannot send: the link is closed"));
    return {
      send: (message) => link()?.send(message) ?? noLink(),
      deliver: (message) => link()?.deliver(message) ?? noLink(),
    };
  }

  #setLink(state: AgentState["link"], message: string | null): void {
    const isRevoked = this.#options.enrolment.revoked_at_ms !== null && state !== "connected";
    this.#linkState = isRevoked ? "revoked" : state;
    this.#linkMessage = message;
    this.#tellState();
  }

  #tellState(): void {
    this.#options.onState?.(this.state);
  }
}

type HelloRow = Extract<Parameters<Link["send"]>[0], { t: "hello" }>["routers"][number];

function helloRow(routerId: string, router: SiteRouter): HelloRow[] {
  const state = router.desired.current;
  if (state === null) return [];
  const { applied } = router.marks.current;
  return [{
    router_id: routerId,
    lineage: state.lineage,
    stored_generation: state.generation,
    applied_generation: applied?.lineage === state.lineage ? applied.generation : 0n,
    hash: state.hash,
  }];
}

function commandOf(
  { id, kind, router_id, arguments: args, not_after_ms }: Extract<WebMessage, { t: "command" }>,
) {
  return { id, kind, router_id, arguments: args, not_after_ms };
}

/** Sent if the link still stands; otherwise the next hello says it. */
function tell(link: Link, message: Parameters<Link["send"]>[0]): void {
  link.send(message).catch((error) => {
    if (!(error instanceof LinkClosedError)) throw error;
  });
}
