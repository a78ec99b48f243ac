import { verify } from "@/shared/crypto/mod.ts";
import { type AuditEntryRow, listAuditEntries } from "@/web/store/access/audit.ts";
import { type AuditHeadRow, listAuditHeads } from "@/web/store/access/audit_heads.ts";
import { listKnownBreaks } from "@/web/store/access/audit_breaks.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { auditHash } from "./audit_hash.ts";
import { headStatement } from "./audit_head.ts";
import { listRedactions, type RedactionRow } from "@/web/store/privacy/redactions.ts";
import { listSignedErasures } from "./privacy/signed_erasures.ts";

/**
 * The first thing that does not fit. `entry`: an entry does not follow its predecessor, or is not what it was. `head`: the
 * chain fits itself and not what was signed, so it was written anew. `truncated`: it ends before what was signed.
 * `signature`: a signed end is not what was signed.
 */
export interface AuditBreak {
  problem: "entry" | "head" | "truncated" | "signature";
  /** Number of the entry. */
  at: bigint;
  /** What was found there: the same place is another break as soon as anything about it is another. */
  print: string;
}

/** What a look at a whole chain found. */
export interface AuditChainReport {
  entries: bigint;
  /** Hash of the last entry; zeros before the first. */
  hash: Uint8Array;
  broken: AuditBreak | null;
  /** Breaks that an owner knows of, and that were met on the way. */
  known: readonly AuditBreak[];
  /** Signed ends that another key than the installation's has signed, which vouches for nothing. */
  foreignHeads: number;
}

/** Goes along a chain entry by entry, and past the ends that were signed. */
export class AuditChainCheck {
  #entries = 0n;
  #hash: Uint8Array = new Uint8Array(32);
  #broken: AuditBreak | null = null;
  /** Those still to be passed, in order. */
  readonly #heads: AuditHeadRow[] = [];
  readonly #foreignHeads: number;
  readonly #isKnown: (found: AuditBreak) => boolean;
  readonly #known: AuditBreak[] = [];

  private constructor(foreignHeads: number, known: readonly AuditBreak[]) {
    const keys = new Set(known.map(keyOf));
    this.#isKnown = (found) => keys.has(keyOf(found));
    this.#foreignHeads = foreignHeads;
  }

