import type { ServerResponse } from "node:http";

/** How an answer is sent. */
export interface SendOptions {
  /** The request asked for the headers only. */
  isHead: boolean;
  /** The connection ends with this answer. */
  isLast: boolean;
  /** How long the client may take to accept what was written, before it counts as gone. */
  stallMs: number;
}

/** A piece of this size has to be accepted within the stall time: some 1,000 bytes a second. */
const PIECE_BYTES = 65_536;
/** These are sent as they come; everything else is short and gets its length. */
const STREAMED = /^text\/(event-stream|csv)\b/;

/** Sends a Fetch API response through node:http. Resolves when all is handed over or the client is gone. */
export async function sendResponse(
  response: Response,
  outgoing: ServerResponse,
  options: SendOptions,
): Promise<void> {
  const { body, headers, status } = response;
  const isStreamed = body !== null && STREAMED.test(headers.get("content-type") ?? "");
  if (isStreamed && !options.isHead) {
    outgoing.writeHead(status, rawHeaders(headers, options));
    return await stream(body, outgoing, options.stallMs);
  }
  const bytes = body === null || options.isHead ? null : new Uint8Array(await response.arrayBuffer());
  if (bytes === null) await body?.cancel();
  const raw = rawHeaders(headers, options);
  const hasLength = headers.has("content-length") || status === 204 || status === 304 || options.isHead;
  if (!hasLength) raw.push("content-length", String(bytes?.byteLength ?? 0));
  outgoing.writeHead(status, raw);
  if (bytes === null) outgoing.end();
  else await writeAll(bytes, outgoing, options.stallMs);
  await settled(outgoing, "finish", options.stallMs);
}

function rawHeaders(headers: Headers, { isLast }: SendOptions): string[] {
  const raw: string[] = [];
  for (const [name, value] of headers) raw.push(name, value);
  if (isLast) raw.push("connection", "close");
  return raw;
}

async function stream(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  stallMs: number,
): Promise<void> {
  const reader = body.getReader();
  const onGone = () => void reader.cancel().catch(() => {});
  outgoing.once("close", onGone);
  // The headers of a stream that says nothing yet.
  outgoing.flushHeaders();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      for (const piece of piecesOf(next.value)) {
        if (!outgoing.write(piece) && !await settled(outgoing, "drain", stallMs)) return;
      }
    }
    outgoing.end();
    await settled(outgoing, "finish", stallMs);
  } finally {
    outgoing.off("close", onGone);
    if (!outgoing.writableEnded) outgoing.destroy();
  }
}

async function writeAll(bytes: Uint8Array, outgoing: ServerResponse, stallMs: number): Promise<void> {
  const pieces = piecesOf(bytes);
  const last = pieces.pop();
  for (const piece of pieces) {
    if (!outgoing.write(piece) && !await settled(outgoing, "drain", stallMs)) return;
  }
  outgoing.end(last);
}

function piecesOf(bytes: Uint8Array): Uint8Array[] {
  if (bytes.byteLength <= PIECE_BYTES) return [bytes];
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) {
    pieces.push(bytes.subarray(at, at + PIECE_BYTES));
  }
  return pieces;
}

/** Waits for the client to take what was written; one that does not is cut off. False when it is gone. */
function settled(outgoing: ServerResponse, event: "drain" | "finish", stallMs: number): Promise<boolean> {
  if (event === "finish" && outgoing.writableFinished) return Promise.resolve(true);
  if (outgoing.destroyed) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => outgoing.destroy(), stallMs);
  const onSettled = () => resolve(true);
  const onGone = () => resolve(false);
  outgoing.once(event, onSettled).once("close", onGone);
  return promise.finally(() => {
    clearTimeout(timer);
    outgoing.off(event, onSettled).off("close", onGone);
  });
}
