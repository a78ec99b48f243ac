import { SEAL_VERSION } from "@/shared/crypto/mod.ts";
import type { Logger } from "@/shared/log.ts";
import { type AgentProblem, PPP_SERVICES, PROTOCOL_RANGE, type WebMessage } from "@/shared/protocol/mod.ts";
import { type AgentParts, makeParts } from "./agent_parts.ts";
import { COMMANDS } from "./commands/registry.ts";
import type { WebPort } from "./commands/runner.ts";
import type { AgentState } from "./health.ts";
import { type AgentKeys, type Enrolment, enrolmentFile } from "./journal/enrolment_files.ts";
import { makePrivateFolder, removeLeftovers } from "./journal/files.ts";
import { dial, type DialOutcome, isGenuineRevocation } from "./link/dial.ts";
import { Link, LinkClosedError, type LinkEnd } from "./link/link.ts";
import { problemOfDial, problemOfEnd, tellingProblem } from "./link/link_problem.ts";
import { planReconnect } from "./link/reconnect.ts";
import type { LoopTiming } from "./routers/reconcile/loop_timing.ts";
import type { ConnectRouter } from "./routers/reconcile/ports.ts";
import { wait } from "./routers/reconcile/waiting.ts";
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
  readonly #parts: AgentParts;
  readonly #bootId = crypto.randomUUID();
  #link: Link | null = null;
  /** What ended the last connection or has kept the next one from opening since; told at the next hello. */
  #lastEnd: AgentProblem | null = null;
  #isWelcome = false;
  #linkState: AgentState["link"] = "connecting";
  #linkMessage: string | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#parts = makeParts(options, {
      web: this.#web(),
      onTrouble: (problem) => this.#tellTrouble(problem),
      onChange: () => this.#tellState(),
    });
  }

  get state(): AgentState {
    return {
      link: this.#linkState,
      linkMessage: this.#linkMessage,
      routers: this.#parts.siteRouters.states,
    };
  }

  /** Runs until aborted: routers from disk at once, the web as soon as it answers. */
  async run(signal: AbortSignal): Promise<void> {
    await makePrivateFolder(this.#options.folder);
    await removeLeftovers(this.#options.folder);
    await this.#parts.settings.load();
    await this.#parts.commands.load(this.#options.nowMs());
    await this.#parts.overrides.refresh();
    await this.#parts.siteRouters.apply(this.#parts.settings.routers);
    await Promise.all([this.#stayLinked(signal), this.#watchOverrides(signal)]);
    this.#parts.firstSessions.stop();
    await Promise.all([this.#parts.runner.stop(), this.#parts.siteRouters.stop()]);
  }

  async #watchOverrides(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await wait(OVERRIDE_POLL_MS, signal);
      const added = await this.#parts.overrides.refresh();
      for (const { name, until_ms } of added) {
        this.#options.log.warn("let_through_by_hand", { name, until_ms });
      }
      if (added.length > 0) this.#parts.siteRouters.wake();
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
        this.#lastEnd = problemOfEnd(end);
        plan = planReconnect({ kind: "link", end }, attempt, random);
      } else {
        await this.#notOpened(outcome);
        this.#lastEnd = tellingProblem(this.#lastEnd, problemOfDial(outcome));
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
      serverClock: this.#parts.serverClock,
      monotonicMs,
      random,
      handle: (message) => this.#handle(message, link),
      peek: (message) => {
        if (message.t !== "permit.grant") return false;
        this.#parts.permits.receive(message);
        return true;
      },
    });
    this.#link = link;
    this.#isWelcome = false;
    const stop = () => link.close(CLOSE_NORMAL, "stopping", { code: "stopped", detail: null });
    signal.addEventListener("abort", stop, { once: true });
    const impatience = setTimeout(() => {
      if (!this.#isWelcome) link.close(CLOSE_PROTOCOL, "no welcome", { code: "no_welcome", detail: null });
    }, WELCOME_WITHIN_MS);
    this.#sayHello(link);
    const end = await link.ended;
    clearTimeout(impatience);
    signal.removeEventListener("abort", stop);
    this.#linkDown();
    return end;
  }

  #sayHello(link: Link): void {
    const results = this.#parts.commands.unreportedResults();
    const { keys, nowMs, log } = this.#options;
    link.deliver({
      t: "hello",
      proto: [...PROTOCOL_RANGE],
      version: AGENT_VERSION,
      install_id: keys.installId,
      boot_id: this.#bootId,
      routers: this.#parts.siteRouters.helloRows,
      settings_version: this.#parts.settings.version,
      results,
      commands: Object.keys(COMMANDS),
      ppp_services: [...PPP_SERVICES],
      seal_version: SEAL_VERSION,
      clock_ms: nowMs(),
      last_end: this.#lastEnd,
      trouble: this.#parts.disk.problem,
    }).then(() => this.#parts.commands.markReported(results.map((result) => result.id), nowMs()))
      .catch((error) => {
        if (!(error instanceof LinkClosedError)) log.error("hello_failed", { error });
      });
  }

  #linkDown(): void {
    this.#link = null;
    this.#isWelcome = false;
    this.#parts.permits.linkDown();
    this.#parts.runner.linkDown();
    this.#parts.siteRouters.linkDown();
    this.#setLink("connecting", null);
  }

  /** One message at a time. A rejection (the disk is full, say) closes the link unacknowledged, and the web sends again. */
  async #handle(message: WebMessage, link: Link): Promise<void> {
    switch (message.t) {
      case "welcome":
        return this.#welcome(link);
      case "router.settings":
        await this.#parts.settings.replace({
          settings_version: message.settings_version,
          routers: message.routers,
        });
        return await this.#parts.siteRouters.apply(message.routers);
      case "state.snapshot":
      case "state.delta":
        return await this.#parts.siteRouters.store(message, link);
      case "command":
        return await this.#parts.runner.accept(commandOf(message));
      case "command.withdraw":
        return await this.#parts.runner.withdraw(message.id);
      case "router.changes_kept":
        return await this.#parts.siteRouters.find(message.router_id)?.changes.kept(message.ids);
      case "state.read": {
        const router = this.#parts.siteRouters.find(message.router_id);
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
    this.#parts.permits.linkUp(link);
    this.#setLink("connected", null);
    this.#options.log.info("link_opened", { site: this.#options.enrolment.site_name });
    this.#parts.siteRouters.linkUp();
    this.#parts.runner.resume();
  }

  async #revoked(message: Extract<WebMessage, { t: "revoked" }>, link: Link): Promise<void> {
    if (!await isGenuineRevocation(this.#options.enrolment, message)) {
      return this.#options.log.error("revocation_not_genuine", {});
    }
    await this.#forget(message.at_ms);
    link.close(4403, "revoked", { code: "revoked", detail: null });
  }

  /** R13: the passwords go; what the routers do stays as it is. */
  async #forget(atMs: number): Promise<void> {
    const { enrolment, folder, log } = this.#options;
    await this.#parts.settings.forget();
    await this.#parts.siteRouters.apply([]);
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

  /** A connection that is up hears it at once; the next one hears it at its hello. */
  #tellTrouble(trouble: AgentProblem | null): void {
    const { log } = this.#options;
    if (trouble === null) log.info("agent_trouble_over");
    else log.error("agent_trouble", { error_code: trouble.code, detail: trouble.detail });
    this.#web().send({ t: "agent.trouble", trouble }).catch((error) => {
      if (!(error instanceof LinkClosedError)) log.error("agent_trouble_not_told", { error });
    });
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

function commandOf(
  { id, kind, router_id, arguments: args, not_after_ms }: Extract<WebMessage, { t: "command" }>,
) {
  return { id, kind, router_id, arguments: args, not_after_ms };
}
