import { err, ok, type Result } from "@/shared/result.ts";

const REASON_MAX = 200;

/** A reason that a person gave for something that others will read. */
export function checkReason(text: string): Result<string, "reason_required" | "reason_too_long"> {
  const reason = text.trim();
  if (reason === "") return err("reason_required", "Enter a reason");
  if (reason.length > REASON_MAX) {
    return err("reason_too_long", `Shorten the reason to ${REASON_MAX} characters`);
  }
  return ok(reason);
}
