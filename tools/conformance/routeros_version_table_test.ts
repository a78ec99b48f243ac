import assert from "node:assert/strict";
import { type Capability, CAPABILITY_NAMES, isCapable, parseVersion } from "@/shared/routeros/mod.ts";
import {
  type Ask,
  chrNamesHypervisor,
  dateForms,
  emptyPrint,
  groupTakes,
  knows,
  login,
  prints,
  takesForwardingModes,
} from "./routeros_asks.ts";

/** How a capability shows on a router; null where only a console or a menu that the simulator lacks would show it. */
const SHOWN_BY: Record<Capability, Ask | null> = {
  plainLogin: async (version) => await login(version) === "!done",
  sshForwardingModes: takesForwardingModes,
  dudePolicies: groupTakes("dude"),
  restApi: groupTakes("rest-api"),
  profileIpv6: knows("/ppp/profile/set", "use-ipv6"),
  serviceVrf: knows("/ip/service/set", "vrf"),
  isoDates: (version) => dateForms(version) === "iso",
  natRandomisePorts: knows("/ip/firewall/nat/add", "randomise-ports"),
  getAsString: knows("/ppp/secret/get", "as-string"),
  wifiMenu: null,
  pingProplist: knows("/ping", "proplist"),
  maxSessions: knows("/ip/service/set", "max-sessions"),
  userInactivity: knows("/user/set", "inactivity-policy"),
  printFollowStrict: knows("/ppp/secret/print", "follow-strict"),
  sshCiphers: knows("/ip/ssh/set", "ciphers"),
  serviceUnset: knows("/ip/service/unset", "value-name"),
  profileBridgePort: knows("/ppp/profile/set", "bridge-port-vid"),
  emptyReply: async (version) => await emptyPrint(version) === "!empty !done",
  userActiveRemove: knows("/user/active/remove"),
  profileDhcpv6: knows("/ppp/profile/set", "dhcpv6-lease-time"),
  natSocks5: knows("/ip/firewall/nat/add", "socks5-server"),
  serviceDynamicRows: prints("/ip/service/print", "dynamic"),
  chrHypervisorName: chrNamesHypervisor,
  sshPasswordAuthentication: knows("/ip/ssh/set", "password-authentication"),
  showSensitive: knows("/ppp/secret/print", "show-sensitive"),
  printOnEvent: knows("/ppp/secret/print", "on-event"),
  rootPingListed: null,
  printOrderBy: knows("/ppp/secret/print", "order-by"),
  serviceAvailableFrom: knows("/ip/service/set", "available-from"),
};

/** The cells of the table: a row for each capability, named in backquotes, a column for each version. */
async function readTable(): Promise<{ versions: string[]; rows: Map<string, string[]> }> {
  const text = await Deno.readTextFile(new URL("../../docs/routeros_versions.md", import.meta.url));
  const lines = text.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const versions = (lines[0] ?? []).filter((cell) => /^\d/.test(cell));
  const rows = lines.filter(([, name = ""]) => name.startsWith("`"))
    .map(([, name = "", ...cells]) => [name.replaceAll("`", ""), cells] as const);
  return { versions, rows: new Map(rows) };
}

Deno.test("every cell of docs/routeros_versions.md is what a router of that version does", async (t) => {
  const { versions, rows } = await readTable();
  assert.deepEqual(versions, ["6.45", "6.49", "7.9", "7.10", "7.13", "7.16", "7.18", "7.21", "7.23", "7.24"]);
  assert.deepEqual([...rows.keys()].toSorted(), [...CAPABILITY_NAMES].toSorted());
  for (const name of CAPABILITY_NAMES) {
    for (const [i, version] of versions.entries()) {
      await t.step(`${name} in ${version}`, async () => {
        const parsed = parseVersion(version);
        assert.ok(parsed !== null);
        const can = isCapable(parsed, name);
        assert.equal(rows.get(name)?.[i], can ? "yes" : "-");
        const shown = await SHOWN_BY[name]?.(version);
        if (shown !== undefined) assert.equal(shown, can);
      });
    }
  }
});
