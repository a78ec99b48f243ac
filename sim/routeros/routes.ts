import type { Row } from "@/shared/routeros/mod.ts";
import { gateways, ipv4Addresses, ipv4Prefix } from "./addresses.ts";
import type { Menu } from "./menus.ts";
import { storedMenu } from "./stored.ts";
import type { Table } from "./table.ts";
import * as value from "./values.ts";
import type { RouterWorld } from "./world.ts";

const GATEWAY = "192.0.2.1";
const EVERYWHERE = "0.0.0.0/0";

/** The way out of a site, as a router is set up with one uplink. */
export function addDefaultRoute(routes: Table): void {
  routes.insert({
    "dst-address": EVERYWHERE,
    "routing-table": "main",
    gateway: GATEWAY,
    "check-gateway": "ping",
    distance: "1",
    scope: "30",
    "target-scope": "10",
    disabled: "false",
  });
}

const FIELDS =
  ("dst-address routing-table pref-src gateway immediate-gw check-gateway blackhole distance scope " +
    "target-scope suppress-hw-offload vrf-interface active inactive dynamic static disabled comment").split(
      " ",
    );

/**
 * /ip/route. A route is active while its gateway answers. From 7.0 a flag that does not hold is not printed, and one that
 * is not active is `inactive`; before, `active` says so itself.
 */
export function routeMenu(world: RouterWorld): Menu {
  const table = world.routes;
  const menu = storedMenu({
    table,
    fields: FIELDS,
    settable: world.settable("/ip/route"),
    defaults: {
      "dst-address": EVERYWHERE,
      distance: "1",
      scope: "30",
      "target-scope": "10",
      disabled: "false",
    },
    checks: {
      "dst-address": ipv4Prefix,
      gateway: gateways(world.interfaces),
      "pref-src": ipv4Addresses,
      "check-gateway": value.oneOf("arp", "none", "ping"),
      distance: value.whole(1, 255),
      scope: value.whole(0, 255),
      "target-scope": value.whole(0, 255),
    },
  }, () => table.rows().map((row) => ({ ...row, ...flagsOf(world, row) })));
  return { ...menu, verbs: { ...menu.verbs, check: () => ({}) } };
}

function flagsOf(world: RouterWorld, row: Row): Row {
  const isActive = row["disabled"] !== "true" && !world.deadGateways.has(row["gateway"] ?? "");
  if (world.version.startsWith("6.")) return { active: String(isActive), dynamic: "false", static: "true" };
  return { ...(isActive ? { active: "true" } : { inactive: "true" }), static: "true" };
}

/** Takes the site's uplink down, or up again. */
export function setUplink({ deadGateways }: RouterWorld, isUp: boolean): void {
  if (isUp) deadGateways.delete(GATEWAY);
  else deadGateways.add(GATEWAY);
}
