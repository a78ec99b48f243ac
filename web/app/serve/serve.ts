import { refused } from "@/web/app/errors/refused.ts";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { HttpError } from "fresh";
import type { AppHandler } from "@/web/fresh/internal.ts";
import { type HttpListener, type ListenerOptions, openListener } from "@/web/gateways/listener/mod.ts";
import { sendResponse } from "./node_answer.ts";
import { FORBIDDEN_METHODS, hasBody, toRequest } from "./node_request.ts";
import { type BodyPace, RequestBody } from "./request_body.ts";

/** Where and how long to serve, and what one guest may take. */
export interface ServeOptions extends Omit<ListenerOptions, "name"> {
  /** Aborted to stop: no new connections, running requests may finish. */
  signal: AbortSignal;
  /** How long running requests may take after the stop, in milliseconds. @default {10000} */
  drainMs?: number;
  /** @default {20 s, then 500 bytes a second} */
  bodyPace?: BodyPace;
  /** How long a client may take to accept a piece of an answer. @default {60000} */
  answerStallMs?: number;
}

/** A listening server. */
export interface RunningServer {
  port: number;
  /** Resolves when the last request is answered or the drain time is over. */
  finished: Promise<void>;
}

/** Time to send the refusals of bodies that have not arrived when the drain is over. */
const LAST_WORDS_MS = 1_000;
/** How long the rest of a body that nobody wants is still taken in, so that its sender reads the answer. */
const LINGER_MS = 5_000;
const BODY_PACE: BodyPace = { graceMs: 20_000, bytesPerSecondMin: 500 };
/** Seconds until a web that restarts is there again. */
const RETRY_AFTER = "5";
const ANSWER_STALL_MS = 60_000;

/**
 * Serves until the signal aborts, then drains.
 *
 * @throws {Deno.errors.AddrInUse} when another program listens on the port
 */
export async function serveApp(handler: AppHandler, options: ServeOptions): Promise<RunningServer> {
  const { signal, drainMs = 10_000 } = options;
  const server = new PageServer(handler, options);
  await server.listen();
  const finished = Promise.withResolvers<void>();
  const stop = () => finished.resolve(server.drain(drainMs));
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return { port: server.port, finished: finished.promise };
}

/** A request that is being answered, and its socket. */
interface Exchange {
  socket: Socket;
  body: RequestBody | null;
}

const COMPLETED = Promise.resolve();

class PageServer {
  readonly #handler: AppHandler;
  readonly #options: ServeOptions;
  readonly #exchanges = new Set<Exchange>();
  /** Open sockets, with how much each had sent when it was last without a request. */
  readonly #sockets = new Map<Socket, number>();
  #listener: HttpListener | null = null;
  #isDraining = false;

  constructor(handler: AppHandler, options: ServeOptions) {
    this.#handler = handler;
    this.#options = options;
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  async listen(): Promise<void> {
    const listener = await openListener(
      { ...this.#options, name: "pages" },
      (incoming, outgoing) => void this.#exchange(incoming, outgoing),
    );
    listener.server.on("connection", (socket: Socket) => {
      this.#sockets.set(socket, 0);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.#listener = listener;
  }

  /** Lets what has begun come to its end; what has not arrived by then is told to come again. */
  async drain(drainMs: number): Promise<void> {
    this.#isDraining = true;
    const closed = this.#listener?.close() ?? Promise.resolve();
    this.#closeSilent();
    await within(drainMs, closed);
    for (const { body } of this.#exchanges) {
      body?.end(refused("restarting"));
    }
    if (this.#sockets.size > 0) await within(LAST_WORDS_MS, closed);
    const busy = new Set([...this.#exchanges].map(({ socket }) => socket));
    // A request that outlasts the drain ends with the process.
    for (const socket of this.#sockets.keys()) if (!busy.has(socket)) turnAway(socket);
    this.#listener?.counted.flush();
  }

  async #exchange(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { socket } = incoming;
    const body = hasBody(incoming) ? new RequestBody(incoming, this.#options.bodyPace ?? BODY_PACE) : null;
    const exchange = { socket, body };
    this.#exchanges.add(exchange);
    try {
      const response = await this.#respond(incoming, body);
      await sendResponse(response, outgoing, {
        isHead: incoming.method === "HEAD",
        isLast: this.#isDraining || body !== null && body.problem !== null,
        stallMs: this.#options.answerStallMs ?? ANSWER_STALL_MS,
      });
    } catch (error) {
      this.#options.log.error("answer_failed", { error });
      outgoing.destroy();
    }
    this.#exchanges.delete(exchange);
    this.#count(body, socket);
    await letGo(incoming, socket);
    this.#sockets.set(socket, socket.bytesRead);
    if (this.#isDraining) this.#closeSilent();
  }

  async #respond(incoming: IncomingMessage, body: RequestBody | null): Promise<Response> {
    if (FORBIDDEN_METHODS.has(incoming.method ?? "")) {
      return new Response("Method not allowed", { status: 405, headers: { allow: "GET, HEAD, POST" } });
    }
    const request = toRequest(incoming, body);
    // A Host header of junk makes an address that nothing below could read.
    if (request === null) return new Response("Bad request", { status: 400 });
    const { remoteAddress = "local", remotePort = 0 } = incoming.socket;
    const remoteAddr = { transport: "tcp" as const, hostname: remoteAddress, port: remotePort };
    try {
      return await this.#handler(request, { remoteAddr, completed: COMPLETED });
    } catch (error) {
      if (error instanceof HttpError) return plainAnswer(error);
      this.#options.log.error("request_crashed", { error });
      return new Response("Internal error", { status: 500 });
    }
  }

  /** Bodies that did not come to their end are counted: anybody can make thousands of them. */
  #count(body: RequestBody | null, socket: Socket): void {
    if (body === null || body.isComplete) return;
    if (body.problem?.status === 408) this.#listener?.counted.note("slow_uploads_refused");
    else if (body.problem === null && socket.destroyed) this.#listener?.counted.note("uploads_aborted");
  }

  /** Ends connections that are between two requests, or never had one. */
  #closeSilent(): void {
    const busy = new Set([...this.#exchanges].map(({ socket }) => socket));
    for (const [socket, bytesSeen] of this.#sockets) {
      if (!busy.has(socket) && socket.bytesRead === bytesSeen) socket.destroy();
    }
  }
}

/** For handlers without error pages of their own. */
function plainAnswer({ status, message }: HttpError): Response {
  return new Response(message, { status, headers: status === 503 ? { "retry-after": RETRY_AFTER } : {} });
}

/** Takes in the rest of a body that nobody read, for a while: a connection that is cut loses its answer as well. */
async function letGo(incoming: IncomingMessage, socket: Socket): Promise<void> {
  if (incoming.complete || socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  incoming.once("end", resolve).once("close", resolve).resume();
  await within(LINGER_MS, promise);
  if (!incoming.complete) socket.destroy();
}

/** The headers of a request that came too late. */
function turnAway(socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const answer =
    "HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
  socket.end(answer, () => socket.destroy());
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
