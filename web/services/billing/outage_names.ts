import { err, ok, type Result } from "@/shared/result.ts";
import { OUTAGE_NAMES_MAX } from "@/web/domain/billing/limits.ts";
import { listNamedConnections, type NamedConnection } from "@/web/store/billing/outage_names.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** Why typed names do not say which connections are meant. */
export type OutageNamesCode =
  | "outage_without_connections"
  | "outage_names_unknown"
  | "outage_names_twice"
  | "outage_names_many";

/** Names that a refusal shows. */
const NAMED_MAX = 5;
const SEPARATORS = /[\s,;]+/;

/**
 * The subscriptions that are named, one a line: each by its account and, where several routers have it, the router behind
 * it. A line that is none of these is taken for several names. Nobody is taken down by a name that others have too.
 */
export async function chooseByNames(
  trx: TenantTransaction,
  lines: readonly string[],
  fromOn: Temporal.PlainDate,
): Promise<Result<string[], OutageNamesCode>> {
  if (lines.length === 0) return err("outage_without_connections");
  if (lines.length > OUTAGE_NAMES_MAX) return err("outage_names_many", { max: OUTAGE_NAMES_MAX });
  const whole = await namedBy(trx, lines, fromOn);
  const parts = lines.filter((line) => !whole.has(line)).flatMap(partsOf);
  if (whole.size + parts.length > OUTAGE_NAMES_MAX) {
    return err("outage_names_many", { max: OUTAGE_NAMES_MAX });
  }
  const named = new Map([...whole, ...await namedBy(trx, parts, fromOn)]);
  const unknown = [...new Set(parts)].filter((name) => !named.has(name));
  if (unknown.length > 0) return err("outage_names_unknown", { names: shown(unknown) });
  const twice = [...named].filter(([, rows]) => accountsOf(rows) > 1).map(([name]) => name);
  if (twice.length > 0) return err("outage_names_twice", { names: shown(twice) });
  return ok([...new Set([...named.values()].flat().map((row) => row.subscription_id))]);
}

async function namedBy(
  trx: TenantTransaction,
  texts: readonly string[],
  fromOn: Temporal.PlainDate,
): Promise<Map<string, NamedConnection[]>> {
  return Map.groupBy(await listNamedConnections(trx, texts, fromOn), (row) => row.text);
}

function partsOf(line: string): string[] {
  return line.split(SEPARATORS).filter((part) => part !== "");
}

/** Accounts that are there, or were on the day: one whose connection ended long ago does not make a name unclear. */
function accountsOf(rows: readonly NamedConnection[]): number {
  return new Set(rows.filter((row) => row.is_current).map((row) => row.account)).size;
}

function shown(names: readonly string[]): string {
  return names.toSorted().slice(0, NAMED_MAX).join(", ");
}
