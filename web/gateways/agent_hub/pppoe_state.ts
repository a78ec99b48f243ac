import { hash } from "node:crypto";
import { accountOfKey, DEFAULT_PPP_SERVICE, hashedText, sumStateHash } from "@/shared/protocol/mod.ts";
import type { StateRows } from "./agent_records.ts";

/**
 * A state as an agent is told it that does not tell services apart: without the accounts of other services, which it would
 * take for PPPoE accounts of the same name, and with the hash that the rest has. Nothing is done to those until the agent
 * is updated.
 */
export function pppoeOnly(rows: StateRows): StateRows {
  if (rows.others.length === 0 && rows.removed.every(isPppoe)) return rows;
  const removed = rows.others.map((secret) => hash("sha256", hashedText(secret)));
  const secrets = rows.secrets.filter(({ service }) =>
    service === undefined || service === DEFAULT_PPP_SERVICE
  );
  const named = new Set(secrets.map(({ authorisation }) => authorisation));
  return {
    ...rows,
    hash: sumStateHash(rows.hash, { removed, added: [] }),
    secrets,
    removed: rows.removed.filter(isPppoe),
    authorisations: rows.authorisations.filter(({ id }) => named.has(id)),
  };
}

function isPppoe(key: string): boolean {
  return accountOfKey(key).service === DEFAULT_PPP_SERVICE;
}
