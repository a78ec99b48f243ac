import { coded, formatCoded } from "@/shared/codes/mod.ts";
import type { RouterIdentityMessage, RouterQuestion, RouterStatus } from "@/shared/protocol/mod.ts";
import {
  findRouterByIdentity,
  lockRouter,
  type RouterRow,
  updateRouter,
} from "@/web/store/network/routers.ts";
import { noteRouterStatus } from "../network_log.ts";
import type { StoredRemark } from "@/web/store/network/router_standing.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** What an agent says of a router it dialled. */
export interface RouterContact {
  siteId: string;
  routerId: string;
  status: RouterStatus;
  /** As it is kept: {@linkcode agentWords}. */
  message: string | null;
  identity: RouterIdentityMessage | null;
  now: Temporal.Instant;
  /** What else it says of the router; nothing of a test, which leaves it as it is. */
  standing?: { remarks: readonly StoredRemark[]; question: RouterQuestion | null };
  /**
   * Of a test that a person asked for. It says how the router stood when it was tried, and its answer may come after
   * newer words of the agent's own loop, which says a state once: so it counts only where nothing was said before.
   */
  isOfTest: boolean;
}

/**
 * Notes how a router answered. The first contact binds it to its serial number or software id; from then on another
 * box at its address is reported and not managed (R12). A router of another site, or of nobody, is ignored.
 *
 * @returns whether the router's settings for the agent changed
 */
export async function recordRouterContact(trx: TenantTransaction, contact: RouterContact): Promise<boolean> {
  const router = await lockRouter(trx, contact.routerId);
  if (router === null || router.site_id !== contact.siteId || router.archived_at !== null) return false;
  if (contact.isOfTest && router.status !== "unknown") return false;
  const { status, message, now, identity } = contact;
  const answered = doesAnswer(status) ? { answered_at: now } : {};
  const said = contact.standing === undefined ? {} : standingColumns(contact.standing);
  const noted = { status, status_message: message, status_at: now, ...answered, ...said };
  if (identity === null) {
    await keep(trx, router, noted, { raisesSettings: false });
    return false;
  }
  if (isOtherBox(router, identity)) {
    await keep(trx, router, {
      ...noted,
      status: "wrong_router",
      status_message: formatCoded(
        coded("router_other", { found: nameOf(identity), aside: `${router.host}:${router.port}` }),
      ),
    }, { raisesSettings: false });
    return false;
  }
  const facts = { identity: identity.identity, version: identity.version, board_name: identity.board_name };
  if (isBound(router) || !hasIdentity(identity)) {
    await keep(trx, router, { ...noted, ...facts }, { raisesSettings: false });
    return false;
  }
  const twin = await findRouterByIdentity(trx, {
    serialNumber: identity.serial_number,
    softwareId: identity.software_id,
    exceptId: router.id,
  });
  if (twin !== null) {
    await keep(trx, router, {
      ...noted,
      ...facts,
      status: "error",
      status_message: formatCoded(coded("router_twin", { name: twin.name, found: nameOf(identity) })),
    }, { raisesSettings: false });
    return false;
  }
  const ids = { serial_number: identity.serial_number, software_id: identity.software_id };
  await keep(trx, router, { ...noted, ...facts, ...ids }, { raisesSettings: true });
  return true;
}

/** Keeps what was said of a router; the system log tells when it stands otherwise than before. */
async function keep(
  trx: TenantTransaction,
  router: RouterRow,
  noted:
    & Parameters<typeof updateRouter>[2]
    & { status: RouterStatus; status_message: string | null; status_at: Temporal.Instant },
  { raisesSettings }: { raisesSettings: boolean },
): Promise<void> {
  await updateRouter(trx, router.id, noted, { raisesSettings });
  await noteRouterStatus(trx, router, {
    status: noted.status,
    message: noted.status_message,
    now: noted.status_at,
  });
}

function standingColumns({ remarks, question }: NonNullable<RouterContact["standing"]>) {
  return { remarks: JSON.stringify(remarks), question: question && JSON.stringify(question) };
}

/** Something answered there as a router does, if only to refuse a password. */
function doesAnswer(status: RouterStatus): boolean {
  return status === "online" || status === "wrong_password" || status === "wrong_router" ||
    status === "unsupported";
}

function isBound(router: RouterRow): boolean {
  return router.serial_number !== null || router.software_id !== null;
}

function hasIdentity(identity: RouterIdentityMessage): boolean {
  return identity.serial_number !== null || identity.software_id !== null;
}

/** The serial number decides where both have one; a virtual router has a software id only. */
function isOtherBox(router: RouterRow, identity: RouterIdentityMessage): boolean {
  if (router.serial_number !== null) return identity.serial_number !== router.serial_number;
  return router.software_id !== null && identity.software_id !== router.software_id;
}

function nameOf(identity: RouterIdentityMessage): string {
  return identity.serial_number ?? identity.software_id ?? identity.identity;
}
