import type { Row } from "@/shared/routeros/mod.ts";

const SERVICES: readonly (readonly [id: string, name: string, port: string])[] = [
  ["*0", "telnet", "23"],
  ["*1", "ftp", "21"],
  ["*2", "www", "80"],
  ["*4", "ssh", "22"],
  ["*6", "www-ssl", "443"],
  ["*7", "api", "8728"],
  ["*8", "winbox", "8291"],
  ["*9", "api-ssl", "8729"],
];

/** The rows of /ip/service with their fixed ids, with the columns that the version has. */
export function serviceRows(settable: ReadonlySet<string>): readonly (readonly [string, Row])[] {
  const more: Row = { vrf: "main", "max-sessions": "20", "available-from": "" };
  const known = Object.fromEntries(Object.entries(more).filter(([name]) => settable.has(name)));
  return SERVICES.map(([id, name, port]) => {
    const secured = name.endsWith("-ssl") ? { certificate: "none", "tls-version": "any" } : {};
    const disabled = name === "www-ssl" ? "true" : "false";
    return [id, { name, port, address: "", ...secured, ...known, invalid: "false", disabled }] as const;
  });
}

const SSH_DEFAULTS: Row = {
  "forwarding-enabled": "no",
  "always-allow-password-login": "false",
  "password-authentication": "yes-if-no-key",
  "publickey-authentication-options": "none",
  "strong-crypto": "false",
  "allow-none-crypto": "false",
  ciphers: "auto",
  "host-key-size": "2048",
  "host-key-type": "rsa",
};

/** /ip/ssh as it comes, with the settings that the version has. */
export function sshSettings(settable: ReadonlySet<string>): Row {
  return Object.fromEntries(Object.entries(SSH_DEFAULTS).filter(([name]) => settable.has(name)));
}
