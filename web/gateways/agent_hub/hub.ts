import type { WebSocket } from "ws";
import { CLOSE, HEARTBEAT_MS } from "@/shared/protocol/mod.ts";
import type { KnownAgent, Wake } from "./agent_records.ts";
import { AgentSession } from "./agent_session.ts";
import type { HubOptions, LinkSurroundings } from "./options.ts";

/** All links of this node: who is connected, who must look again, who is dead. Three timers, however many links. */
export class Hub {
  readonly #options: HubOptions;
  readonly #around: LinkSurroundings;
  readonly #sessions = new Set<AgentSession>();
  readonly #byAgent = new Map<string, AgentSession>();
  readonly #marks = new Map<string, string>();
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #subscription: { stop(): Promise<void> } | null = null;
  #isPolling = false;
  #isTouching = false;

  constructor(options: HubOptions, around: LinkSurroundings) {
    this.#options = options;
    this.#around = around;
  }

  start(): void {
    const sweepMs = this.#options.sweepMs ?? 1_000;
    this.#timers.push(
      setInterval(() => this.#sweep(), sweepMs),
      setInterval(() => void this.#poll(), this.#options.pollMs ?? 3_000),
      setInterval(() => void this.#touch(), this.#options.touchMs ?? HEARTBEAT_MS),
    );
    this.#subscription = this.#around.records.subscribe((wake) => this.#onWake(wake));
  }

  /** Takes an authenticated connection. */
  add(socket: WebSocket, agent: KnownAgent): void {
    const { tenantId, agentId, siteId } = agent;
    const session = new AgentSession(socket, { tenantId, agentId, siteId }, this.#around, {
      onGreeted: (greeted) => this.#greeted(greeted),
      onClosed: (closed) => this.#closed(closed),
    });
    this.#sessions.add(session);
  }

  /** Wakes the links that a change concerns, here and on the other nodes. */
  wake(wake: Wake): void {
    this.#onWake(wake);
    this.#around.records.publish(wake);
  }

  connectedAgents(): string[] {
    return [...this.#byAgent.keys()];
  }

  /** Closes everything; agents come back with jitter of their own. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#subscription?.stop();
    const leaving = [...this.#sessions];
    for (const session of leaving) {
      session.link.send({ t: "drain", after_ms: Math.round(Math.random() * 30_000) });
      session.link.close(CLOSE.restart, "restart");
    }
    await Promise.all(leaving.map((session) => this.#leave(session)));
  }

  #greeted(session: AgentSession): void {
    const { agentId } = session.agent;
    const older = this.#byAgent.get(agentId);
    this.#byAgent.set(agentId, session);
    this.#marks.delete(agentId);
    if (older && older !== session) older.link.close(CLOSE.replaced, "replaced by a newer connection");
  }

  #closed(session: AgentSession): void {
    this.#sessions.delete(session);
    const { agentId } = session.agent;
    if (this.#byAgent.get(agentId) !== session) return;
    this.#byAgent.delete(agentId);
    this.#marks.delete(agentId);
    void this.#leave(session);
  }

  /** Without it the admin shows Offline when heartbeats stop, so one try is enough. */
  async #leave(session: AgentSession): Promise<void> {
    const { epoch, end } = session.link;
    if (epoch === null) return;
    await this.#attempt(
      "agent_leave_failed",
      () => this.#around.records.leave(session.agent, epoch, end ?? { code: "cut", detail: null }),
    );
  }

  #onWake(wake: Wake): void {
    if ("agentId" in wake) return this.#byAgent.get(wake.agentId)?.sync.wake();
    for (const session of this.#byAgent.values()) {
      if (session.agent.tenantId === wake.tenantId && session.sync.hasAny(wake.routerIds)) {
        session.sync.wake(wake.routerIds);
      }
    }
  }

  #sweep(): void {
    const nowMs = this.#around.monotonicMs();
    for (const session of this.#sessions) session.sweep(nowMs);
  }

  /** The truth behind the hints: one question for all links of the node. */
  async #poll(): Promise<void> {
    if (this.#isPolling || this.#byAgent.size === 0) return;
    this.#isPolling = true;
    await this.#attempt("agent_poll_failed", async () => {
      for (const work of await this.#around.records.findWork([...this.#byAgent.keys()])) {
        const session = this.#byAgent.get(work.agentId);
        if (session === undefined) continue;
        const isNews = this.#marks.get(work.agentId) !== work.mark || work.commandsWaiting > 0;
        const isOver = work.isRefused || work.epoch > (session.link.epoch ?? work.epoch);
        this.#marks.set(work.agentId, work.mark);
        if (isNews || isOver) session.sync.wake();
      }
    });
    this.#isPolling = false;
  }

  async #touch(): Promise<void> {
    if (this.#isTouching || this.#byAgent.size === 0) return;
    this.#isTouching = true;
    const rows = [...this.#byAgent].map(([agentId, { link }]) => ({
      agentId,
      epoch: link.epoch ?? 0n,
      roundTripMs: link.roundTripMs,
    }));
    await this.#attempt("agent_touch_failed", () => this.#around.records.touch(rows));
    this.#isTouching = false;
  }

  async #attempt(event: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#around.log.warn(event, { error: reason });
    }
  }
}
