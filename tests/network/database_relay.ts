import { connect, createServer, type Socket } from "node:net";
import { silentLogger } from "@/shared/log.ts";
import type { RunningHub } from "@/web/gateways/agent_hub/mod.ts";
import { startAgentHub } from "@/web/services/network/start_agent_hub.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import type { HubWorld } from "./hub_world.ts";

/** A TCP relay in front of PostgreSQL that can go away and come back. */
export class Relay implements AsyncDisposable {
  #sockets = new Set<Socket>();
  #isUp = true;
  readonly #server;
  port = 0;

  constructor(readonly target: URL) {
    this.#server = createServer((inner) => {
      if (!this.#isUp) return inner.destroy();
      const outer = connect(Number(target.port), target.hostname);
      for (const [one, other] of [[inner, outer], [outer, inner]] as const) {
        this.#sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
        one.pipe(other);
      }
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((up) => this.#server.listen(0, "127.0.0.1", up));
    const address = this.#server.address();
    this.port = typeof address === "object" && address !== null ? address.port : 0;
    const url = new URL(this.target);
    url.port = String(this.port);
    url.hostname = "127.0.0.1";
    return url.href;
  }

  set isUp(isUp: boolean) {
    this.#isUp = isUp;
    if (isUp) return;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isUp = false;
    await new Promise((down) => this.#server.close(down));
  }
}

/** A node of its own whose database can go away. */
export class RelayedHub implements AsyncDisposable {
  private constructor(readonly hub: RunningHub, readonly relay: Relay, readonly close: () => Promise<void>) {}

  static async start(world: HubWorld): Promise<RelayedHub> {
    const relay = new Relay(new URL(world.database.appUrl));
    const url = await relay.start();
    const { db, close } = openDatabase({ url, maxConnections: 3, log: silentLogger });
    const hub = await startAgentHub({
      db,
      databaseUrl: url,
      port: 0,
      clock: world.clock,
      log: silentLogger,
      serverKey: world.serverKey,
      nodeId: "relayed",
      pollMs: 100,
    });
    return new RelayedHub(hub, relay, close);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.stop();
    await this.close();
    await this.relay[Symbol.asyncDispose]();
  }
}
