import type { Row } from "@/shared/routeros/mod.ts";
import { missingValues, noMatchingValue } from "./command.ts";
import { project, proplistOf, type Verb } from "./menus.ts";
import type { RouterWorld } from "./world.ts";

/** What a session takes: bytes that the router receives of it, and sends to it, in a second. */
export const UPLOAD_BYTES_PER_SECOND = 20_000;
export const DOWNLOAD_BYTES_PER_SECOND = 250_000;

const PACKET_BYTES = 1_000;

/** /system/resource/monitor: how busy the router is now, each processor as all of them. */
export function monitorResource(resource: (world: RouterWorld) => Row): Verb {
  return ({ world }, command) => {
    const { "cpu-load": load = "0", "cpu-count": count = "1", "free-memory": free = "0" } = resource(world);
    const row = {
      "cpu-used": load,
      "cpu-used-per-cpu": Array<string>(Number(count)).fill(load).join(","),
      "free-memory": free,
    };
    return { rows: [project({ fields: Object.keys(row) }, row, proplistOf(command))] };
  };
}

/** All interfaces together. */
const AGGREGATE = "aggregate";

/** /interface/monitor-traffic: a row for each interface that was asked about. */
export const monitorTraffic: Verb = ({ world }, command) => {
  const asked = command.attributes["interface"] ?? "";
  if (asked === "") throw missingValues(["interface"]);
  const rows = asked.split(",").map((name) => trafficRow(world, name));
  return { rows: rows.map((row) => project({ fields: Object.keys(row) }, row, proplistOf(command))) };
};

function trafficRow(world: RouterWorld, asked: string): Row {
  const found = asked.startsWith("*") ? world.interfaces.get(asked) : world.interfaces.named(asked)[0];
  if (found === undefined && asked !== AGGREGATE) throw noMatchingValue("interface");
  const sessions = found?.["dynamic"] === "true" ? 1 : world.sessions.size;
  const received = rates("rx", sessions * UPLOAD_BYTES_PER_SECOND);
  const sent = rates("tx", sessions * DOWNLOAD_BYTES_PER_SECOND);
  return { name: found?.["name"] ?? asked, ...received, ...sent, "tx-queue-drops-per-second": "0" };
}

function rates(direction: "rx" | "tx", bytesPerSecond: number): Row {
  return {
    [`${direction}-packets-per-second`]: String(bytesPerSecond / PACKET_BYTES),
    [`${direction}-bits-per-second`]: String(bytesPerSecond * 8),
    [`fp-${direction}-packets-per-second`]: "0",
    [`fp-${direction}-bits-per-second`]: "0",
    [`${direction}-drops-per-second`]: "0",
    [`${direction}-errors-per-second`]: "0",
  };
}
