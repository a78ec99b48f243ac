import type { Row } from "@/shared/routeros/mod.ts";
import { prefixes } from "./addresses.ts";
import { noMatchingValue } from "./command.ts";
import { givenValues, type Menu, type Verb } from "./menus.ts";
import { sshSettings } from "./service_rows.ts";
import { storedMenu } from "./stored.ts";
import * as value from "./values.ts";
import type { RouterWorld } from "./world.ts";

const SERVICE_FIELDS =
  ("name port proto address certificate tls-version vrf max-sessions available-from local " +
    "remote invalid dynamic disabled").split(" ");

/** /ip/service. Later releases print what else listens, and who is connected, as dynamic rows among the services. */
export function serviceMenu(world: RouterWorld): Menu {
  const table = world.services;
  return storedMenu({
    table,
    fields: SERVICE_FIELDS,
    settable: world.settable("/ip/service"),
    defaults: { address: "", "max-sessions": "20", vrf: "main", "available-from": "", disabled: "false" },
    required: ["port"],
    checks: {
      port: value.whole(1, 65_535),
      address: prefixes,
      "max-sessions": value.whole(1, 1_000),
      "tls-version": value.oneOf("any", "only-1.2"),
    },
  }, () => world.features.serviceDynamicRows ? withDynamic(world) : table.rows());
}

function withDynamic(world: RouterWorld): Row[] {
  const own = world.services.rows().map((row): Row => ({ ...row, proto: "tcp", dynamic: "false" }));
  const resolver: Row = { ".id": "*E0", name: "resolver", port: "53", proto: "tcp", dynamic: "true" };
  const connected = world.userActive.rows().map((row): Row => ({
    ".id": `*E${row[".id"]?.slice(1)}`,
    name: "api",
    port: "8728",
    proto: "tcp",
    remote: row["address"] ?? "",
    dynamic: "true",
  }));
  return [...own, resolver, ...connected];
}

const SSH_CHECKS: Readonly<Record<string, value.ValueCheck>> = {
  "forwarding-enabled": value.oneOf("no", "local", "remote", "both"),
  "always-allow-password-login": value.booleanValue,
  "password-authentication": value.oneOf("no", "yes", "yes-if-no-key"),
  "strong-crypto": value.booleanValue,
  "allow-none-crypto": value.booleanValue,
  "host-key-size": value.whole(1_024, 8_192),
};

/** /ip/ssh: the settings of the version. */
export function sshMenu(world: RouterWorld): Menu {
  const nothing: Verb = () => ({});
  return {
    fields: Object.keys(world.ssh),
    rows: () => [world.ssh],
    verbs: {
      set: (_caller, command) => {
        const given = Object.entries(givenValues(command));
        const checked = given.map(([name, text]) => [name, checkSsh(world, name, text)]);
        Object.assign(world.ssh, Object.fromEntries(checked));
        return {};
      },
      reset: (_caller, command) => {
        const defaults = sshSettings(world.settable("/ip/ssh"));
        for (const name of Object.keys(givenValues(command))) {
          if (defaults[name] === undefined) throw noMatchingValue("value-name");
          world.ssh[name] = defaults[name];
        }
        return {};
      },
      "export-host-key": nothing,
      "import-host-key": nothing,
      "regenerate-host-key": nothing,
    },
  };
}

/** Before 6.44 forwarding was on or off. */
function checkSsh(world: RouterWorld, name: string, text: string): string {
  if (name === "forwarding-enabled" && !world.features.sshForwardingModes) {
    return value.booleanValue(name, text);
  }
  return SSH_CHECKS[name]?.(name, text) ?? text;
}
