import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { fromBase64Url, hmacSha256, sign, toBase64Url, verify } from "@/shared/crypto/mod.ts";
import {
  connectStatement,
  enrolRequest,
  MAX_MESSAGE_BYTES,
  parseLinkAuthorization,
  revocationStatement,
} from "@/shared/protocol/mod.ts";
import { forwardedAddress, isAddress, isKnownHost } from "@/web/domain/access/mod.ts";
import { openListener } from "@/web/gateways/listener/mod.ts";
import type { KnownAgent } from "./agent_records.ts";
import { Challenger } from "./challenge.ts";
import { type Answer, answerJson, answerOnSocket, readBody, refusal, unavailable } from "./http_answers.ts";
import { Hub } from "./hub.ts";
import type { HubOptions, LinkSurroundings } from "./options.ts";

/** A running hub. */
export interface RunningHub {
  port: number;
  /** The desired state of these routers moved. Call after commit. */
  notifyRouters(tenantId: string, routerIds: readonly string[]): void;
  /** Commands wait for this agent, or it was revoked. Call after commit. */
  notifyCommands(tenantId: string, agentId: string): void;
  /** Ids of the agents that are connected to this node. */
  connectedAgents(): string[];
  stop(): Promise<void>;
}

const ENROL_BYTES_MAX = 8 * 1024;
const HEADER_BYTES_MAX = 8 * 1024;
/** Time for a request's headers and body; keeps sockets that trickle bytes from piling up. */
const REQUEST_WITHIN_MS = 15_000;
const STRANGER_EVERY_MS = 60_000;
const STRANGERS_MAX = 1_000;
/** What each address takes. */
const METHODS: Readonly<Record<string, string>> = {
  "/agent/v1/health": "GET, HEAD",
  "/agent/v1/challenge": "GET, HEAD",
  "/agent/v1/enrol": "POST",
};
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Listens for agents. Plain `node:http` with `ws`: it answers 401 before an upgrade and refuses an over-long frame
 * before buffering it (decision D10).
 */
export async function listenForAgents(options: HubOptions): Promise<RunningHub> {
  const around = surroundings(options);
  const hub = new Hub(options, around);
  const challengeSecret = await hmacSha256(options.serverKey.privateKey, "linya-challenge-secret-1");
  const admission = new Admission(options, around, hub, new Challenger(challengeSecret));
  const listener = await openListener({
    name: "agents",
    port: options.port,
    hostname: options.hostname ?? "127.0.0.1",
    log: options.log,
    headerMs: REQUEST_WITHIN_MS,
    requestMs: REQUEST_WITHIN_MS,
    headerBytesMax: HEADER_BYTES_MAX,
    trustProxy: options.trustProxy ?? false,
    ...(options.connectionsMax === undefined ? {} : { connectionsMax: options.connectionsMax }),
  }, (request, response) => void admission.answer(request, response));
  const { server, port } = listener;
  server.on("upgrade", (request, socket, head) => {
    listener.keep(request.socket);
    void admission.upgrade(request, socket, head);
  });
  hub.start();
  return {
    port,
    notifyRouters: (tenantId, routerIds) => hub.wake({ tenantId, routerIds }),
    notifyCommands: (tenantId, agentId) => hub.wake({ tenantId, agentId }),
    connectedAgents: () => hub.connectedAgents(),
    async stop() {
      const closed = listener.close();
      await hub.stop();
      server.closeAllConnections();
      await closed;
    },
  };
}

function surroundings(options: HubOptions): LinkSurroundings {
  return {
    records: options.records,
    clock: options.clock,
    log: options.log,
    monotonicMs: options.monotonicMs ?? (() => performance.now()),
    async signRevocation(agentId, atMs) {
      const statement = revocationStatement(agentId, atMs);
      return toBase64Url(await sign(options.serverKey.privateKey, statement));
    },
  };
}

/** Everything that happens before a link exists. */
class Admission {
  readonly #options: HubOptions;
  readonly #around: LinkSurroundings;
  readonly #hub: Hub;
  readonly #challenger: Challenger;
  readonly #strangersMs = new Map<string, number>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });

