import type { RouterIdentityMessage } from "@/shared/protocol/mod.ts";
import { WithdrawnError } from "../mikrotik/request.ts";
import type { PortLogLine, PortRoute, PortSecret, ProfileMove, RouterPort, WriteOptions } from "./ports.ts";

/** A router in memory that records its writes. */
export class FakePort implements RouterPort {
  readonly ended = new Promise<void>(() => {});
  readonly writes: string[] = [];
  constructor(readonly disabled: Map<string, boolean>) {}
  identity = (): Promise<RouterIdentityMessage> =>
    Promise.resolve({
      identity: "R1",
      version: "7.15",
      serial_number: "SERIAL",
      software_id: null,
      board_name: null,
      uptime_seconds: 1,
    });
  /** Names of the profiles that it has. */
  profiles = ["p"];
  /** Of accounts that have another profile than the first. */
  readonly profileOf = new Map<string, string>();
  /** Accounts whose row has another id, name or service than the usual. */
  readonly rows = new Map<string, Partial<PortSecret>>();
  routes: PortRoute[] = [];
  log: PortLogLine[] = [];
  /** How often the profiles, and the routes, were read. */
  profileLooks = 0;
  routeLooks = 0;
  listProfiles = () => {
    this.profileLooks++;
    return Promise.resolve(this.profiles.map((name) => ({ name, rateLimit: null })));
  };
  listDefaultRoutes = () => {
    this.routeLooks++;
    return Promise.resolve(this.routes);
  };
  listLog = () => Promise.resolve(this.log);
  isClockUnset = () => Promise.resolve(false);
  listActive = () => Promise.resolve([]);
  close = () => Promise.resolve();
  kick = (names: string[]) => Promise.resolve({ kicked: names.length });
  moveToProfile = (moves: readonly ProfileMove[], profile: string, options: WriteOptions = {}) => {
    this.beforeWrite();
    if (options.isStillWanted?.() === false) return Promise.reject(new WithdrawnError("/ppp/secret/set"));
    const names = moves.map(({ account }) => account);
    for (const name of names) this.profileOf.set(name, profile);
    this.writes.push(`profile ${profile} ${names.join(" ")}`);
    return Promise.resolve({ changed: names, unchanged: [], missing: [] });
  };
  findSessions = () => Promise.resolve([]);
  findSecrets = () => Promise.resolve([]);
  addSecret = () => Promise.resolve();
  setSecret = () => Promise.resolve();
  /** How often all secrets were read. */
  looks = 0;
  listSecrets = () => {
    this.looks++;
    return Promise.resolve([...this.disabled].map(([name, disabled]): PortSecret => ({
      id: `*${name}`,
      name,
      disabled,
      profile: this.profileOf.get(name) ?? "p",
      service: "pppoe",
      comment: null,
      callerId: null,
      remoteAddress: null,
      ...this.rows.get(name),
    })));
  };
  /** What happens while the client compares, before the write. */
  beforeWrite: () => void = () => {};
  setDisabled = (names: string[], disabled: boolean, options: WriteOptions = {}) => {
    this.beforeWrite();
    if (options.isStillWanted?.() === false) return Promise.reject(new WithdrawnError("/ppp/secret/set"));
    for (const name of names) this.disabled.set(name, disabled);
    this.writes.push(`${disabled ? "disable" : "enable"} ${names.join(" ")}`);
    return Promise.resolve({ changed: names, unchanged: [], missing: [] });
  };
}