  /**
   * @param heads what was signed, in the order of their entries
   * @param publicKey the installation's; null where it is not known: then every head vouches that is signed at all
   * @param known breaks that are passed: what lies behind them is looked at
   */
  static async begin(
    tenantId: string,
    heads: readonly AuditHeadRow[],
    publicKey: Uint8Array | null,
    known: readonly AuditBreak[] = [],
  ): Promise<AuditChainCheck> {
    const own = publicKey === null ? heads : heads.filter((head) => sameBytes(head.public_key, publicKey));
    const check = new AuditChainCheck(heads.length - own.length, known);
    for (const head of own.filter((each) => !isLost(each, known))) {
      const statement = headStatement({ tenantId, ...head });
      if (await verify(copy(head.public_key), copy(head.signature), statement)) check.#heads.push(head);
      else if (check.#isStopped("signature", head.sequence, printOf(head, head.signature))) break;
    }
    for (const each of known) if (each.problem === "truncated") check.#known.push(each);
    return check;
  }

  /**
   * Looks at the next entries; false once something is broken: nothing behind it can be trusted.
   *
   * @param erased what signed erasures say of entries among these: what they were, and what they may be now
   */
  add(entries: readonly AuditEntryRow[], erased: readonly ErasedEntry[] = []): boolean {
    if (this.#broken !== null) return false;
    for (const entry of entries) {
      const hash = auditHash(entry);
      const isErased = !sameBytes(hash, entry.hash) &&
        erased.some(({ sequence, original_hash: was, content_hash: is }) =>
          sequence === entry.sequence && sameBytes(was, entry.hash) && sameBytes(is, hash)
        );
      // The chain goes on from what the entry was: that is what the next one holds.
      this.#addOne(entry, isErased ? entry.hash : hash);
      if (this.#broken !== null) return false;
    }
    return true;
  }

  #addOne(entry: AuditEntryRow, hash: Uint8Array): void {
    const isNext = entry.sequence === this.#entries + 1n && sameBytes(entry.previous_hash, this.#hash);
    if (!isNext || !sameBytes(hash, entry.hash)) {
      const print = [this.#entries, ...[this.#hash, entry.previous_hash, hash, entry.hash].map(short)].join(
        " ",
      );
      if (this.#isStopped("entry", entry.sequence, print)) return;
    }
    this.#entries = entry.sequence;
    this.#hash = entry.hash;
    while (this.#heads[0]?.sequence === entry.sequence) {
      const head = this.#heads.shift();
      if (head === undefined || sameBytes(head.hash, entry.hash)) continue;
      if (this.#isStopped("head", entry.sequence, printOf(head, entry.hash))) return;
    }
    // Of entries that a known break has swallowed nothing can be said any more.
    while (this.#heads[0] !== undefined && this.#heads[0].sequence < entry.sequence) this.#heads.shift();
  }

  /** Whether a break ends the walk; one that is known is passed. */
  #isStopped(problem: AuditBreak["problem"], at: bigint, print: string): boolean {
    const found = { problem, at, print };
    if (!this.#isKnown(found)) this.#broken ??= found;
    else this.#known.push(found);
    return this.#broken !== null;
  }

  /** What was found, when there are no more entries. */
  end(): AuditChainReport {
    const beyond = this.#heads.at(-1);
    if (beyond !== undefined) this.#isStopped("truncated", this.#entries + 1n, lostUpTo(beyond));
    return {
      entries: this.#entries,
      hash: this.#hash,
      broken: this.#broken,
      known: this.#known,
      foreignHeads: this.#foreignHeads,
    };
  }
}

/** An entry whose words an erasure has changed. */
export type ErasedEntry = Pick<RedactionRow, "sequence" | "original_hash" | "content_hash">;

const AT_ONCE = 1000;

/**
 * Reads the whole chain. The caller's transaction sees one moment (`repeatable read`), or signed ends may be newer than
 * the entries.
 */
export async function checkAuditChain(
  trx: TenantTransaction,
  publicKey: Uint8Array | null,
): Promise<AuditChainReport> {
  const known = await listKnownBreaks(trx);
  const check = await AuditChainCheck.begin(trx.tenantId, await listAuditHeads(trx), publicKey, known);
  const erasures = await listSignedErasures(trx, publicKey);
  let after = 0n;
  while (true) {
    const entries = await listAuditEntries(trx, { after, limit: AT_ONCE });
    const last = entries.at(-1)?.sequence ?? after;
    const erased = erasures.length === 0 ? [] : await listRedactions(trx, { after, last, erasures });
    const isWhole = check.add(entries, erased);
    after = last;
    if (!isWhole || entries.length < AT_ONCE) return check.end();
  }
}

/** Whether what a head has signed is known to be gone: cut off together with it, at a break that is known. */
function isLost(head: AuditHeadRow, known: readonly AuditBreak[]): boolean {
  return known.some(({ problem, at, print }) =>
    problem === "truncated" && head.sequence >= at && lostUpTo(head).slice(0, DAY) <= print.slice(0, DAY)
  );
}

/** Begins with the day of the last head that is beyond the end. */
function lostUpTo(head: AuditHeadRow): string {
  return `${head.signed_on} ${short(head.hash)}`;
}

const DAY = "2026-01-01".length;

function printOf(head: AuditHeadRow, found: Uint8Array): string {
  return `${head.signed_on} ${short(head.hash)} ${short(found)}`;
}

function keyOf({ problem, at, print }: AuditBreak): string {
  return `${problem} ${at} ${print}`;
}

/** Enough of a hash to know it again: 128 bits. */
function short(bytes: Uint8Array): string {
  return bytes.slice(0, 16).toHex();
}

function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
