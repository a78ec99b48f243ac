import { sql } from "kysely";
import { announceLive } from "../live/live_topics.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A MikroTik router of a site. `sealed_credentials` opens only with the key of `sealed_to_agent_id`. */
export interface RouterRow {
  id: string;
  site_id: string;
  name: string;
  host: string;
  port: number;
  username: string;
  sealed_credentials: string;
  sealed_to_agent_id: string;
  settings_version: bigint;
  identity: string | null;
  version: string | null;
  board_name: string | null;
  serial_number: string | null;
  software_id: string | null;
  status: "unknown" | "online" | "unreachable" | "wrong_password" | "wrong_router" | "unsupported" | "error";
  status_message: string | null;
  status_at: Temporal.Instant | null;
  /** When it last answered its agent, whatever it said; null: never. */
  answered_at: Temporal.Instant | null;
  /** Set while what the agent says about it is not taken. */
  refused_at: Temporal.Instant | null;
  refused_code: "unknown_names" | "out_of_bounds" | "bad_parts" | null;
  /** Kind of the message. */
  refused_about: string | null;
  refused_count: number | null;
  refused_detail: string | null;
  /** `remarksOf` reads it. */
  remarks: unknown;
  /** `questionOf` reads it. */
  question: unknown;
  created_at: Temporal.Instant;
  archived_at: Temporal.Instant | null;
}

const COLUMNS = [
  "id",
  "site_id",
  "name",
  "host",
  "port",
  "username",
  "sealed_credentials",
  "sealed_to_agent_id",
  "settings_version",
  "identity",
  "version",
  "board_name",
  "serial_number",
  "software_id",
  "status",
  "status_message",
  "status_at",
  "answered_at",
  "refused_at",
  "refused_code",
  "refused_about",
  "refused_count",
  "refused_detail",
  "remarks",
  "question",
  "created_at",
  "archived_at",
] as const;

/** Of a router of which nothing is known: nobody has said anything, and nobody asks. */
export const NO_REMARKS = "[]";

/** @returns false when another router of the site has the name */
export async function insertRouter(
  trx: TenantTransaction,
  router: Pick<
    RouterRow,
    | "id"
    | "site_id"
    | "name"
    | "host"
    | "port"
    | "username"
    | "sealed_credentials"
    | "sealed_to_agent_id"
    | "created_at"
  >,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx.insertInto("routers").values({
    ...router,
    tenant_id: trx.tenantId,
  })
    .onConflict((conflict) => conflict.columns(["tenant_id", "site_id", "name"]).doNothing())
    .executeTakeFirstOrThrow();
  announceLive(trx, ["network"]);
  return numInsertedOrUpdatedRows === 1n;
}

export async function findRouter(trx: TenantTransaction, routerId: string): Promise<RouterRow | null> {
  return await trx.selectFrom("routers").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", routerId).executeTakeFirst() ?? null;
}

export async function lockRouter(trx: TenantTransaction, routerId: string): Promise<RouterRow | null> {
  return await trx.selectFrom("routers").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("id", "=", routerId).forUpdate().executeTakeFirst() ?? null;
}

/** Routers that are in use, of one site or of all, by name. */
export async function listRouters(trx: TenantTransaction, siteId?: string): Promise<RouterRow[]> {
  let query = trx.selectFrom("routers").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("archived_at", "is", null);
  if (siteId !== undefined) query = query.where("site_id", "=", siteId);
  return await query.orderBy("name").orderBy("id").execute();
}

/** Another router in use at this address of the site. */
export async function findRouterAtAddress(
  trx: TenantTransaction,
  address: { siteId: string; host: string; port: number; exceptId?: string },
): Promise<RouterRow | null> {
  let query = trx.selectFrom("routers").select(COLUMNS)
    .where("tenant_id", "=", trx.tenantId).where("site_id", "=", address.siteId)
    .where("host", "=", address.host).where("port", "=", address.port).where("archived_at", "is", null);
  if (address.exceptId !== undefined) query = query.where("id", "<>", address.exceptId);
  return await query.executeTakeFirst() ?? null;
}

