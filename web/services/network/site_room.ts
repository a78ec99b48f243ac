import type { RouterSettings } from "@/shared/protocol/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { SITE_ROUTERS_MAX, SITE_SETTINGS_BYTES_MAX } from "@/web/domain/network/limits.ts";
import { listRouters, type RouterRow } from "@/web/store/network/routers.ts";
import { lockSite } from "@/web/store/network/sites.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** What a router's entry in the settings of its agent is made of. */
export type SettingsSource = Pick<
  RouterRow,
  "id" | "name" | "host" | "port" | "username" | "sealed_credentials" | "serial_number" | "software_id"
>;

/** Two numbers of a box that is not bound yet, and a comma. */
const UNBOUND_BYTES = 64;

/** A router as its agent is told of it. */
export function settingsOf(router: SettingsSource): RouterSettings {
  return {
    router_id: router.id,
    name: router.name,
    host: router.host,
    port: router.port,
    username: router.username,
    sealed_credentials: router.sealed_credentials,
    serial_number: router.serial_number,
    software_id: router.software_id,
  };
}

/**
 * Whether the agent of a site can still take all routers with this one, new or changed. Locks the site, so that of two
 * people who add the last one only one does.
 */
export async function checkSiteRoom(
  trx: TenantTransaction,
  siteId: string,
  router: SettingsSource,
): Promise<Result<null, "site_not_found" | "site_full" | "site_settings_full">> {
  const site = await lockSite(trx, siteId);
  if (site === null) return err("site_not_found");
  const others = (await listRouters(trx, siteId)).filter((other) => other.id !== router.id);
  if (others.length >= SITE_ROUTERS_MAX) return err("site_full", { site: site.name, max: SITE_ROUTERS_MAX });
  const bytes = [...others, router].reduce((sum, one) => sum + settingsBytes(one), 0);
  return bytes > SITE_SETTINGS_BYTES_MAX ? err("site_settings_full", { site: site.name }) : ok(null);
}

function settingsBytes(router: SettingsSource): number {
  return new TextEncoder().encode(JSON.stringify(settingsOf(router))).length + UNBOUND_BYTES;
}
