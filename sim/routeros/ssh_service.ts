import { type Algorithms, type Connection, Server, type ServerChannel, utils } from "ssh2";
import type { DeviceNetwork } from "./device_network.ts";
import { findUser, isAllowedFrom, policiesOf } from "./users.ts";
import type { RouterWorld } from "./world.ts";

/** How old a router the SSH service shall pass for. */
export type SshAge = "current" | "old";

/** The key exchange and the signature of 6.x releases, and nothing newer. */
const OLD: Algorithms = {
  kex: ["diffie-hellman-group14-sha1"],
  serverHostKey: ["ssh-rsa"],
};

/**
 * The SSH service of a router, as far as tunnels need it: logins by the router's own users, and forwarded connections as
 * `/ip/ssh` allows. There is no shell.
 */
export class SshService {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  /** SHA-256 of the host key, as a client pins it. */
  readonly fingerprint: string;
  /** Connections that were forwarded so far. */
  forwarded = 0;

  private constructor(
    readonly world: RouterWorld,
    readonly devices: DeviceNetwork,
    options: { key: string; fingerprint: string; age: SshAge },
  ) {
    this.fingerprint = options.fingerprint;
    const algorithms = options.age === "old" ? { algorithms: OLD } : {};
    this.#server = new Server(
      { hostKeys: [options.key], ...algorithms },
      (client, { ip }) => this.#welcome(client, ip),
    );
  }

  static async start(world: RouterWorld, devices: DeviceNetwork, age: SshAge): Promise<SshService> {
    const keys = utils.generateKeyPairSync("rsa", { bits: 2_048 });
    const blob = Uint8Array.fromBase64(keys.public.split(" ")[1] ?? "");
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", blob));
    const fingerprint = digest.toBase64({ omitPadding: true });
    const service = new SshService(world, devices, { key: keys.private, fingerprint, age });
    await new Promise<void>((resolve) => service.#server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.end();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #welcome(client: Connection, ip: string): void {
    const service = this.world.services.named("ssh")[0];
    this.#connections.add(client);
    client.on("close", () => this.#connections.delete(client));
    client.on("error", () => client.end());
    if (service?.["disabled"] === "true" || !isAllowedFrom(service?.["address"] ?? "", ip)) {
      return void client.end();
    }
    client.on("authentication", (attempt) => {
      if (attempt.method === "password" && this.#mayIn(attempt.username, attempt.password, ip)) {
        attempt.accept();
      } else attempt.reject(["password"]);
    });
    client.on("tcpip", (accept, reject, { destIP, destPort }) => {
      if (!this.#mayForward()) return refuseAsProhibited(client, reject);
      this.#forward(accept, destIP, destPort).catch(() => reject());
    });
  }

  #mayIn(name: string, password: string, ip: string): boolean {
    const user = findUser(this.world, name, password, ip);
    return user !== null && policiesOf(this.world, user).has("ssh");
  }

  #mayForward(): boolean {
    return ["local", "both", "true"].includes(this.world.ssh["forwarding-enabled"] ?? "no");
  }

  async #forward(accept: () => ServerChannel, address: string, port: number): Promise<void> {
    const socket = await this.devices.connect(address, port);
    const channel = accept();
    this.forwarded++;
    socket.on("error", () => channel.close());
    channel.on("error", () => socket.destroy());
    channel.on("close", () => socket.destroy());
    socket.pipe(channel).pipe(socket);
  }
}

/** Administratively prohibited, of RFC 4254. */
const PROHIBITED = 1;

/** A router tells what it may not forward from what it cannot reach, which is the library's only refusal. */
function refuseAsProhibited(client: Connection, reject: () => void): void {
  const { _protocol: protocol } = client as unknown as {
    _protocol: { channelOpenFail(recipient: number, reason: number, text: string): void };
  };
  const refuse = protocol.channelOpenFail;
  protocol.channelOpenFail = (recipient) =>
    refuse.call(protocol, recipient, PROHIBITED, "administratively prohibited");
  reject();
  protocol.channelOpenFail = refuse;
}
