import { formatDuration, parseRouterDate, type Row } from "@/shared/routeros/mod.ts";
import { invalidValue, noSuchCommand, noSuchMenu } from "./command.ts";
import { givenValues, type Menu, type Verb } from "./menus.ts";
import { natMenu } from "./nat.ts";
import { addressListMenu, poolMenu, queueMenu } from "./network.ts";
import { monitorResource } from "./monitors.ts";
import { pingVerb } from "./ping.ts";
import { activeMenu, profileMenu, secretMenu } from "./ppp.ts";
import { routeMenu } from "./routes.ts";
import { serviceMenu, sshMenu } from "./services.ts";
import { interfaceMenu, logMenu } from "./status_menus.ts";
import { groupMenu, userActiveMenu, userMenu } from "./users.ts";
import { booleanValue } from "./values.ts";
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

/** Every menu that the simulator has, by path. */
export function menusOf(world: RouterWorld): ReadonlyMap<string, Menu> {
  const tools: Menu = { fields: [], rows: () => [], verbs: { ping: pingVerb(world) } };
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
    ["/system/resource", readOnly(() => resourceRow(world), { monitor: monitorResource(resourceRow) })],
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
