import { connect, type Socket } from "node:net";

/** Where something behind the router really listens. */
export interface Listening {
  host: string;
  port: number;
}

/**
 * What the simulated router reaches and nobody else: itself, and devices by the addresses that they have behind it. A
 * device is any listener of this machine, which knows nothing of that.
 */
export class DeviceNetwork {
  readonly #devices = new Map<string, Listening>();

  /** From now on this address behind the router is what listens there. */
  attach(address: string, port: number, at: Listening): void {
    this.#devices.set(`${address}:${port}`, at);
  }

  detach(address: string, port: number): void {
    this.#devices.delete(`${address}:${port}`);
  }

  /** A connection from the router to a device; rejects when nothing is at that address. */
  async connect(address: string, port: number): Promise<Socket> {
    const at = this.#devices.get(`${address}:${port}`);
    if (at === undefined) throw new Error(`Cannot reach ${address}:${port}: nothing is there`);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = connect(at.port, at.host, resolve);
    socket.once("error", reject);
    await promise;
    return socket;
  }
}
