import { z } from "zod";
import { MAX_CODE_LENGTH, type RouterQuestion, routerQuestion } from "@/shared/protocol/mod.ts";
import type { RouterRow } from "./routers.ts";

/** Something that is not as it should be; the message as it is kept, for `StoredText`. */
export interface StoredRemark {
  code: string;
  message: string;
}

/** Remarks that say that a question is asked. */
export const DOUBTS = ["router_changed_at_once", "router_identity_in_doubt"] as const;

const remarks = z.array(z.object({ code: z.string().max(MAX_CODE_LENGTH), message: z.string() }));

/** Everything that is not as it should be on a router that is read, the worst first. */
export function remarksOf(router: Pick<RouterRow, "remarks">): StoredRemark[] {
  return remarks.safeParse(router.remarks).data ?? [];
}

/** What waits for a person's answer; null when nothing does, and for what a newer version may ask. */
export function questionOf(router: Pick<RouterRow, "question">): RouterQuestion | null {
  return routerQuestion.safeParse(router.question).data ?? null;
}
