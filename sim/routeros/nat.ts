import * as address from "./addresses.ts";
import { invalidValue } from "./command.ts";
import type { Menu } from "./menus.ts";
import { storedMenu } from "./stored.ts";
import type { Table } from "./table.ts";
import * as value from "./values.ts";
import type { RouterWorld } from "./world.ts";

const NAT_FIRST = ["chain", "action", "to-addresses", "to-ports"];
const NAT_LAST = ["log", "log-prefix", "bytes", "packets", "invalid", "dynamic", "disabled", "comment"];
const NAT_ACTIONS =
  ("accept add-dst-to-address-list add-src-to-address-list dst-nat endpoint-independent-nat jump log " +
    "masquerade netmap passthrough redirect return same socksify src-nat").split(" ");

const PROTOCOLS =
  ("dccp ddp egp encap etherip ggp gre hmp icmp icmpv6 idpr-cmtp igmp ipencap ipip ipsec-ah ipsec-esp " +
    "ipv6-encap ipv6-frag ipv6-nonxt ipv6-opts ipv6-route iso-tp4 l2tp ospf pim pup rdp rspf rsvp sctp st tcp " +
    "udp udp-lite vmtp vrrp xns-idp xtp").split(" ");

/** By name or by number. */
function protocol(argument: string, text: string): string {
  return (/^\d+$/.test(text) ? value.whole(0, 255) : value.oneOf(...PROTOCOLS))(argument, text);
}

/** What stands for several interfaces at once, and the loopback, which is in no list of ours. */
const INTERFACE_WORDS = ["all-ethernet", "all-ppp", "all-vlan", "all-wireless", "lo"];

/** An interface that there is, or a kind of them. */
function interfaceOf(interfaces: Table): value.ValueCheck {
  const known = value.referenceTo(interfaces);
  return (argument, text) => INTERFACE_WORDS.includes(text) ? text : known(argument, text);
}

function macAddress(argument: string, text: string): string {
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(text)) throw invalidValue(argument);
  return text.toUpperCase();
}

/** /ip/firewall/nat: rules in their order. Only matchers that are set print. */
export function natMenu(world: RouterWorld): Menu {
  const table = world.nat;
  const settable = world.settable("/ip/firewall/nat");
  const matchers = [...settable].filter((name) => ![...NAT_FIRST, ...NAT_LAST, "numbers"].includes(name));
  return storedMenu({
    table,
    fields: [...NAT_FIRST, ...matchers.toSorted(), ...NAT_LAST],
    settable,
    defaults: { action: "accept", log: "false", "log-prefix": "", disabled: "false" },
    readOnly: { bytes: "0", packets: "0", invalid: "false", dynamic: "false" },
    required: ["chain"],
    checks: {
      action: value.oneOf(...NAT_ACTIONS),
      log: value.booleanValue,
      protocol: address.orNot(protocol),
      "in-interface": address.orNot(interfaceOf(world.interfaces)),
      "out-interface": address.orNot(interfaceOf(world.interfaces)),
      "src-mac-address": address.orNot(macAddress),
      fragment: value.booleanValue,
      "randomise-ports": value.booleanValue,
      "same-not-by-dst": value.booleanValue,
      dscp: address.orNot(value.whole(0, 63)),
      "src-address": address.addressMatcher,
      "dst-address": address.addressMatcher,
      "to-addresses": address.addressRange,
      port: value.portMatcher,
      "src-port": value.portMatcher,
      "dst-port": value.portMatcher,
      "to-ports": value.portRange,
      "address-list-timeout": value.listTimeout,
    },
  }, () => table.rows());
}
