import type { Row } from "@/shared/routeros/mod.ts";
import { missingValues } from "./command.ts";
import type { Menu, Verb } from "./menus.ts";
import { DOWNLOAD_BYTES_PER_SECOND, monitorTraffic, UPLOAD_BYTES_PER_SECOND } from "./monitors.ts";
import { storedMenu } from "./stored.ts";
import { whole } from "./values.ts";
import type { RouterWorld } from "./world.ts";

/** /interface: the ports, and one for each session with its counters, which begin with it. */
export function interfaceMenu(world: RouterWorld): Menu {
  const menu = storedMenu({
    table: world.interfaces,
    fields: [
      "name",
      "type",
      "mtu",
      "l2mtu",
      "rx-byte",
      "tx-byte",
      "running",
      "dynamic",
      "disabled",
      "comment",
    ],
    settable: world.settable("/interface"),
    defaults: { mtu: "1500", disabled: "false" },
    checks: {
      mtu: (argument, text) => text === "auto" ? text : whole(68, 65_535)(argument, text),
      l2mtu: whole(0, 65_535),
    },
  }, () => world.interfaces.rows().map((row) => ({ ...row, ...trafficOf(world, row) })));
  const nothing: Verb = () => ({});
  return { ...menu, verbs: { ...menu.verbs, blink: nothing, "monitor-traffic": monitorTraffic } };
}

function trafficOf(world: RouterWorld, row: Row): Row {
  const session = world.sessions.get(`*8${row[".id"]?.slice(2)}`);
  if (session === undefined) return {};
  const seconds = (performance.now() - session.startedAt) / 1_000;
  return {
    "rx-byte": counter(session.traffic.upload, seconds * UPLOAD_BYTES_PER_SECOND),
    "tx-byte": counter(session.traffic.download, seconds * DOWNLOAD_BYTES_PER_SECOND),
  };
}

/** Whole bytes of 64 bits, which begin at zero again after the last. */
function counter(before: bigint, since: number): string {
  return String(BigInt.asUintN(64, before + BigInt(Math.floor(since))));
}

/** /log: what the router wrote, and lines that scripts and API users add. */
export function logMenu(world: RouterWorld): Menu {
  const write = (severity: string): Verb => (_caller, command) => {
    const { message } = command.attributes;
    if (message === undefined) throw missingValues(["message"]);
    world.writeLog(`script,${severity}`, message);
    return {};
  };
  return {
    fields: ["time", "topics", "message"],
    rows: () => world.log.rows(),
    table: world.log,
    verbs: { debug: write("debug"), info: write("info"), warning: write("warning"), error: write("error") },
  };
}
