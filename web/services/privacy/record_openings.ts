import { insertOpenings, type Opening, slotOf } from "@/web/store/privacy/openings.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { ServiceContext } from "../context.ts";

/** How long openings wait for each other, and how many at the most. */
const WAIT_MS = 2_000;
const WAITING_MOST = 500;
/** Remembered so that the same page, loaded again, costs nothing; forgotten with its quarter of an hour. */
const KNOWN_MOST = 20_000;

/**
 * Who opened whose record. A page is never slower for it: openings are written together, a moment later; one person who
 * looks at one record for an hour is four rows.
 */
export class RecordOpenings {
  readonly #context: Pick<ServiceContext, "db" | "clock" | "log">;
  readonly #waiting = new Map<string, Opening[]>();
  readonly #known = new Set<string>();
  #slot = 0;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(context: Pick<ServiceContext, "db" | "clock" | "log">) {
    this.#context = context;
  }

  /** Takes note of it. */
  note(tenantId: string, who: Omit<Opening, "at">): void {
    const at = this.#context.clock.now();
    if (slotOf(at) !== this.#slot || this.#known.size >= KNOWN_MOST) this.#known.clear();
    this.#slot = slotOf(at);
    const key = keyOf(tenantId, who);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const waiting = this.#waiting.get(tenantId) ?? [];
    waiting.push({ ...who, at });
    this.#waiting.set(tenantId, waiting);
    this.#count++;
    if (this.#count >= WAITING_MOST) this.#begin();
    else this.#timer ??= setTimeout(() => this.#begin(), WAIT_MS);
  }

  /** Writes what waits, and comes back when it is written. */
  async settled(): Promise<void> {
    this.#begin();
    await this.#writing;
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batches = [...this.#waiting];
    this.#waiting.clear();
    this.#count = 0;
    if (batches.length > 0) this.#writing = this.#writing.then(() => this.#write(batches));
  }

  async #write(batches: [string, Opening[]][]): Promise<void> {
    const { db, log } = this.#context;
    for (const [tenantId, openings] of batches) {
      try {
        await withTenant(db, tenantId, (trx) => insertOpenings(trx, openings));
      } catch (error) {
        log.error("openings_not_written", { count: openings.length, error });
        // The next page of the same person tries again.
        for (const opening of openings) this.#known.delete(keyOf(tenantId, opening));
      }
    }
  }
}

function keyOf(
  tenantId: string,
  { subscriberId, staffUserId }: Pick<Opening, "subscriberId" | "staffUserId">,
) {
  return `${tenantId}/${subscriberId}/${staffUserId}`;
}