  constructor(options: HubOptions, around: LinkSurroundings, hub: Hub, challenger: Challenger) {
    this.#options = options;
    this.#around = around;
    this.#hub = hub;
    this.#challenger = challenger;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#guarded(() => this.#route(request));
    if (answer.status === 413) response.setHeader("connection", "close");
    answerJson(response, answer);
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): Promise<void> {
    // A peer that resets during the checks must not become an uncaught error.
    socket.on("error", () => socket.destroy());
    let agent: KnownAgent | null = null;
    const answer = await this.#guarded(async () => {
      const admitted = await this.#admit(request);
      if ("agentId" in admitted) {
        agent = admitted;
        return { status: 101, body: null };
      }
      return admitted;
    });
    if (agent === null) return answerOnSocket(socket, answer);
    const admitted: KnownAgent = agent;
    this.#sockets.handleUpgrade(request, socket, head as never, (opened) => this.#hub.add(opened, admitted));
  }

  async #guarded(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (this.#around.records.isUnavailable(error)) return unavailable();
      const reason = error instanceof Error ? error.message : String(error);
      this.#around.log.error("agent_request_failed", { error: reason });
      return refusal(503, "failed", "The server could not answer. The agent tries again by itself.");
    }
  }

  async #route(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? "/", "http://hub");
    const route = `${request.method === "HEAD" ? "GET" : request.method} ${url.pathname}`;
    if (route === "GET /agent/v1/health") return { status: 200, body: { status: "ok" } };
    if (!this.#isAskedByName(request)) return this.#unknownHost(request);
    if (route === "GET /agent/v1/challenge") {
      return await this.#challenge(url.searchParams.get("agent") ?? "");
    }
    if (route === "POST /agent/v1/enrol") return await this.#enrol(request);
    if (url.pathname === "/agent/v1/link") {
      return refusal(426, "upgrade_required", "Open this as a WebSocket.");
    }
    const allow = METHODS[url.pathname];
    if (allow !== undefined) {
      return {
        ...refusal(405, "method_not_allowed", "This address does not take that kind of request."),
        allow,
      };
    }
    return refusal(404, "not_found", "There is nothing at this address.");
  }

  /** By a name that is ours, or by an address: a stranger's page can only lead here under its own name. */
  #isAskedByName({ headers }: IncomingMessage): boolean {
    const { hosts } = this.#options;
    if (hosts === undefined) return true;
    const address = `http://${headers.host ?? ""}`;
    if (!URL.canParse(address)) return false;
    const { hostname } = new URL(address);
    return isAddress(hostname) || isKnownHost(hostname, hosts);
  }

  #unknownHost(request: IncomingMessage): Answer {
    this.#around.records.noteStrangeHost(this.#addressOf(request));
    return refusal(
      421,
      "unknown_host",
      "The server does not answer under this name. Use the address that the site's page gives, or set ALLOWED_HOSTS.",
    );
  }

  async #challenge(agentId: string): Promise<Answer> {
    if (!UUID.test(agentId)) return refusal(400, "bad_agent", "Name the agent by its id.");
    return { status: 200, body: { nonce: await this.#challenger.nonceFor(agentId, this.#nowMs()) } };
  }

  async #enrol(request: IncomingMessage): Promise<Answer> {
    const address = this.#addressOf(request);
    if (!await this.#around.records.allowEnrolTry(address)) {
      return {
        ...refusal(
          429,
          "too_many_tries",
          "Too many tries from this address. Wait one minute, then try again.",
        ),
        retryAfterSeconds: 60,
      };
    }
    const body = await readBody(request, ENROL_BYTES_MAX);
    if (body === null) return refusal(413, "too_long", "The request is too long.");
    const parsed = enrolRequest.safeParse(parseJson(body));
    if (!parsed.success) return refusal(400, "bad_request", "The request is not an enrolment.");
    const enrolled = await this.#around.records.enrol(parsed.data, address);
    return enrolled.ok
      ? { status: 200, body: enrolled.value }
      : refusal(403, enrolled.code, codedText(ENGLISH_WORDS, enrolled));
  }

  async #admit(request: IncomingMessage): Promise<KnownAgent | Answer> {
    if (!this.#isAskedByName(request)) return this.#unknownHost(request);
    if (new URL(request.url ?? "/", "http://hub").pathname !== "/agent/v1/link") {
      return refusal(404, "not_found", "There is nothing at this address.");
    }
    const claim = parseLinkAuthorization(request.headers.authorization ?? "");
    if (claim === null) return refusal(401, "no_credentials", "The link needs the agent's signature.");
    if (
      !UUID.test(claim.agentId) || !await this.#challenger.isGood(claim.nonce, claim.agentId, this.#nowMs())
    ) {
      return refusal(401, "stale_challenge", "The challenge is not ours or too old. Ask for a new one.");
    }
    const agent = await this.#around.records.findAgent(claim.agentId);
    const signature = fromBase64Url(claim.signature);
    const statement = connectStatement(claim.agentId, claim.nonce);
    if (
      agent === null || signature === null || !await verify(agent.identityPublicKey, signature, statement)
    ) {
      if (agent !== null) await this.#noteStranger(agent);
      return refusal(401, "bad_signature", "This agent is not known here, or its key is another one.");
    }
    return await this.#refuse(agent) ?? agent;
  }

  /**
   * Somebody calls with an agent's name and another key: its owner wonders why it is away. Anybody can do that, so it is
   * written down once a minute at most, and not while the agent itself is connected.
   */
  async #noteStranger(agent: KnownAgent): Promise<void> {
    const nowMs = this.#around.monotonicMs();
    if (nowMs < (this.#strangersMs.get(agent.agentId) ?? -Infinity) + STRANGER_EVERY_MS) return;
    if (this.#strangersMs.size >= STRANGERS_MAX) this.#strangersMs.clear();
    this.#strangersMs.set(agent.agentId, nowMs);
    this.#around.log.warn("agent_key_unknown", { agent: agent.agentId });
    await this.#around.records.refuse(agent, { code: "key_unknown", detail: null, version: null });
  }

  async #refuse(agent: KnownAgent): Promise<Answer | null> {
    const { agentId, revokedAtMs } = agent;
    if (revokedAtMs !== null) {
      const body = {
        code: "revoked",
        message: "This agent was revoked. Enrol it again with a new code.",
        agent_id: agentId,
        at_ms: revokedAtMs,
        signature: await this.#around.signRevocation(agentId, revokedAtMs),
      };
      return { status: 403, body };
    }
    if (!agent.isFrozen) return null;
    return refusal(
      403,
      "frozen",
      "Two installations use this agent's identity. Revoke it, then enrol each with its own code.",
    );
  }

  #addressOf(request: IncomingMessage): string {
    const header = this.#options.trustProxy === true ? request.headers["x-forwarded-for"] : undefined;
    return forwardedAddress(header?.toString()) ?? request.socket.remoteAddress ?? "unknown";
  }

  #nowMs(): number {
    return this.#around.clock.now().epochMilliseconds;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not an enrolment; zod says so.
    return null;
  }
}
