import { coded, formatCoded } from "@/shared/codes/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { agreeRules, rulesKept } from "../billing/agree_rules.ts";
import { reopenDays } from "../billing/decide_days.ts";
import { cancelPayerChange, undoPayerChange } from "../billing/payer_days.ts";
import { excludeFromRun, includeInRun } from "../cuts/exclude_from_run.ts";
import { endHold, holdSubscription, shortenHold } from "../cuts/hold_subscription.ts";
import { type ManualReason, resumeSubscription, suspendSubscription } from "../cuts/suspend_subscription.ts";
import { takeBackEnd } from "../subscribers/take_back_end.ts";
import {
  lockBulk,
  undoBulkBillDays,
  undoBulkEndHold,
  undoBulkExclude,
  undoBulkHold,
  undoBulkNever,
  undoBulkPlan,
} from "./undo_bulk.ts";
import { dateOf, textsOf, type Undoable } from "./undo_entry.ts";
import { undoMend } from "./undo_mend.ts";
import { undoAgreedPrice, undoEndedPrice } from "./undo_own_price.ts";

const lockConnection = (trx: TenantTransaction, id: string) => lockSubscribersOf(trx, [id]);

const undoEnd: Undoable["run"] = (context, tenantId, actor, { subject_id: subscriptionId }) =>
  takeBackEnd(context, tenantId, actor, { subscriptionId });

function ownPrice(undo: typeof undoAgreedPrice): Undoable {
  return {
    permission: "plan:write",
    needs: ["price_id", "before"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      undo(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        priceId: textsOf(entry).price_id ?? "",
        before: textsOf(entry).before ?? "[]",
      }),
  };
}

function changedSome({ changed }: Readonly<Record<string, unknown>>): boolean {
  return typeof changed === "number" && changed > 0;
}

/** What was done to a connection, or to many at once. */
export const UNDOABLE_OF_CONNECTIONS: Readonly<Record<string, Undoable>> = {
  "subscription.held": {
    permission: "hold:write",
    lock: lockConnection,
    run: (context, tenantId, actor, { subject_id: subscriptionId }) =>
      endHold(context, tenantId, actor, { subscriptionId }),
  },
  "subscription.hold_extended": {
    permission: "hold:write",
    needs: ["before"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      shortenHold(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        untilOn: dateOf(entry, "before"),
      }),
  },
  "subscription.hold_ended": {
    permission: "hold:write",
    needs: ["until_on", "reason"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      holdSubscription(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        untilOn: dateOf(entry, "until_on"),
        reason: textsOf(entry).reason ?? "",
      }),
  },
  "subscription.excluded": {
    permission: "hold:write",
    needs: ["business_on"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      includeInRun(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        businessOn: dateOf(entry, "business_on"),
        onlyExclusion: true,
      }),
  },
  "subscription.included": {
    permission: "hold:write",
    needs: ["business_on", "reason"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      excludeFromRun(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        businessOn: dateOf(entry, "business_on"),
        reason: textsOf(entry).reason ?? "",
      }),
  },
  "bulk.hold": {
    permission: "hold:write",
    needs: ["until_on"],
    fits: changedSome,
    lock: lockBulk,
    run: undoBulkHold,
  },
  "bulk.end_hold": { permission: "hold:write", fits: changedSome, lock: lockBulk, run: undoBulkEndHold },
  "bulk.exclude": {
    permission: "hold:write",
    needs: ["business_on"],
    fits: changedSome,
    lock: lockBulk,
    run: undoBulkExclude,
  },
  "bulk.change_plan": {
    permission: "subscriber:write",
    fits: changedSome,
    lock: lockBulk,
    run: undoBulkPlan,
  },
  "bulk.never_bill": { permission: "bill_run:run", fits: changedSome, lock: lockBulk, run: undoBulkNever },
  "bulk.bill_days": { permission: "bill_run:run", fits: changedSome, lock: lockBulk, run: undoBulkBillDays },
  "subscription.days_never": {
    permission: "bill_run:run",
    needs: ["starts"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      reopenDays(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        starts: textsOf(entry).starts ?? "",
        was: "never",
      }),
  },
  "subscription.days_to_bill": {
    permission: "bill_run:run",
    needs: ["starts"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      reopenDays(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        starts: textsOf(entry).starts ?? "",
        was: "to_bill_again",
      }),
  },
  "subscription.end_planned": { permission: "bill:void", lock: lockConnection, run: undoEnd },
  "subscription.end_asked": { permission: "bill:void", lock: lockConnection, run: undoEnd },
  "subscription.rules_agreed": {
    permission: "subscriber:write",
    needs: ["before"],
    // A word about days that are off counts from its day on: what was before that day does not come back.
    fits: ({ before, own_suspended_policy: policy }) =>
      typeof before === "string" && rulesKept(before).rules.suspendedPolicy === policy,
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      agreeRules(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        ...rulesKept(textsOf(entry).before ?? ""),
      }),
  },
  "subscription.suspended": {
    permission: "subscription:suspend",
    needs: ["reason"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      resumeSubscription(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        reason: textsOf(entry).reason as ManualReason,
      }),
  },
  "subscription.resumed": {
    permission: "subscription:suspend",
    needs: ["reason", "note"],
    // An imported reason cannot be set by hand, and its billing has begun with the reconnection.
    fits: ({ reason }) => reason === "admin" || reason === "abuse" || reason === "vacation",
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      suspendSubscription(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        reason: textsOf(entry).reason as ManualReason,
        note: textsOf(entry).note || formatCoded(coded("reason_put_back")),
      }),
  },
  "subscription.own_price_agreed": ownPrice(undoAgreedPrice),
  "subscription.own_price_ended": ownPrice(undoEndedPrice),
  "subscription.own_price_taken_back": ownPrice(undoEndedPrice),
  "subscription.mended": { permission: "bill_run:run", needs: ["what"], lock: lockConnection, run: undoMend },
  "subscription.payer_changed": {
    permission: "subscriber:write",
    needs: ["change_id"],
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      undoPayerChange(context, tenantId, actor, {
        subscriptionId: entry.subject_id,
        changeId: textsOf(entry).change_id ?? "",
      }),
  },
  "subscription.payer_planned": {
    permission: "subscriber:write",
    lock: lockConnection,
    run: (context, tenantId, actor, entry) =>
      cancelPayerChange(context, tenantId, actor, { subscriptionId: entry.subject_id }),
  },
};
