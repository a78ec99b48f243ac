import type { Account } from "@/web/domain/payments/mod.ts";
import type { Translate } from "@/web/messages/mod.ts";

/** The name of an account of the books. */
export function accountWords(t: Translate, account: Account): string {
  return t(`reports.account_${account.replace(":", "_") as AccountName}`);
}

/** A code as it stands in a message's key. */
type AccountName = Account extends infer Code
  ? Code extends `${infer Group}:${infer Name}` ? `${Group}_${Name}` : Code
  : never;
