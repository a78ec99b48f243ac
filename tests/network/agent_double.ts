import { WebSocket } from "ws";
import {
  generateSealingKey,
  generateSigningKey,
  type SealingKeyPair,
  sign,
  type SigningKeyPair,
  toBase64Url,
} from "@/shared/crypto/mod.ts";
import {
  type AgentMessage,
  connectStatement,
  enrolmentStatement,
  formatFrame,
  formatLinkAuthorization,
  parseFrame,
  type Unnumbered,
  type WebMessage,
  webMessage,
} from "@/shared/protocol/mod.ts";
import { until } from "../support/until.ts";

/** Keys of an agent that is not an agent: it says on the wire whatever a test wants. */
export interface DoubleKeys {
  identity: SigningKeyPair;
  sealing: SealingKeyPair;
  installId: string;
}

export async function makeKeys(): Promise<DoubleKeys> {
  return {
    identity: await generateSigningKey(),
    sealing: await generateSealingKey(),
    installId: crypto.randomUUID(),
  };
}

/** Answer of a plain request to the hub. */
export interface HubAnswer {
  status: number;
  body: Record<string, unknown>;
}

export async function enrol(port: number, code: string, keys: DoubleKeys): Promise<HubAnswer> {
  const claim = {
    code,
    identity_public_key: toBase64Url(keys.identity.publicKey),
    sealing_public_key: toBase64Url(keys.sealing.publicKey),
    install_id: keys.installId,
  };
  const signature = toBase64Url(await sign(keys.identity.privateKey, enrolmentStatement(claim)));
  return await postEnrol(port, JSON.stringify({ ...claim, version: "0.1.0", signature }));
}

export async function postEnrol(
  port: number,
  body: string,
  headers: Record<string, string> = {},
): Promise<HubAnswer> {
  const response = await fetch(`http://127.0.0.1:${port}/agent/v1/enrol`, { method: "POST", body, headers });
  return { status: response.status, body: await response.json() };
}

export async function askChallenge(port: number, agentId: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/agent/v1/challenge?agent=${agentId}`);
  return (await response.json()).nonce;
}

export async function authorization(agentId: string, nonce: string, keys: DoubleKeys): Promise<string> {
  const signature = await sign(keys.identity.privateKey, connectStatement(agentId, nonce));
  return formatLinkAuthorization(agentId, nonce, toBase64Url(signature));
}

/** What an upgrade that was refused answered. */
export class Refused extends Error {
  constructor(readonly status: number, readonly body: Record<string, unknown>) {
    super(`refused with ${status}`);
  }
}

type MessageOf<T extends WebMessage["t"]> = Extract<WebMessage, { t: T }>;

/** An open link, as the agent's side sees it. */
export class AgentDouble {
  readonly received: WebMessage[] = [];
  closeCode: number | null = null;
  closeReason = "";
  #sent = 0;
  #heard = 0;
  /** False stops acknowledging, as a peer that hangs would. */
  isAcknowledging = true;

  constructor(readonly socket: WebSocket) {
    socket.on("message", (frame: Uint8Array) => this.#take(new TextDecoder().decode(frame)));
    socket.on("close", (code: number, reason: Uint8Array) => {
      this.closeReason = new TextDecoder().decode(reason);
      this.closeCode = code;
    });
    socket.on("error", () => {});
  }

  /** Signs in and waits for the upgrade. */
  static async open(
    port: number,
    agentId: string,
    keys: DoubleKeys,
    options: { nonce?: string } = {},
  ): Promise<AgentDouble> {
    const nonce = options.nonce ?? await askChallenge(port, agentId);
    return await AgentDouble.openWith(port, await authorization(agentId, nonce, keys));
  }

  static openWith(port: number, header: string): Promise<AgentDouble> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/agent/v1/link`, {
      headers: { authorization: header },
      perMessageDeflate: false,
    });
    const double = new AgentDouble(socket);
    return new Promise((resolve, reject) => {
      socket.once("open", () => resolve(double));
      socket.once("error", reject);
      socket.once("unexpected-response", (_request, response) => {
        let text = "";
        response.on("data", (chunk: Uint8Array) => text += new TextDecoder().decode(chunk));
        response.on("end", () => reject(new Refused(response.statusCode ?? 0, JSON.parse(text))));
      });
    });
  }

  send(message: Unnumbered<AgentMessage>): number {
    const isNumbered = !["ack", "heartbeat", "heartbeat.echo"].includes(message.t);
    const seq = isNumbered ? ++this.#sent : 0;
    this.socket.send(formatFrame({ ...message, seq, ack: this.#heard }));
    return seq;
  }

  hello(installId: string, over: Partial<Extract<Unnumbered<AgentMessage>, { t: "hello" }>> = {}): void {
    this.send({
      t: "hello",
      proto: [1, 1],
      version: "0.1.0",
      install_id: installId,
      boot_id: "boot",
      routers: [],
      settings_version: "",
      results: [],
      ...over,
    });
  }

  /** The next message of a kind that was not taken before. */
  async next<T extends WebMessage["t"]>(
    kind: T,
    where: (message: MessageOf<T>) => boolean = () => true,
  ): Promise<MessageOf<T>> {
    const find = () => this.received.findIndex((m) => m.t === kind && where(m as MessageOf<T>));
    await until(() => find() >= 0, { what: `message ${kind}`, timeoutMs: 6_000, everyMs: 5 });
    return this.received.splice(find(), 1)[0] as MessageOf<T>;
  }

  async closed(): Promise<number> {
    await until(() => this.closeCode !== null, { what: "link closed", timeoutMs: 6_000, everyMs: 5 });
    return this.closeCode!;
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed();
  }

  #take(text: string): void {
    const parsed = parseFrame(webMessage, text);
    if (!parsed.ok) throw new Error(`Cannot read frame of the hub: ${parsed.problem.message}`);
    const { message } = parsed;
    this.received.push(message);
    if (message.seq > this.#heard) {
      this.#heard = message.seq;
      if (this.isAcknowledging) this.send({ t: "ack" });
    }
  }
}
