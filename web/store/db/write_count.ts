const counts = new Map<string, number>();

/** How many transactions of a tenant that may have written have ended in this process. */
export function writesOf(tenantId: string): number {
  return counts.get(tenantId) ?? 0;
}

/** To be called when such a transaction has ended, before anybody is told that it has. */
export function countWrite(tenantId: string): void {
  counts.set(tenantId, writesOf(tenantId) + 1);
}
