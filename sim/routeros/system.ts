import { formatDuration, parseRouterDate, type Row } from "@/shared/routeros/mod.ts";
import { invalidValue, missingValues, noSuchCommand, noSuchMenu } from "./command.ts";
import { givenValues, type Menu, type Verb } from "./menus.ts";
import { addressListMenu, natMenu, poolMenu, queueMenu } from "./network.ts";
import { activeMenu, profileMenu, secretMenu } from "./ppp.ts";
import { routeMenu } from "./routes.ts";
import { serviceMenu, sshMenu } from "./services.ts";
import { interfaceMenu, logMenu } from "./status_menus.ts";
import { groupMenu, userActiveMenu, userMenu } from "./users.ts";
import { booleanValue, whole } from "./values.ts";
import type { RouterWorld } from "./world.ts";

/** A menu of one row that is only read. */
function readOnly(row: () => Row, verbs: Record<string, Verb> = {}): Menu {
  return { fields: Object.keys(row()), rows: () => [row()], verbs };
}

const BUILT = Temporal.PlainDateTime.from("2023-11-13T12:00:00");

/** Before 7.10 the month of the build has a capital letter, as nowhere else. */
function buildTime(world: RouterWorld): string {
  const text = world.printDate(BUILT);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function resourceRow(world: RouterWorld): Row {
  return {
    uptime: formatDuration(world.uptimeSeconds),
    version: world.version,
    "build-time": buildTime(world),
    ...(world.features.restApi ? { "factory-software": "7.1" } : {}),
    "free-memory": "196083712",
    "total-memory": "268435456",
    cpu: "ARMv7",
    "cpu-count": "4",
    "cpu-frequency": "1400",
    "cpu-load": "7",
    "free-hdd-space": "98562048",
    "total-hdd-space": "134217728",
    "write-sect-since-reboot": "1070",
    "write-sect-total": "8926",
    "bad-blocks": "0",
    "architecture-name": "arm",
    "board-name": boardName(world),
    platform: "MikroTik",
  };
}

/** Late releases tell what a CHR runs on. */
function boardName({ boardName, features }: RouterWorld): string {
  return boardName === "CHR" && features.chrHypervisorName ? "CHR QEMU QEMU Virtual Machine" : boardName;
}

function routerboardRow(world: RouterWorld): Row {
  return {
    routerboard: "true",
    "board-name": world.boardName,
    model: "RB4011iGS+",
    "serial-number": world.serialNumber,
    "firmware-type": "al2",
    "factory-firmware": "6.44",
    "current-firmware": world.version.split(" ")[0] ?? "",
    "upgrade-firmware": world.version.split(" ")[0] ?? "",
  };
}

/** A CHR has a system id in place of the software id of a board. */
function licenseMenu(world: RouterWorld): Menu {
  const row = (): Row =>
    world.routerboard
      ? { "software-id": world.softwareId, nlevel: "5", features: "" }
      : { "system-id": world.softwareId, level: "p1", "limited-upgrades": "false" };
  const nothing: Verb = () => ({});
  return readOnly(row, { "generate-new-id": nothing, renew: nothing });
}

function identityMenu(world: RouterWorld): Menu {
  return readOnly(() => ({ name: world.identity }), {
    set: (_caller, command) => {
      world.identity = givenValues(command)["name"] ?? world.identity;
      return {};
    },
    reset: () => {
      world.identity = "MikroTik";
      return {};
    },
  });
}

function clockRow(world: RouterWorld): Row {
  const [date = "", time = ""] = world.printDate(world.localTime()).split(" ");
  return {
    time,
    date,
    "time-zone-autodetect": String(world.timeZone.isAutodetected),
    "time-zone-name": world.timeZone.name,
    "gmt-offset": world.utcOffset,
    "dst-active": "false",
  };
}

function clockMenu(world: RouterWorld): Menu {
  return readOnly(() => clockRow(world), {
    set: (_caller, command) => {
      setClock(world, givenValues(command));
      return {};
    },
    reset: () => {
      world.timeZone = { name: "Asia/Manila", isAutodetected: true };
      return {};
    },
  });
}

function setClock(world: RouterWorld, values: Row): void {
  const before = clockRow(world);
  const zone = values["time-zone-name"];
  if (zone !== undefined) {
    if (zone !== "manual" && !isTimeZone(zone)) throw invalidValue("time-zone-name");
    world.timeZone.name = zone;
  }
  const autodetect = values["time-zone-autodetect"];
  if (autodetect !== undefined) {
    world.timeZone.isAutodetected = booleanValue("time-zone-autodetect", autodetect) === "true";
  }
  if (values["date"] === undefined && values["time"] === undefined) return;
  const wanted = parseRouterDate(`${values["date"] ?? before["date"]} ${values["time"] ?? before["time"]}`);
  if (wanted === null) throw invalidValue(values["date"] === undefined ? "time" : "date");
  world.setClock(wanted);
}

function isTimeZone(name: string): boolean {
  try {
    Temporal.Now.plainDateTimeISO(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** All answers come at once, so that there must not be too many; a router sends them one by one. */
const PINGS_MAX = 1_000;

/** The rows of a ping that was asked `count` times; the connection asks again for one without an end. */
function ping(world: RouterWorld): Verb {
  return (_caller, command) => {
    const { address, count } = command.attributes;
    if (address === undefined || address === "") throw missingValues(["address"]);
    const times = Number(whole(1, PINGS_MAX)("count", count ?? "1"));
    const rows = Array.from({ length: times }, (_, i) => pingRow(world, address, i));
    return { rows, isPrint: true };
  };
}

function pingRow(world: RouterWorld, address: string, index: number): Row {
  const answers = world.reachable.has(address) ||
    world.active.rows().some((row) => row["address"] === address);
  const sent = { seq: String(index), host: address };
  const total = { sent: String(index + 1) };
  return answers
    ? { ...sent, size: "56", ttl: "64", time: "2ms", ...total, received: total.sent, "packet-loss": "0" }
    : { ...sent, status: "timeout", ...total, received: "0", "packet-loss": "100" };
}

/** Every menu that the simulator has, by path. */
export function menusOf(world: RouterWorld): ReadonlyMap<string, Menu> {
  const tools: Menu = { fields: [], rows: () => [], verbs: { ping: ping(world) } };
  return new Map<string, Menu>([
    ["", tools],
    ["/tool", tools],
    // Rebooting is for the connection, which the reboot ends.
    ["/system", { fields: [], rows: () => [], verbs: { reboot: () => ({}) } }],
    ["/ppp/secret", secretMenu(world)],
    ["/ppp/profile", profileMenu(world)],
    ["/ppp/active", activeMenu(world)],
    ["/ip/pool", poolMenu(world)],
    ["/ip/firewall/address-list", addressListMenu(world)],
    ["/ip/firewall/nat", natMenu(world)],
    ["/ip/route", routeMenu(world)],
    ["/ip/service", serviceMenu(world)],
    ["/ip/ssh", sshMenu(world)],
    ["/queue/simple", queueMenu(world)],
    ["/interface", interfaceMenu(world)],
    ["/log", logMenu(world)],
    ["/system/resource", readOnly(() => resourceRow(world))],
    ["/system/identity", identityMenu(world)],
    ["/system/license", licenseMenu(world)],
    ["/system/clock", clockMenu(world)],
    ["/user", userMenu(world)],
    ["/user/group", groupMenu(world)],
    ["/user/active", userActiveMenu(world)],
    ...(world.routerboard
      ? [["/system/routerboard", readOnly(() => routerboardRow(world))] as [string, Menu]]
      : []),
  ]);
}

/** The menu at `path`, or the refusal that RouterOS gives for one that is not there. */
export function menuAt(menus: ReadonlyMap<string, Menu>, path: string): Menu {
  const menu = menus.get(path);
  if (menu !== undefined) return menu;
  // A folder is there, and has no commands of its own.
  const isFolder = path !== "" && [...menus.keys()].some((one) => one.startsWith(`${path}/`));
  throw isFolder ? noSuchCommand() : noSuchMenu(path.slice(path.lastIndexOf("/") + 1));
}
