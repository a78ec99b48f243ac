import { fromBase64Url, sign, toBase64Url, verify } from "@/shared/crypto/mod.ts";
import {
  challengeResponseBody,
  connectStatement,
  formatLinkAuthorization,
  revocationStatement,
} from "@/shared/protocol/mod.ts";
import * as z from "zod";
import type { AgentKeys, Enrolment } from "../journal/enrolment_files.ts";
import { messageOf } from "../journal/files.ts";

/** What came of one try to open the link. */
export type DialOutcome =
  | { kind: "open"; socket: WebSocket }
  /** The web knows us and says no (401, 403). */
  | { kind: "refused"; status: number; code: string; message: string }
  /** Signed by the key that was pinned when the agent enrolled. */
  | { kind: "revoked"; atMs: number }
  /** Away, restarting, out of database, not ours: try again soon (R13). */
  | { kind: "unreachable"; message: string };

export interface DialOptions {
  enrolment: Enrolment;
  keys: AgentKeys;
  signal: AbortSignal;
  /** @default 10000 */
  timeoutMs?: number;
}

const refusalBody = z.object({
  code: z.string(),
  message: z.string(),
  agent_id: z.string().optional(),
  at_ms: z.number().optional(),
  signature: z.string().optional(),
});

/** Asks for a challenge, signs it and opens the WebSocket. Never rejects. */
export async function dial(options: DialOptions): Promise<DialOutcome> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const answer = await fetch(challengeUrl(options.enrolment), { signal });
    if (!answer.ok) return await refusedBy(answer.status, await answer.text(), options);
    const { nonce } = challengeResponseBody.parse(await answer.json());
    return await openSocket(nonce, options, signal);
  } catch (error) {
    return {
      kind: "unreachable",
      message: signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error),
    };
  }
}

/** Whether a revocation is the web's own word about this agent (R13). */
export async function isGenuineRevocation(
  enrolment: Enrolment,
  revocation: { agent_id: string; at_ms: number; signature: string },
): Promise<boolean> {
  const key = fromBase64Url(enrolment.server_public_key);
  const signature = fromBase64Url(revocation.signature);
  if (revocation.agent_id !== enrolment.agent_id || key === null || signature === null) return false;
  return await verify(key, signature, revocationStatement(revocation.agent_id, revocation.at_ms));
}

async function openSocket(nonce: string, options: DialOptions, signal: AbortSignal): Promise<DialOutcome> {
  const { agent_id } = options.enrolment;
  const signature = await sign(options.keys.identity.privateKey, connectStatement(agent_id, nonce));
  const authorization = formatLinkAuthorization(agent_id, nonce, toBase64Url(signature));
  const url = new URL("agent/v1/link", withSlash(options.enrolment.server));
  const socketUrl = url.href.replace(/^http/, "ws");
  const socket = new WebSocket(socketUrl, { headers: { Authorization: authorization } } as never);
  const problem = await settled(socket, signal);
  if (problem === null) return { kind: "open", socket };
  // The client does not tell why it was refused; asking once more by hand does.
  return await askWhy(url, authorization, options, signal) ?? { kind: "unreachable", message: problem };
}

/** Null when open, else what went wrong. */
function settled(socket: WebSocket, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    let problem = "the connection was closed";
    const onAbort = () => {
      resolve("no answer in time");
      socket.close();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.onopen = () => {
      signal.removeEventListener("abort", onAbort);
      resolve(null);
    };
    socket.onerror = (event) => problem = (event as ErrorEvent).message || problem;
    socket.onclose = () => {
      signal.removeEventListener("abort", onAbort);
      resolve(problem);
    };
  });
}

/** Repeats the upgrade request as plain HTTP, to read the status and the sentence of a refusal. */
async function askWhy(
  url: URL,
  authorization: string,
  options: DialOptions,
  signal: AbortSignal,
): Promise<DialOutcome | null> {
  // Loaded when it is needed: Node's HTTP is an eighth of the memory of an agent that is never refused.
  const { request } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  const { promise, resolve } = Promise.withResolvers<{ status: number; body: string } | null>();
  const asked = request(url, {
    signal,
    headers: {
      Authorization: authorization,
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))),
    },
  });
  asked.on("response", (response) => {
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => body = (body + chunk).slice(0, 4096));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    response.on("error", () => resolve(null));
  });
  asked.on("upgrade", (_response, socket) => {
    socket.destroy();
    resolve(null);
  });
  asked.on("error", () => resolve(null));
  asked.end();
  const refusal = await promise;
  return refusal === null ? null : await refusedBy(refusal.status, refusal.body, options);
}

async function refusedBy(status: number, body: string, options: DialOptions): Promise<DialOutcome> {
  const refusal = readRefusal(body);
  const message = refusal?.message ?? `the server answered ${status}`;
  if (status !== 401 && status !== 403) return { kind: "unreachable", message };
  if (refusal?.code === "revoked") {
    const { agent_id = "", at_ms = 0, signature = "" } = refusal;
    if (await isGenuineRevocation(options.enrolment, { agent_id, at_ms, signature })) {
      return { kind: "revoked", atMs: at_ms };
    }
  }
  return { kind: "refused", status, code: refusal?.code ?? "refused", message };
}

function readRefusal(body: string): z.infer<typeof refusalBody> | null {
  try {
    return refusalBody.parse(JSON.parse(body));
  } catch {
    // A proxy's page says nothing in our words; the status alone counts then.
    return null;
  }
}

function challengeUrl(enrolment: Enrolment): URL {
  const url = new URL("agent/v1/challenge", withSlash(enrolment.server));
  url.searchParams.set("agent", enrolment.agent_id);
  return url;
}

function withSlash(server: string): string {
  return server.endsWith("/") ? server : `${server}/`;
}
