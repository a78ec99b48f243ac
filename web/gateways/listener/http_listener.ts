import { createServer, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Logger } from "@/shared/log.ts";
import { AcceptGuard } from "./accept_guard.ts";
import { Connections } from "./connections.ts";
import { CountedLog } from "./counted_log.ts";

/** Where to listen, and what a guest may take. */
export interface ListenerOptions {
  /** Named in the log: `pages`, `agents`. */
  name: string;
  /** 0 takes a free port. */
  port: number;
  hostname: string;
  log: Logger;
  /** Connections at once; further ones are not accepted. @default {no limit} */
  connectionsMax?: number;
  /** All connections come from a proxy, which has to share them out itself: no network has a bound. @default false */
  trustProxy?: boolean;
  /** See {@linkcode Connections}; tests have one machine only. */
  isUnbound?: (address: string) => boolean;
  /** From the opening of a connection, or the first byte of its next request, to the end of the headers. @default {15000} */
  headerMs?: number;
  /** From the first byte of a request to the last of its body; 0 where whoever reads the body sees to it. @default {0} */
  requestMs?: number;
  /** A kept connection without a request. Over the 60 s of common proxies, which must be the first to close. @default {65000} */
  idleMs?: number;
  /** @default {16384} */
  headerBytesMax?: number;
  /** How often it is looked whether connections still arrive. @default {5000} */
  guardMs?: number;
}

/** A listening port. */
export interface HttpListener {
  port: number;
  server: Server;
  counted: CountedLog;
  /** A connection that speaks another protocol from now on. */
  keep(socket: Socket): void;
  /** No new connections; resolves when the last one has ended. */
  close(): Promise<void>;
}

/** How often connections are measured against their limits. */
const CHECK_MS = 1_000;

/**
 * Listens with node:http, which knows limits on header and idle time and on the number of connections; `Deno.serve` has
 * none, and ends the process when an accept fails (decision 25).
 *
 * @throws {Deno.errors.AddrInUse} when another program listens on the port
 */
export async function openListener(
  options: ListenerOptions,
  onRequest: RequestListener,
): Promise<HttpListener> {
  const { name, log, connectionsMax = Infinity } = options;
  const counted = new CountedLog(log.child({ listener: name }));
  const server = createServer(
    { maxHeaderSize: options.headerBytesMax ?? 16_384, connectionsCheckingInterval: CHECK_MS },
    onRequest,
  );
  server.headersTimeout = options.headerMs ?? 15_000;
  server.requestTimeout = options.requestMs ?? 0;
  server.keepAliveTimeout = options.idleMs ?? 65_000;
  if (Number.isFinite(connectionsMax)) server.maxConnections = connectionsMax;
  server.on("clientError", (error, socket) => refuseBadRequest(counted, error, socket));
  const bound = options.trustProxy === true ? { perNetworkMax: Infinity } : {};
  const connections = new Connections(server, { ...options, ...bound, connectionsMax, counted });
  const guard = new AcceptGuard(server, { ...options, connections, connectionsMax, counted });
  await guard.listen(options.port);
  return {
    port: guard.port,
    server,
    counted,
    keep: (socket) => connections.keep(socket),
    async close() {
      guard.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
      counted.flush();
    },
  };
}

/** What never became a request: too slow, too long, or not HTTP. */
function refuseBadRequest(counted: CountedLog, error: Error, socket: Duplex): void {
  const code = "code" in error ? String(error.code) : "";
  const status = STATUS_OF_ERROR[code] ?? "400 Bad Request";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT" && socket.writable) counted.note("slow_connections_closed");
  if (!socket.writable || code === "ECONNRESET") return void socket.destroy();
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}

const STATUS_OF_ERROR: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};
