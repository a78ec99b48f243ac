import { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findSite, lockSite } from "@/web/store/network/sites.ts";
import { refuseRemoval, type RemoveSiteCode, removeSiteIn } from "../../network/remove_site.ts";
import { type ApprovalKind, type ApprovalMoment, type ApprovalPreview, seenOf } from "../kind.ts";

const input = z.object({ siteId: z.uuid() });

type Input = z.output<typeof input>;

/** Removes a site that has nothing any more. */
export const siteRemovalKind: ApprovalKind<Input, null, RemoveSiteCode> = {
  id: "site_removal",
  version: 1,
  input,
  askPermission: "site:write",
  decide: { permission: "approval:decide", limit: null },
  isOnePerSubject: true,
  words: () => [coded("approval_site_words")],
  lock: async ({ trx }, { siteId }) => void await lockSite(trx, siteId),
  preview,
  execute: removeSiteIn,
};

async function preview(
  { trx }: ApprovalMoment,
  { siteId }: Input,
): Promise<Result<ApprovalPreview, RemoveSiteCode>> {
  const site = await findSite(trx, siteId);
  if (site === null) return err("site_not_found");
  const refusal = await refuseRemoval(trx, site);
  if (refusal !== null) return refusal;
  return ok({
    subject: { kind: "site", id: site.id, label: site.name },
    subscriberId: null,
    siteId: site.id,
    amountCentavos: null,
    effects: [
      coded("approval_site_gone", { site: site.name }),
      coded("approval_money_stays"),
      coded("approval_router_stays"),
    ],
    seen: seenOf({ siteId, name: site.name }),
  });
}
