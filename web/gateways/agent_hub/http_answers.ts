import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

const REASONS: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  421: "Misdirected Request",
  426: "Upgrade Required",
  429: "Too Many Requests",
  503: "Service Unavailable",
};

/** An answer that is not an upgrade. */
export interface Answer {
  status: number;
  body: unknown;
  retryAfterSeconds?: number;
  /** The method that the address takes (405). */
  allow?: string;
}

/** A refusal as the agent reads it (`linkRefusal`). */
export function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { code, message } };
}

/** The database is away: try again soon, forget nothing (R13). */
export function unavailable(): Answer {
  return {
    ...refusal(503, "unavailable", "The server cannot reach its database. The agent tries again by itself."),
    retryAfterSeconds: 5,
  };
}

/** Sends an answer to a plain request. */
export function answerJson(response: ServerResponse, answer: Answer): void {
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": new TextEncoder().encode(text).length,
    "cache-control": "no-store",
    ...(answer.retryAfterSeconds === undefined ? {} : { "retry-after": String(answer.retryAfterSeconds) }),
    ...(answer.allow === undefined ? {} : { allow: answer.allow }),
  });
  response.end(text);
}

/** Answers an upgrade request on the raw socket and closes it: no WebSocket exists yet. */
export function answerOnSocket(socket: Duplex, answer: Answer): void {
  const text = JSON.stringify(answer.body);
  socket.end([
    `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? "Refused"}`,
    "content-type: application/json",
    `content-length: ${new TextEncoder().encode(text).length}`,
    "cache-control: no-store",
    ...(answer.retryAfterSeconds === undefined ? [] : [`retry-after: ${answer.retryAfterSeconds}`]),
    "connection: close",
    "",
    text,
  ].join("\r\n"));
}

/** Reads a small body; null when it is longer than `maxBytes` (the rest is not read). */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return new TextDecoder().decode(whole);
}
