import { formatDuration, type Row } from "@/shared/routeros/mod.ts";
import { noSuchMenu } from "./command.ts";
import { givenValues, type Menu } from "./menus.ts";
import { activeMenu, profileMenu, secretMenu } from "./ppp.ts";
import type { RouterWorld } from "./world.ts";

/** A menu of one row that is only read. */
function readOnly(row: () => Row): Menu {
  const fields = Object.keys(row());
  return { fields, rows: () => [row()], verbs: {} };
}

function resourceRow(world: RouterWorld): Row {
  return {
    uptime: formatDuration(world.uptimeSeconds),
    version: world.version,
    "build-time": "Nov/13/2023 12:00:00",
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
    "board-name": world.boardName,
    platform: "MikroTik",
  };
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

function clockRow(world: RouterWorld): Row {
  const [date = "", time = ""] = world.printDate(world.localTime()).split(" ");
  return {
    time,
    date,
    "time-zone-autodetect": "true",
    "time-zone-name": "Asia/Manila",
    "gmt-offset": "+08:00",
    "dst-active": "false",
  };
}

/** A CHR has a system id in place of the software id of a board. */
function licenseRow(world: RouterWorld): Row {
  return world.routerboard
    ? { "software-id": world.softwareId, nlevel: "5", features: "" }
    : { "system-id": world.softwareId, level: "p1", "limited-upgrades": "false" };
}

function identityMenu(world: RouterWorld): Menu {
  return {
    ...readOnly(() => ({ name: world.identity })),
    verbs: {
      set: (_caller, command) => {
        world.identity = givenValues(command, new Set(["name"]))["name"] ?? world.identity;
        return {};
      },
    },
  };
}

function interfaceRows(world: RouterWorld): Row[] {
  const ethernet: Row = { ".id": "*1", name: "ether1", type: "ether", running: "true", disabled: "false" };
  const sessions = world.activeRows().map((row): Row => {
    const started = world.sessions.get(row[".id"] ?? "")?.startedAt ?? performance.now();
    const seconds = (performance.now() - started) / 1000;
    return {
      ".id": `*F${row[".id"]?.slice(2)}`,
      name: `<pppoe-${row["name"]}>`,
      type: "pppoe-in",
      "rx-byte": String(Math.floor(seconds * 20_000)),
      "tx-byte": String(Math.floor(seconds * 250_000)),
      running: "true",
      dynamic: "true",
      disabled: "false",
    };
  });
  return [ethernet, ...sessions];
}

/** Every menu that the simulator has, by path. */
export function menusOf(world: RouterWorld): ReadonlyMap<string, Menu> {
  const interfaces: Menu = {
    fields: ["name", "type", "rx-byte", "tx-byte", "running", "dynamic", "disabled"],
    rows: () => interfaceRows(world),
    verbs: {},
  };
  const userActive: Menu = {
    fields: ["when", "name", "address", "via", "radius"],
    rows: () => world.userActive.rows(),
    table: world.userActive,
    verbs: {},
  };
  return new Map<string, Menu>([
    ["/ppp/secret", secretMenu(world)],
    ["/ppp/profile", profileMenu(world)],
    ["/ppp/active", activeMenu(world)],
    ["/system/resource", readOnly(() => resourceRow(world))],
    ["/system/identity", identityMenu(world)],
    ["/system/license", readOnly(() => licenseRow(world))],
    ["/system/clock", readOnly(() => clockRow(world))],
    ["/interface", interfaces],
    ["/user/active", userActive],
    ...(world.routerboard
      ? [["/system/routerboard", readOnly(() => routerboardRow(world))] as [string, Menu]]
      : []),
  ]);
}

/** The menu at `path`, or the refusal that RouterOS gives for one that is not there. */
export function menuAt(menus: ReadonlyMap<string, Menu>, path: string): Menu {
  const menu = menus.get(path);
  if (menu === undefined) throw noSuchMenu(path.slice(path.lastIndexOf("/") + 1));
  return menu;
}
