import type { Audience, SignedInAudience } from "@/web/domain/access/mod.ts";

/** Where an audience lives, and by which cookies its sessions are known. */
export interface AudiencePlace {
  /** Every route of the audience stands below one of these. */
  roots: readonly string[];
  /** Where whoever is not signed in is sent. */
  signInPath: string;
  /** Where somebody goes who has just signed in. */
  home: string;
  cookie: {
    name: string;
    /** The browser sends it to addresses below it only. */
    path: string;
  };
}

/** The one place that says how audiences are kept apart in addresses and cookies. */
export const AUDIENCE_PLACES: Readonly<Record<SignedInAudience, AudiencePlace>> = {
  // Sign-in and set-up of staff stand outside /admin, so their cookie is for the whole host.
  staff: {
    roots: ["/admin", "/api", "/logo"],
    signInPath: "/login",
    home: "/admin",
    cookie: { name: "linya", path: "/" },
  },
  subscriber: {
    roots: ["/p"],
    signInPath: "/p/sign-in",
    home: "/p",
    cookie: { name: "linya-portal", path: "/p" },
  },
  operator: {
    roots: ["/operator"],
    signInPath: "/operator/sign-in",
    home: "/operator",
    cookie: { name: "linya-operator", path: "/operator" },
  },
};

/** The audience below whose root an address stands; null for the ones that stand below none. */
export function audienceBelow(pathname: string): SignedInAudience | null {
  const found = Object.entries(AUDIENCE_PLACES).find(([, { roots }]) =>
    roots.some((root) =>
      pathname === root || pathname.startsWith(`${root}/`) || pathname.startsWith(`${root}.`)
    )
  );
  return found === undefined ? null : found[0] as SignedInAudience;
}

/**
 * Whose session a request is about: that of the route's audience. A public page is about the audience below whose root it
 * stands, which is how a sign-in page knows somebody who is signed in already.
 */
export function audienceOf(audience: Audience, pathname: string): SignedInAudience {
  return audience === "public" ? audienceBelow(pathname) ?? "staff" : audience;
}
