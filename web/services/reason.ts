import { err, ok, type Result } from "@/shared/result.ts";
import { REASON_MAX } from "@/web/domain/access/limits.ts";

/** A reason that a person gave for something that others will read. */
export function checkReason(text: string): Result<string, "reason_required" | "reason_too_long"> {
  const reason = text.trim();
  if (reason === "") return err("reason_required");
  if (reason.length > REASON_MAX) {
    return err("reason_too_long", { max: REASON_MAX });
  }
  return ok(reason);
}