/** Another router in use that is bound to this serial number or software id: the same box added twice. */
export async function findRouterByIdentity(
  trx: TenantTransaction,
  identity: { serialNumber: string | null; softwareId: string | null; exceptId: string },
): Promise<RouterRow | null> {
  const { rows } = await sql<RouterRow>`
    select ${sql.join(COLUMNS.map((column) => sql.ref(column)))} from routers
    where tenant_id = ${trx.tenantId} and archived_at is null and id <> ${identity.exceptId}
      and (serial_number = ${identity.serialNumber} or (${identity.serialNumber}::text is null
        and software_id = ${identity.softwareId})) limit 1`.execute(trx);
  return rows[0] ?? null;
}

/** Changes columns of a router; settings of the link raise `settings_version`, status does not. */
export async function updateRouter(
  trx: TenantTransaction,
  routerId: string,
  change: Partial<Omit<RouterRow, "id" | "site_id" | "settings_version" | "created_at">>,
  options: { raisesSettings: boolean },
): Promise<void> {
  await trx.updateTable("routers")
    .set((eb) => ({
      ...change,
      ...(options.raisesSettings ? { settings_version: eb("settings_version", "+", 1n) } : {}),
    }))
    .where("tenant_id", "=", trx.tenantId).where("id", "=", routerId).execute();
  announceLive(trx, ["network", `router:${routerId}`]);
}

/** What the agent of this site said about a router was not taken. A router of another site is left alone. @returns whether it is of this one */
export async function updateRouterRefused(
  trx: TenantTransaction,
  where: { siteId: string; routerId: string },
  refused: {
    code: NonNullable<RouterRow["refused_code"]>;
    about: string;
    count: number;
    detail: string | null;
    now: Temporal.Instant;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable("routers")
    .set((eb) => ({
      // The time of the first refusal stays: it says since when.
      refused_at: eb.fn.coalesce("refused_at", eb.val(refused.now)),
      refused_code: refused.code,
      refused_about: refused.about,
      refused_count: refused.count,
      refused_detail: refused.detail,
    }))
    .where("tenant_id", "=", trx.tenantId).where("site_id", "=", where.siteId).where(
      "id",
      "=",
      where.routerId,
    )
    .executeTakeFirst();
  if (numUpdatedRows > 0n) announceLive(trx, ["network", `router:${where.routerId}`]);
  return numUpdatedRows > 0n;
}

/** A message about a router was taken: what was refused of that kind is over. */
export async function updateRouterTaken(
  trx: TenantTransaction,
  where: { siteId: string; routerId: string; about: "state.report" | "router.status" },
): Promise<void> {
  // What is neither of the two belongs to the state, of which the report is the end.
  const isSame = where.about === "router.status"
    ? sql<boolean>`refused_about = 'router.status'`
    : sql<boolean>`refused_about <> 'router.status'`;
  const { numUpdatedRows } = await trx.updateTable("routers")
    .set({
      refused_at: null,
      refused_code: null,
      refused_about: null,
      refused_count: null,
      refused_detail: null,
    })
    .where("tenant_id", "=", trx.tenantId).where("site_id", "=", where.siteId).where(
      "id",
      "=",
      where.routerId,
    )
    .where("refused_at", "is not", null).where(isSame).executeTakeFirst();
  if (numUpdatedRows > 0n) announceLive(trx, ["network", `router:${where.routerId}`]);
}

/** After a new agent came: its routers wait for their password. */
export async function updateRoutersOfSite(
  trx: TenantTransaction,
  siteId: string,
  change: { status: RouterRow["status"]; message: string; now: Temporal.Instant },
): Promise<void> {
  await trx.updateTable("routers")
    .set({
      status: change.status,
      status_message: change.message,
      status_at: change.now,
      remarks: NO_REMARKS,
      question: null,
    })
    .where("tenant_id", "=", trx.tenantId).where("site_id", "=", siteId).where("archived_at", "is", null)
    .execute();
  announceLive(trx, ["network"]);
}

/** Subscriptions that a router serves. */
export async function countRouterSubscriptions(trx: TenantTransaction, routerId: string): Promise<number> {
  const row = await trx.selectFrom("subscriptions").select((eb) => eb.fn.countAll<bigint>().as("count"))
    .where("tenant_id", "=", trx.tenantId).where("router_id", "=", routerId).where(
      "status",
      "<>",
      "cancelled",
    )
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
