import { err } from "@/shared/result.ts";
import { lockPlan } from "@/web/store/billing/plans.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { lockSite } from "@/web/store/network/sites.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { withdrawRequest } from "../approvals/withdraw.ts";
import { restorePlan } from "../billing/save_plan.ts";
import { staffIdOf } from "../context.ts";
import { renameSite } from "../network/rename_site.ts";
import { findRememberedContact } from "../subscribers/remembered_contact.ts";
import { updateSubscriber } from "../subscribers/update_subscriber.ts";
import { UNDOABLE_OF_BOOKS } from "./undo_books.ts";
import { UNDOABLE_OF_CONNECTIONS } from "./undo_connections.ts";
import { textsOf, type Undoable } from "./undo_entry.ts";

/** Reversible actions by the name of their audit entry. What is not here is confirmed before it happens instead. */
export const UNDOABLE: Readonly<Record<string, Undoable>> = {
  ...UNDOABLE_OF_CONNECTIONS,
  ...UNDOABLE_OF_BOOKS,
  "approval.asked": {
    // Only whoever asked takes it back, whatever it is about.
    permission: "approval:read",
    needs: ["request_id"],
    // The request is locked by the use case, before its subject.
    lock: () => Promise.resolve(),
    run: (context, tenantId, actor, entry) =>
      withdrawRequest(context, tenantId, actor, { requestId: textsOf(entry).request_id ?? "" }),
  },
  "subscriber.updated": {
    permission: "subscriber:write",
    lock: lockSubscriber,
    run: async (context, tenantId, actor, { subject_id: subscriberId }) => {
      const staffUserId = staffIdOf(actor) ?? "";
      const fields = await withTenant(
        context.db,
        tenantId,
        (trx) => findRememberedContact(trx, staffUserId, subscriberId),
        { readOnly: true },
      );
      if (fields === null) return err("contact_not_kept");
      return await updateSubscriber(context, tenantId, actor, { subscriberId, ...fields });
    },
  },
  "site.renamed": {
    permission: "site:write",
    needs: ["before"],
    lock: lockSite,
    run: (context, tenantId, actor, entry) =>
      renameSite(context, tenantId, actor, {
        siteId: entry.subject_id,
        name: textsOf(entry).before ?? "",
      }),
  },
  "plan.archived": {
    permission: "plan:write",
    lock: lockPlan,
    run: (context, tenantId, actor, { subject_id: planId }) =>
      restorePlan(context, tenantId, actor, { planId }),
  },
};
