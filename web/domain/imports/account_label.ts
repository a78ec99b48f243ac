import { isCodePageText, readableText } from "@/shared/text/mod.ts";

/**
 * What a file calls an account, by its key: so that whoever fills it in can read it, and no two accounts have one name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { accountLabel } from "@/web/domain/imports/mod.ts";
 * assert.equal(accountLabel("l2tp//juan"), "l2tp//juan");
 * assert.equal(accountLabel("ni\uEFF1o"), "niño (code page)");
 * ```
 */
export function accountLabel(key: string): string {
  return isCodePageText(key) ? `${readableText(key)} (code page)` : readableText(key);
}

/** Finds the accounts that a file means by a name: the one that is called so, else all whose name reads so. */
export function accountFinder(
  rows: readonly { account_key: string; ppp_name: string }[],
): (typed: string) => readonly string[] {
  const exact = new Map(
    rows.flatMap(({ account_key: key }) => [[accountLabel(key), key] as const, [key, key] as const]),
  );
  const byLooks = Map.groupBy(rows, (row) => readableText(row.ppp_name));
  return (typed) => {
    const key = exact.get(typed);
    if (key !== undefined) return [key];
    return (byLooks.get(readableText(typed)) ?? []).map((row) => row.account_key);
  };
}
