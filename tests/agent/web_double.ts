import { createServer, type Server } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import {
  fromBase64Url,
  generateSigningKey,
  type SigningKeyPair,
  toBase64Url,
  verify,
} from "@/shared/crypto/mod.ts";
import {
  type AgentMessage,
  agentMessage,
  connectStatement,
  type DesiredSecret,
  enrolmentStatement,
  enrolRequest,
  formatFrame,
  parseFrame,
  parseLinkAuthorization,
  stateHash,
  type Unnumbered,
  type WebMessage,
} from "@/shared/protocol/mod.ts";

export const AGENT_ID = "0198c0de-0000-7000-8000-00000000a9e1";
type Of<T extends AgentMessage["t"]> = Extract<AgentMessage, { t: T }>;

/** The web as an agent sees it, with switches for what can go wrong. */
export class WebDouble {
  readonly received: AgentMessage[] = [];
  readonly code = "ID4X-SECRETSECRETSECR".replace(/[IL]/g, "1");
  /** What the next challenge or upgrade is answered with in place of success. */
  refusal: { status: number; body: unknown } | null = null;
  heartbeatMs = 15_000;
  deadPeerMs = 45_000;
  /** Stops answering, acknowledging and speaking, while the socket stays up. */
  isSilent = false;
  permit: (request: Of<"permit.request">) => readonly string[] | null | Promise<readonly string[] | null> = (
    request,
  ) => request.names;
  permitMs = 10_000;
  onHello: (hello: Of<"hello">) => void = () => {};
  identityKey: Uint8Array<ArrayBuffer> | null = null;
  sealingKey: Uint8Array<ArrayBuffer> | null = null;
  socket: WebSocket | null = null;
  connections = 0;
  #seq = 0;
  #ack = 0;

  private constructor(readonly server: Server, readonly port: number, readonly serverKey: SigningKeyPair) {}

  static async start(): Promise<WebDouble> {
    const server = createServer();
    const port = await listen(server);
    const double = new WebDouble(server, port, await generateSigningKey());
    double.#serve();
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Messages of one kind, oldest first. */
  of<T extends AgentMessage["t"]>(t: T): Of<T>[] {
    return this.received.filter((message): message is Of<T> => message.t === t);
  }

  send(message: Unnumbered<WebMessage>): void {
    const isNumbered = !["ack", "heartbeat", "heartbeat.echo"].includes(message.t);
    const seq = isNumbered ? ++this.#seq : 0;
    this.socket?.send(formatFrame({ ...message, seq, ack: this.#ack } as WebMessage));
  }

  async sendState(
    routerId: string,
    lineage: string,
    generation: bigint,
    secrets: DesiredSecret[],
    kind: "run" | "manual" = "run",
  ): Promise<void> {
    const ids = new Set(secrets.flatMap((secret) => secret.authorisation ?? []));
    this.send({
      t: "state.snapshot",
      router_id: routerId,
      lineage,
      generation,
      hash: await stateHash(secrets),
      part: 1,
      parts: 1,
      secrets,
      authorisations: [...ids].map((id) => ({ id, kind, run_id: null, generation, count: secrets.length })),
    });
  }

  drop(code = 1012): void {
    this.socket?.close(code);
  }

  async stop(): Promise<void> {
    this.socket?.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #serve(): void {
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    this.server.on("request", async (request, response) => {
      const answer = (status: number, body: unknown) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      };
      if (request.url?.startsWith("/agent/v1/challenge")) {
        return this.refusal === null
          ? answer(200, { nonce: "n.1" })
          : answer(this.refusal.status, this.refusal.body);
      }
      if (request.url !== "/agent/v1/enrol") return answer(404, "nothing");
      let text = "";
      for await (const chunk of request) text += chunk;
      const parsed = enrolRequest.parse(JSON.parse(text));
      this.identityKey = fromBase64Url(parsed.identity_public_key);
      this.sealingKey = fromBase64Url(parsed.sealing_public_key);
      const isSigned = await verify(
        this.identityKey!,
        fromBase64Url(parsed.signature)!,
        enrolmentStatement(parsed),
      );
      if (parsed.code !== this.code || !isSigned) {
        return answer(403, { code: "code_used", message: "This code was used. Make a new one under Sites." });
      }
      answer(200, {
        agent_id: AGENT_ID,
        tenant_name: "Demo ISP",
        site_name: "Poblacion",
        server_public_key: toBase64Url(this.serverKey.publicKey),
      });
    });
    this.server.on("upgrade", async (request, socket, head) => {
      const claim = parseLinkAuthorization(request.headers.authorization ?? "");
      const isKnown = claim !== null && this.identityKey !== null &&
        await verify(
          this.identityKey,
          fromBase64Url(claim.signature)!,
          connectStatement(AGENT_ID, claim.nonce),
        );
      if (!isKnown || this.refusal !== null) {
        const text = JSON.stringify(this.refusal?.body ?? { code: "bad_signature", message: "unknown" });
        socket.end(
          `HTTP/1.1 ${
            this.refusal?.status ?? 401
          } No\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`,
        );
        return;
      }
      sockets.handleUpgrade(request, socket, head, (opened) => this.#open(opened));
    });
  }

  #open(socket: WebSocket): void {
    this.socket = socket;
    this.connections++;
    this.#seq = this.#ack = 0;
    socket.on("message", (frame: Uint8Array) => void this.#receive(new TextDecoder().decode(frame)));
    socket.on("error", () => socket.terminate());
  }

  async #receive(text: string): Promise<void> {
    if (this.isSilent) return;
    const parsed = parseFrame(agentMessage, text);
    if (!parsed.ok) throw new Error(`Cannot read frame ${text}: ${parsed.problem.message}`);
    const { message } = parsed;
    this.received.push(message);
    this.#ack = Math.max(this.#ack, message.seq);
    if (message.t === "heartbeat") {
      return this.send({ t: "heartbeat.echo", sent_ms: message.sent_ms, server_time_ms: Date.now() });
    }
    if (message.t === "hello") {
      this.send({
        t: "welcome",
        proto: 1,
        epoch: "1",
        server_time_ms: Date.now(),
        heartbeat_ms: this.heartbeatMs,
        dead_peer_ms: this.deadPeerMs,
        min_version: "0.1.0",
      });
      this.onHello(message);
    }
    if (message.t === "permit.request") {
      const names = await this.permit(message);
      if (names === null) return;
      const { router_id, request_id, generation } = message;
      this.send({
        t: "permit.grant",
        router_id,
        request_id,
        generation,
        names: [...names],
        valid_ms: this.permitMs,
      });
    }
    if (message.seq > 0) this.send({ t: "ack" });
  }
}

async function listen(server: Server): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (isFree) return port;
  }
  throw new Error("Cannot start double: no free port");
}
