import type { AppState } from "@/web/app/state.ts";
import type { SubjectKeys } from "@/web/components/list/subject_keys.ts";
import { may } from "@/web/app/frame/page_context.ts";

/** What the letters do for somebody, as far as this person may. */
export function keysOfSubscriber(
  state: AppState,
  { subscriberId, hold }: {
    subscriberId: string;
    /** The one connection that is meant, when it can be held. */
    hold?: string | null | undefined;
  },
): SubjectKeys {
  const path = `/admin/subscribers/${subscriberId}`;
  return {
    p: may(state, "payment:post") && `/admin/payments/new?subscriber=${subscriberId}`,
    h: may(state, "hold:write") && !!hold && `${path}/hold?connection=${hold}`,
    e: may(state, "subscriber:write") && `${path}/edit`,
  };
}

/** What they do for a bill: it is paid while something of it is open. */
export function keysOfBill(
  state: AppState,
  { id, subscriberId, isOpen }: { id: string; subscriberId: string; isOpen: boolean },
): SubjectKeys {
  return {
    p: may(state, "payment:post") && isOpen && `/admin/payments/new?subscriber=${subscriberId}&bill=${id}`,
  };
}
