import { WithdrawnError } from "../mikrotik/request.ts";
import type { RouterPort, WriteOptions } from "./ports.ts";

/** A router in memory that records its writes. */
export class FakePort implements RouterPort {
  readonly ended = new Promise<void>(() => {});
  readonly writes: string[] = [];
  constructor(readonly disabled: Map<string, boolean>) {}
  identity = () =>
    Promise.resolve({
      identity: "R1",
      version: "7.15",
      serial_number: "SERIAL",
      software_id: null,
      board_name: null,
      uptime_seconds: 1,
    });
  listProfiles = () => Promise.resolve([]);
  listActive = () => Promise.resolve([]);
  close = () => Promise.resolve();
  kick = (names: string[]) => Promise.resolve({ kicked: names.length });
  setProfile = () => Promise.resolve("unchanged" as const);
  findSessions = () => Promise.resolve([]);
  findSecrets = () => Promise.resolve([]);
  addSecret = () => Promise.resolve();
  setSecret = () => Promise.resolve();
  /** How often all secrets were read. */
  looks = 0;
  listSecrets = () => {
    this.looks++;
    return Promise.resolve([...this.disabled].map(([name, disabled]) => ({
      name,
      disabled,
      profile: "p",
      service: "pppoe",
      comment: null,
      callerId: null,
      remoteAddress: null,
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
