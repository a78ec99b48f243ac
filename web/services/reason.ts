import { err, ok, type Result } from "@/shared/result.ts";

const REASON_MAX = 200;

/** A reason that a person gave for something that others will read. */
export function checkReason(text: string): Result<string, "reason_required" | "reason_too_long"> {
  const reason = text.trim();
  if (reason === "") return err("reason_required");
  if (reason.length > REASON_MAX) {
    return err("reason_too_long", { max: REASON_MAX });
  }
  return ok(reason);
}
