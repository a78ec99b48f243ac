import {
  chunkRows,
  CLOSE,
  FIRST_COMMAND_KINDS,
  formatFrame,
  MAX_CHUNK_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGE_ROWS,
} from "@/shared/protocol/mod.ts";
import type { AgentMessageOf, Outgoing, SiteView, StateMark, StateRows } from "./agent_records.ts";
import type { AgentLink } from "./agent_link.ts";
import type { LinkSurroundings } from "./options.ts";
import { pppoeOnly } from "./pppoe_state.ts";

/** A second resync of a router within this time waits for its end: a state that cannot be proved must not spin. */
const RESYNC_EVERY_MS = 5_000;
/** What a part's authorisations may take beside its secrets; where people disabled one by one, each has its own. */
const AUTHORISATION_BYTES = MAX_MESSAGE_BYTES - MAX_CHUNK_BYTES - 4_096;

/**
 * Brings one agent's copy of its site up to date: settings, then desired state, then commands. Level-triggered: a wake
 * means "look again", however many there were, and what is sent is what the database says when there is room.
 */
export class SiteSync {
  readonly #link: AgentLink;
  readonly #around: LinkSurroundings;
  readonly #known = new Map<string, Omit<StateMark, "routerId">>();
  readonly #commandsSent = new Set<string>();
  readonly #withdrawn = new Set<string>();
  #kinds: ReadonlySet<string> = new Set(FIRST_COMMAND_KINDS);
  #tellsServicesApart = false;
  readonly #resyncedMs = new Map<string, number>();
  #routerIds = new Set<string>();
  readonly #later = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #moved = new Set<string>();
  #settingsVersion: string | null = null;
  #isDirty = false;
  #isRunning = false;

  constructor(link: AgentLink, around: LinkSurroundings) {
    this.#link = link;
    this.#around = around;
  }

