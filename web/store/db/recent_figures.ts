import type { TenantTransaction } from "./tenant_transaction.ts";
import { writesOf } from "./write_count.ts";

/** For so long a figure may be shown again, unless somebody has written in between. */
export const FIGURES_MS = 2_000;
const FIGURES_MAX = 500;

/** What a page knows when it asks for figures. */
export interface SeenState {
  /** Newest entry of the audit log: on whatever node a person has done something, it has moved. */
  auditSequence: bigint;
  /** The process's clock: what is fresh depends on it. */
  now: Temporal.Instant;
}

interface Figure {
  version: string;
  nowMs: number;
  readAtMs: number;
  value: Promise<unknown>;
}

const figures = new Map<string, Figure>();

/**
 * Figures that cost a pass over all rows of a tenant, read once for all pages that ask within two seconds. A write of
 * this process or an audited one of any node makes them worthless at once, so nobody's next page shows the figures of
 * before their own action.
 *
 * @param name what is counted, with everything that it depends on
 */
export async function recentFigures<T>(
  trx: TenantTransaction,
  name: string,
  seen: SeenState,
  read: () => Promise<T>,
): Promise<T> {
  const key = `${trx.tenantId} ${name}`;
  const known = figures.get(key);
  // Before it is read: what is written from here on may be missing from it.
  const version = `${writesOf(trx.tenantId)}/${seen.auditSequence}`;
  const nowMs = seen.now.epochMilliseconds;
  if (known !== undefined && isGood(known, version, nowMs)) {
    try {
      return await known.value as T;
    } catch {
      // It was read in another page's transaction, whose trouble need not be ours.
      return await read();
    }
  }
  const value = read();
  keep(key, { version, nowMs, readAtMs: performance.now(), value });
  return await value;
}

function isGood(figure: Figure, version: string, nowMs: number): boolean {
  return figure.version === version && Math.abs(nowMs - figure.nowMs) < FIGURES_MS &&
    performance.now() - figure.readAtMs < FIGURES_MS;
}

function keep(key: string, figure: Figure): void {
  figures.delete(key);
  figures.set(key, figure);
  figure.value.catch(() => {
    if (figures.get(key) === figure) figures.delete(key);
  });
  if (figures.size <= FIGURES_MAX) return;
  const [oldest] = figures.keys();
  if (oldest !== undefined) figures.delete(oldest);
}
