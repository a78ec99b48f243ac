/**
 * The fields of a row as one text: another one as soon as one of them is. A form is made from one version, and saving
 * refuses when it finds another under the lock.
 *
 * @example
 * ```ts
 * import { versionOf } from "@/shared/version.ts";
 * versionOf({ name: "Home 25", price: 99900n }, ["name", "price"]); // ["Home 25","99900"]
 * ```
 */
export function versionOf<Row extends object>(row: Row, fields: readonly (keyof Row)[]): string {
  return JSON.stringify(
    fields.map((field) => row[field] ?? null),
    (_key, value: unknown) => typeof value === "bigint" ? String(value) : value,
  );
}
