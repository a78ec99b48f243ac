import { connect as connectTls, type TLSSocket } from "node:tls";
import { ConnectError, TlsError } from "@/shared/routeros/mod.ts";
import { duplexOfNode } from "./node_duplex.ts";
import type { Duplex } from "./transport.ts";

const DEFAULT_PORT = 8_729;

/** The api-ssl service of a router, known by its certificate alone: nobody signs the certificates of routers. */
export interface TlsAddress {
  host: string;
  /** 8729 unless set. */
  port?: number;
  /** SHA-256 of the certificate in hexadecimal, with or without colons. */
  fingerprint: string;
}

/**
 * A transport over TLS for {@linkcode SessionOptions.transport}. It works with a router that has a certificate and an
 * ECDHE key exchange; anonymous Diffie-Hellman (a service without certificate), DHE and static RSA are out of reach of
 * the TLS of this program, and are refused with what to do instead.
 */
export function tlsTransport(address: TlsAddress): (signal: AbortSignal) => Promise<Duplex> {
  return async (signal) => {
    const socket = await handshake(address, signal);
    const seen = plain(socket.getPeerCertificate().fingerprint256);
    if (seen === plain(address.fingerprint)) return duplexOfNode(socket, () => socket.destroy());
    socket.destroy();
    throw new TlsError("certificate_differs", `its certificate has the fingerprint ${seen}`, { seen });
  };
}

function plain(fingerprint: string | undefined): string {
  return (fingerprint ?? "").replaceAll(":", "").toLowerCase();
}

function handshake({ host, port = DEFAULT_PORT }: TlsAddress, signal: AbortSignal): Promise<TLSSocket> {
  const result = Promise.withResolvers<TLSSocket>();
  const socket = connectTls({ host, port, rejectUnauthorized: false });
  const onAbort = () => {
    socket.destroy();
    result.reject(signal.reason);
  };
  socket.setNoDelay(true);
  socket.once("secureConnect", () => result.resolve(socket));
  // Stays for the life of the socket: an error that nobody listens to would end the process.
  socket.on("error", (error) => result.reject(errorOf(error, `${host}:${port}`)));
  socket.once(
    "close",
    () => result.reject(errorOf(new Error("Cannot go on: the connection was closed"), `${host}:${port}`)),
  );
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return result.promise.finally(() => signal.removeEventListener("abort", onAbort));
}

const UNREACHABLE = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "ENOTFOUND"]);

function errorOf(error: Error & { code?: string }, where: string): Error {
  return error.code !== undefined && UNREACHABLE.has(error.code)
    ? new ConnectError(`Cannot reach the router at ${where}: ${error.message}`, { cause: error })
    : new TlsError("handshake_failed", error.message, { cause: error });
}
