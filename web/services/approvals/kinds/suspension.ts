import { z } from "zod";
import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findRouterPlace } from "@/web/store/approvals/router_place.ts";
import { listBlockReasons } from "@/web/store/cuts/block_reasons.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { findSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { type SuspendCode, suspendIn } from "../../cuts/suspend_subscription.ts";
import { checkReason } from "../../reason.ts";
import { type ApprovalKind, type ApprovalMoment, type ApprovalPreview, seenOf } from "../kind.ts";

const input = z.object({
  subscriptionId: z.uuid(),
  reason: z.enum(["admin", "abuse", "vacation"]),
  note: z.string(),
});

type Input = z.output<typeof input>;

/** Switches a connection off by hand. Cut runs are none of these: they have a brake and an approval of their own. */
export const suspensionKind: ApprovalKind<Input, null, SuspendCode> = {
  id: "suspension",
  version: 1,
  input,
  askPermission: "subscription:suspend",
  decide: { permission: "approval:decide", limit: null },
  isOnePerSubject: true,
  words: ({ reason, note }) => [
    coded("approval_off_words", { reason }),
    coded("approval_in_books", { reason: note }),
  ],
  lock: ({ trx }, { subscriptionId }) => lockSubscribersOf(trx, [subscriptionId]),
  preview,
  execute: suspendIn,
};

async function preview(
  { trx }: ApprovalMoment,
  wanted: Input,
): Promise<Result<ApprovalPreview, SuspendCode>> {
  const note = checkReason(wanted.note);
  if (!note.ok) return note;
  const connection = await findSubscription(trx, wanted.subscriptionId);
  const place = await findRouterPlace(trx, wanted.subscriptionId);
  if (connection === null || connection.status === "cancelled" || place === null) {
    return err("subscription_not_found");
  }
  const standing = (await listBlockReasons(trx, connection.id)).filter((row) => row.removed_at === null)
    .map((row) => row.reason);
  if (standing.includes(wanted.reason)) return err("already_suspended", { reason: wanted.reason });
  return ok({
    subject: {
      kind: "subscription",
      id: connection.id,
      label: `${place.subscriber_name}, ${connection.ppp_name}`,
    },
    subscriberId: connection.subscriber_id,
    siteId: place.site_id,
    amountCentavos: null,
    effects: [
      coded("approval_money_stays"),
      standing.length === 0
        ? coded("approval_off_now", { router: place.router_name })
        : coded("approval_off_already", { router: place.router_name }),
    ],
    seen: seenOf({ ...wanted, ppp: connection.ppp_name, router: place.router_id, standing }),
  });
}
