import type { Logger } from "@/shared/log.ts";
import type { AppHandler } from "@/web/fresh/internal.ts";

/** Where and how long to serve. */
export interface ServeOptions {
  /** 0 takes a free port. */
  port: number;
  hostname: string;
  /** Aborted to stop: no new connections, running requests may finish. */
  signal: AbortSignal;
  log: Logger;
  /** How long running requests may take after the stop, in milliseconds. @default {10000} */
  drainMs?: number;
}

/** A listening server. */
export interface RunningServer {
  port: number;
  /** Resolves when the last request is answered or the drain time is over. */
  finished: Promise<void>;
}

/**
 * Serves until the signal aborts, then drains.
 *
 * @throws {Deno.errors.AddrInUse} when another program listens on the port
 */
export function serveApp(handler: AppHandler, options: ServeOptions): RunningServer {
  const { signal, drainMs = 10_000 } = options;
  const server = listen(handler, options);
  const finished = Promise.withResolvers<void>();
  const stop = () => finished.resolve(drain(server, drainMs));
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return { port: server.addr.port, finished: finished.promise };
}

function listen(handler: AppHandler, { port, hostname, log }: ServeOptions) {
  const onError = (error: unknown) => {
    log.error("request_crashed", { message: String(error) });
    return new Response("Internal error", { status: 500 });
  };
  try {
    return Deno.serve({ port, hostname, onListen: () => {}, onError }, (request, info) => {
      // A Host header of junk makes an address that nothing below could read.
      if (!URL.canParse(request.url)) return new Response("Bad request", { status: 400 });
      return handler(request, info);
    });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    throw new Deno.errors.AddrInUse(
      `Cannot serve pages on ${hostname}:${port}: another program listens there`,
      { cause },
    );
  }
}

async function drain(server: Deno.HttpServer, drainMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, drainMs);
  // A request that outlasts the drain ends with the process: aborting the server after its shutdown throws.
  await Promise.race([server.shutdown(), late.promise]);
  clearTimeout(timer);
}
