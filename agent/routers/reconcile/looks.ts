import { ClockLook } from "./clock_look.ts";
import type { LookOptions } from "./occasional_look.ts";
import { OptionalRead } from "./optional_read.ts";
import type { PortLogLine } from "./ports.ts";
import { Uplink } from "./uplink.ts";

/** What is read of a router beside its accounts; every connection looks for itself. */
export interface Looks {
  uplink: Uplink;
  clock: ClockLook;
  routerLog: OptionalRead<readonly PortLogLine[]>;
}

export function newLooks(options: LookOptions): Looks {
  return {
    uplink: new Uplink(options),
    clock: new ClockLook(options),
    routerLog: new OptionalRead({
      what: "log",
      read: (router) => router.listLog(),
      untold: [],
      log: options.log,
    }),
  };
}
