import { createHash } from "node:crypto";
import { type Algorithms, Client, type ClientChannel } from "ssh2";
import { ConnectError, TunnelError } from "@/shared/routeros/mod.ts";
import { duplexOfNode } from "./node_duplex.ts";
import type { Duplex } from "./transport.ts";

/** A way through the SSH service of a router to a port that the router itself reaches. */
export interface SshTunnel {
  host: string;
  /** 22 unless set. */
  port?: number;
  user: string;
  password: string;
  /** SHA-256 of the host key in base64, as `ssh-keygen -l` prints it behind "SHA256:". */
  hostKey: string;
  /** Where the router connects to; its own API unless set. */
  to?: { host: string; port: number };
}

/** The API as the router sees it: encrypted up to the router, plain inside of it. */
const OWN_API = { host: "127.0.0.1", port: 8_728 };

/** Routers of the 6.x releases have no newer ones than these. */
const OLD_ALGORITHMS = {
  kex: { append: ["diffie-hellman-group14-sha1"], prepend: [], remove: [] },
  serverHostKey: { append: ["ssh-rsa"], prepend: [], remove: [] },
} satisfies Algorithms;

/**
 * A transport through the router's SSH service, for {@linkcode SessionOptions.transport}: to its own API, or to a device
 * behind it. Needs a user with the policy ssh, and `/ip/ssh/set forwarding-enabled=local`.
 */
export function sshTransport(tunnel: SshTunnel): (signal: AbortSignal) => Promise<Duplex> {
  return async (signal) => {
    const client = new Client();
    const onAbort = () => client.destroy();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      signal.throwIfAborted();
      await logIn(client, tunnel);
      const channel = await forward(client, tunnel.to ?? OWN_API);
      return duplexOfNode(channel, () => client.destroy());
    } catch (error) {
      client.destroy();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  };
}

function logIn(client: Client, { host, port = 22, user, password, hostKey }: SshTunnel): Promise<void> {
  const result = Promise.withResolvers<void>();
  let seen: string | null = null;
  client.once("ready", () => result.resolve());
  // Stays for the life of the connection: an error that nobody listens to would end the process.
  client.on("error", (error) => result.reject(loginError(error, `${host}:${port}`, seen)));
  client.once("close", () => result.reject(new TunnelError("failed", "the connection was closed")));
  client.connect({
    host,
    port,
    username: user,
    password,
    hostVerifier: (key: Uint8Array) => {
      const fingerprint = createHash("sha256").update(key).digest("base64").replace(/=+$/, "");
      const isPinned = fingerprint === hostKey.replace(/^SHA256:/, "").replace(/=+$/, "");
      if (!isPinned) seen = fingerprint;
      return isPinned;
    },
    algorithms: OLD_ALGORITHMS,
    // The session has the one deadline for connecting.
    readyTimeout: 0,
  });
  return result.promise;
}

/** `seen` is the fingerprint of a host key that is not the pinned one. */
function loginError(error: Error & { level?: string }, where: string, seen: string | null): Error {
  if (seen !== null) return new TunnelError("host_key_differs", `its host key is SHA256:${seen}`, { seen });
  if (error.level === "client-authentication") {
    return new TunnelError("login_refused", "it refused the login");
  }
  if (error.level === "client-socket") {
    return new ConnectError(`Cannot reach the router at ${where}: ${error.message}`, { cause: error });
  }
  return new TunnelError("failed", error.message, { cause: error });
}

/** Reasons of RFC 4254 for a channel that was not opened. */
const PROHIBITED = 1;
const CONNECT_FAILED = 2;

function forward(client: Client, to: { host: string; port: number }): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, to.host, to.port, (error, channel) => {
      if (error === undefined) return resolve(channel);
      const { reason } = error as Error & { reason?: number | string };
      const where = `${to.host}:${to.port}`;
      if (reason === PROHIBITED) reject(new TunnelError("forwarding_off", "it forwards no connections"));
      else if (reason === CONNECT_FAILED) {
        reject(new TunnelError("target_refused", `it cannot reach ${where}`));
      } else reject(new TunnelError("failed", error.message, { cause: error }));
    });
  });
}
