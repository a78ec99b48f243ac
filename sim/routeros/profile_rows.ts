import type { Row } from "@/shared/routeros/mod.ts";
import type { GeneratedProfile } from "./generate.ts";

/** Values of a profile that was made without more; those a version does not have are left out. */
export const PROFILE_DEFAULTS: Row = {
  "use-mpls": "default",
  "use-compression": "default",
  "use-encryption": "default",
  "only-one": "default",
  "change-tcp-mss": "default",
  "use-upnp": "default",
  "use-ipv6": "yes",
  "bridge-learning": "default",
  "address-list": "",
  "on-up": "",
  "on-down": "",
};

/** A profile as it comes, with the values that the version has. */
export function profileRow(
  profile: GeneratedProfile,
  isDefault: boolean,
  settable: ReadonlySet<string>,
): Row {
  const known = Object.entries(PROFILE_DEFAULTS).filter(([name]) => settable.has(name));
  return {
    name: profile.name,
    ...Object.fromEntries(known),
    ...(profile.name === "default-encryption" ? { "use-encryption": "yes" } : {}),
    ...(isDefault ? { "change-tcp-mss": "yes" } : {}),
    ...(profile.rateLimit === null ? {} : { "rate-limit": profile.rateLimit }),
    default: isDefault ? "true" : "false",
  };
}
