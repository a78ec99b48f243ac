import type { z } from "zod";
import { requireSession } from "@/web/app/form/input.ts";
import { may } from "@/web/app/frame/page_context.ts";
import type { AppState } from "@/web/app/state.ts";
import { APPROVAL_KIND_IDS, type ApprovalKindId } from "@/web/domain/approvals/mod.ts";
import { type approvalsQuery, REQUEST_VIEWS } from "@/web/route_table/approvals.ts";
import { kindOf } from "@/web/services/approvals/registry.ts";
import type { RequestFilter } from "@/web/store/approvals/requests_page.ts";

export type RequestView = (typeof REQUEST_VIEWS)[number];

/** Kinds that this person may decide. */
export function decidableKinds(state: AppState): ApprovalKindId[] {
  return APPROVAL_KIND_IDS.filter((kind) => may(state, kindOf(kind).decide.permission));
}

/** What is shown where the address does not say: what waits for this person. */
export function viewOf(state: AppState, view: RequestView | undefined): RequestView {
  return view ?? (decidableKinds(state).length > 0 ? "decide" : "mine");
}

/** The requests that an address of the list means. */
export function filterOf(
  state: AppState,
  { view, kind, state: become, subscriber, q }: Partial<z.output<typeof approvalsQuery>>,
): RequestFilter {
  const { staffUserId } = requireSession(state);
  const shown = viewOf(state, view);
  return {
    ...(shown === "mine" && { askedById: staffUserId }),
    ...(shown === "decide" && { toDecide: { kinds: decidableKinds(state), notBy: staffUserId } }),
    ...(shown === "done" && { isDone: true }),
    state: become,
    kind,
    subscriberId: subscriber,
    q,
  };
}
