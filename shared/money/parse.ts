import { err, ok, type Result } from "@/shared/result.ts";
import { type Centavos, centavos } from "./centavos.ts";

/** Why an amount was not understood. */
export type PesoProblem =
  | "amount_missing"
  | "amount_negative"
  | "amount_too_precise"
  | "amount_over_limit"
  | "amount_not_understood";

/** The largest amount a person may type: ₱99,999,999,999.99. */
export const AMOUNT_MAX: Centavos = centavos(9_999_999_999_999n);

/**
 * Reads pesos as a person writes them: `1499`, `1,499.5`, `₱1,499.00`, `PHP 1499`. A comma only groups thousands,
 * so `14,99` is refused instead of guessed at. No minus sign: no form asks for a negative amount.
 */
export function parsePeso(text: string): Result<Centavos, PesoProblem> {
  const bare = text.trim().replace(/^(?:₱|PHP|P)\s*/i, "");
  if (bare === "") return err("amount_missing");
  if (/^[-−(]/.test(bare) || text.trim().startsWith("-")) {
    return err("amount_negative");
  }
  const match = /^(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d*))?$/.exec(bare);
  const [, whole = "", cents = ""] = match ?? [];
  if (match === null || whole + cents === "") {
    return err("amount_not_understood");
  }
  if (cents.length > 2) {
    return err("amount_too_precise");
  }
  const digits = whole.replaceAll(",", "").replace(/^0+/, "");
  if (digits.length > 11) return err("amount_over_limit", { max: AMOUNT_MAX });
  return ok(centavos(BigInt((digits || "0") + cents.padEnd(2, "0"))));
}