  /** Whether a wake for these routers concerns this agent. */
  hasAny(routerIds: readonly string[]): boolean {
    return routerIds.some((id) => this.#routerIds.has(id));
  }

  /** Starts from what the agent says it holds. */
  start(hello: AgentMessageOf<"hello">): void {
    for (const router of hello.routers) {
      this.#known.set(router.router_id, {
        lineage: router.lineage,
        generation: router.stored_generation,
        hash: router.hash,
      });
    }
    this.#settingsVersion = hello.settings_version;
    this.#kinds = new Set(hello.commands ?? FIRST_COMMAND_KINDS);
    this.#tellsServicesApart = hello.ppp_services !== undefined;
    this.wake();
  }

  /** The agent lost its copy of a router: the next pass sends a snapshot, at once unless it has just asked. */
  forget(routerId: string): void {
    const nowMs = this.#around.monotonicMs();
    const waitMs = (this.#resyncedMs.get(routerId) ?? -Infinity) + RESYNC_EVERY_MS - nowMs;
    if (waitMs <= 0) {
      this.#resyncedMs.set(routerId, nowMs);
      this.#known.delete(routerId);
      return this.wake();
    }
    this.#around.log.warn("agent_resync_again", { agent: this.#link.agent.agentId, router: routerId });
    if (this.#later.has(routerId)) return;
    const timer = setTimeout(() => {
      this.#later.delete(routerId);
      this.forget(routerId);
    }, waitMs);
    this.#later.set(routerId, timer);
  }

  /** The link is closed. */
  stop(): void {
    for (const timer of this.#later.values()) clearTimeout(timer);
    this.#later.clear();
  }

  /** @param routerIds whose states have just moved; without them everything is looked at */
  wake(routerIds: readonly string[] = []): void {
    const moved = routerIds.filter((id) => this.#routerIds.has(id));
    for (const id of moved) this.#moved.add(id);
    if (moved.length === 0) this.#isDirty = true;
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while ((this.#isDirty || this.#moved.size > 0) && !this.#link.isClosed) {
      try {
        if (!await this.#sendMoved()) this.#isDirty = true;
        if (!this.#isDirty) continue;
        this.#isDirty = false;
        await this.#pass();
      } catch (error) {
        // The poll wakes this link again; a loop here would spin on a bug.
        this.#around.log.error("agent_sync_failed", {
          agent: this.#link.agent.agentId,
          error: error instanceof Error ? error.message : String(error),
        });
      }
    }
    this.#isRunning = false;
  }

  /**
   * What a payment moved is on its way after one statement. The rest of the site is looked at by the next poll, which
   * sees that it moved.
   *
   * @returns false when something could not be sent so, for whatever reason: the whole look says why
   */
  async #sendMoved(): Promise<boolean> {
    const moved = [...this.#moved];
    this.#moved.clear();
    let isSent = true;
    for (const routerId of moved) isSent = await this.#sendNews(routerId) && isSent;
    return isSent;
  }

  async #sendNews(routerId: string): Promise<boolean> {
    const { epoch, agent } = this.#link;
    const known = this.#known.get(routerId);
    if (epoch === null || known === undefined || known.generation === 0n) return false;
    const news = await this.#link.keepTrying(() =>
      this.#around.records.readNews({ ...agent, epoch }, routerId, known.generation)
    );
    const rows = news?.value ?? null;
    if (rows === null || rows.lineage !== known.lineage || rows.generation <= known.generation) return false;
    if (!await this.#sendDelta(rows, known.generation)) return false;
    this.#known.set(routerId, rows);
    return true;
  }

  async #pass(): Promise<void> {
    const view = await this.#link.keepTrying(() => this.#around.records.viewSite(this.#link.agent));
    if (view === null || await this.#isRefused(view.value)) return;
    this.#routerIds = new Set(view.value.settings.routers.map((router) => router.router_id));
    await this.#sendSettings(view.value);
    for (const mark of view.value.states) await this.#sendState(mark);
    await this.#sendWithdrawals(view.value);
    await this.#sendCommands(view.value);
  }

  async #isRefused(view: SiteView): Promise<boolean> {
    const { agentId } = this.#link.agent;
    if (view.revokedAtMs !== null) {
      const signature = await this.#around.signRevocation(agentId, view.revokedAtMs);
      this.#link.send({ t: "revoked", agent_id: agentId, at_ms: view.revokedAtMs, signature });
      this.#link.close(CLOSE.revoked, "revoked");
      return true;
    }
    const isReplaced = this.#link.epoch !== null && view.epoch > this.#link.epoch;
    if (isReplaced || view.isFrozen) this.#link.close(CLOSE.replaced, view.isFrozen ? "frozen" : "replaced");
    return isReplaced || view.isFrozen;
  }

  async #sendSettings(view: SiteView): Promise<void> {
    if (view.settings.version === this.#settingsVersion) return;
    const { version, routers } = view.settings;
    if (await this.#link.sendInTurn({ t: "router.settings", settings_version: version, routers })) {
      this.#settingsVersion = version;
    }
  }

  async #sendState(mark: StateMark): Promise<void> {
    const known = this.#known.get(mark.routerId);
    const isSameLineage = known !== undefined && known.lineage === mark.lineage;
    if (isSameLineage && known.generation === mark.generation && known.hash === mark.hash) return;
    const canDelta = isSameLineage && known.generation > 0n && known.generation < mark.generation;
    const rows = canDelta ? await this.#read(mark.routerId, known.generation) : null;
    const isSent = canDelta && rows !== null && await this.#sendDelta(rows, known.generation);
    const sent = isSent ? rows : await this.#sendSnapshot(mark.routerId);
    if (sent !== null) this.#known.set(mark.routerId, sent);
  }

  async #read(routerId: string, from: bigint | null): Promise<StateRows | null> {
    const { records } = this.#around;
    const rows = await this.#link.keepTrying(() => records.readState(this.#link.agent, routerId, from));
    return rows?.value ?? null;
  }

  /** False when the change does not fit one frame: a snapshot can be cut in parts, a delta cannot. */
  async #sendDelta(rows: StateRows, from: bigint): Promise<boolean> {
    const { routerId, lineage, generation, hash, secrets, removed, authorisations } = this.#toldOf(rows);
    const most = Math.max(secrets.length, removed.length, authorisations.length);
    if (most > MAX_MESSAGE_ROWS) return false;
    const delta: Outgoing = {
      t: "state.delta",
      router_id: routerId,
      lineage,
      from_generation: from,
      generation,
      hash,
      secrets,
      removed,
      authorisations,
    };
    const bytes = new TextEncoder().encode(formatFrame({ ...delta, seq: 0, ack: 0 })).length;
    return bytes <= MAX_CHUNK_BYTES && await this.#link.sendInTurn(delta);
  }

  async #sendSnapshot(routerId: string): Promise<StateRows | null> {
    const rows = await this.#read(routerId, null);
    if (rows === null) return null;
    const told = this.#toldOf(rows);
    const { lineage, generation, hash } = told;
    const secrets = chunkRows(told.secrets);
    const authorisations = chunkRows(told.authorisations, AUTHORISATION_BYTES);
    const parts = Math.max(secrets.length, authorisations.length);
    for (let i = 0; i < parts; i++) {
      const isSent = await this.#link.sendInTurn({
        t: "state.snapshot",
        router_id: routerId,
        lineage,
        generation,
        hash,
        part: i + 1,
        parts,
        secrets: secrets[i] ?? [],
        authorisations: authorisations[i] ?? [],
      });
      if (!isSent) return null;
    }
    return rows;
  }

  #toldOf(rows: StateRows): StateRows {
    return this.#tellsServicesApart ? rows : pppoeOnly(rows);
  }

  async #sendWithdrawals(view: SiteView): Promise<void> {
    if (!this.#kinds.has("secret.create")) return;
    for (const id of view.withdrawnCommandIds) {
      if (this.#withdrawn.has(id)) continue;
      if (!await this.#link.sendInTurn({ t: "command.withdraw", id })) return;
      this.#withdrawn.add(id);
    }
  }

  /** At least once: a command that was sent on an earlier connection and not finished goes again. */
  async #sendCommands(view: SiteView): Promise<void> {
    const { records } = this.#around;
    for (const command of view.commands) {
      if (this.#commandsSent.has(command.id)) continue;
      if (!this.#kinds.has(command.kind)) {
        this.#commandsSent.add(command.id);
        await this.#link.keepTrying(() => records.commandResult(this.#link.agent, unsupported(command.id)));
        continue;
      }
      if (!await this.#link.sendInTurn(command)) return;
      this.#commandsSent.add(command.id);
      await this.#link.keepTrying(() => records.markCommandSent(this.#link.agent, command.id));
    }
  }
}

/** Answered in the agent's place: an older one would only refuse the frame. */
function unsupported(id: string) {
  return {
    id,
    status: "failed" as const,
    error_code: "unsupported",
    error_message: "The agent of this site is too old for this. Update it, then try again.",
  };
}
