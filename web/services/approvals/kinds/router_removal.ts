import { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findRouter, lockRouter } from "@/web/store/network/routers.ts";
import { archiveIn, type ArchiveRouterCode, refuseArchive } from "../../network/archive_router.ts";
import type { UseCase } from "../../use_case.ts";
import { type ApprovalKind, type ApprovalMoment, type ApprovalPreview, seenOf } from "../kind.ts";

const input = z.object({ routerId: z.uuid() });

type Input = z.output<typeof input>;

/** Takes a router out of use. */
export const routerRemovalKind: ApprovalKind<Input, null, ArchiveRouterCode> = {
  id: "router_removal",
  version: 1,
  input,
  askPermission: "router:write",
  decide: { permission: "approval:decide", limit: null },
  isOnePerSubject: true,
  words: () => [coded("approval_removal_words")],
  lock: async ({ trx }, { routerId }) => void await lockRouter(trx, routerId),
  preview,
  execute,
};

async function preview(
  { trx }: ApprovalMoment,
  { routerId }: Input,
): Promise<Result<ApprovalPreview, ArchiveRouterCode>> {
  const router = await findRouter(trx, routerId);
  // One that is out of use already is no router any more to whoever decides.
  if (router === null || router.archived_at !== null) return err("router_not_found");
  const refusal = await refuseArchive(trx, router);
  if (refusal !== null) return refusal;
  return ok({
    subject: { kind: "router", id: router.id, label: router.name },
    subscriberId: null,
    siteId: router.site_id,
    amountCentavos: null,
    effects: [coded("approval_money_stays"), coded("approval_removal_router", { router: router.name })],
    seen: seenOf({ routerId, name: router.name, host: router.host }),
  });
}

/** The agent hears of it when it next asks for what it looks after. */
async function execute(useCase: UseCase, wanted: Input): Promise<Result<null, ArchiveRouterCode>> {
  const done = await archiveIn(useCase, wanted);
  if (!done.ok) return done;
  useCase.touchRouters([wanted.routerId]);
  return ok(null);
}
