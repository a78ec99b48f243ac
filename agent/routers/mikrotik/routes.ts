import { eq, parseBoolean } from "@/shared/routeros/mod.ts";
import type { RouterOsSession } from "./session.ts";
import { SIDE_READ_MS } from "./session_options.ts";

/** A route to everywhere. */
export interface DefaultRoute {
  disabled: boolean;
  /** Null where the router does not say. */
  active: boolean | null;
}

/**
 * The router's routes to 0.0.0.0/0. The router itself picks them out: a table of the whole internet stays there, and
 * where that takes long it is not worth the wait.
 */
export async function listDefaultRoutes(session: RouterOsSession): Promise<DefaultRoute[]> {
  const { rows } = await session.call("/ip/route/print", {}, {
    query: eq("dst-address", "0.0.0.0/0"),
    proplist: ["disabled", "active", "inactive"],
    deadlineMs: SIDE_READ_MS,
  });
  return rows.map((row) => ({
    disabled: parseBoolean(row["disabled"]) ?? false,
    active: parseBoolean(row["active"]) ?? opposite(parseBoolean(row["inactive"])),
  }));
}

function opposite(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}
