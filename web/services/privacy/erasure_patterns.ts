import { sha256 } from "@/shared/crypto/mod.ts";
import { jsPattern, wordFinder, wordsPattern } from "@/web/domain/privacy/personal_words.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type PersonWordsRow, readPersonWords } from "@/web/store/privacy/erasures.ts";
import { listNamesOfOthers } from "@/web/store/privacy/names_of_others.ts";

/** Shorter words of a person are only looked for in what is theirs. */
const WIDE_MIN = 5;
/** A name that is part of more names of others says nothing of one person; a pattern has an end as well. */
const LONGER_MOST = 40;

/** What is looked for when somebody is erased. */
export interface ErasurePatterns {
  /** In what is theirs. */
  own: string;
  /** What names this person and nobody else here: in what is not theirs. Null: nothing. */
  wide: string | null;
  /** Mail addresses, in lower case. */
  addresses: string[];
  /** Tells whether a search of before looked for the same. */
  print: string;
}

/** What names somebody now. */
export async function readPatterns(trx: TenantTransaction, subscriberId: string): Promise<ErasurePatterns> {
  const row = await readPersonWords(trx, subscriberId);
  const { words, phones } = wordsOf(row);
  const others = await listNamesOfOthers(trx, { subscriberId, words: wordsPattern({ words, phones }) });
  const held = new Map(words.map((word) => [word, heldBy(word, others)]));
  const longer = new Map([...held].map(([word, { within }]) => [word, within.slice(0, LONGER_MOST)]));
  const wide = wideWords(row, { held, others, longer });
  // In what is theirs an address of theirs goes also where a neighbour's is longer.
  const longerNames = new Map([...longer].filter(([word]) => word !== row.address));
  return {
    own: wordsPattern({ words, phones, longer: longerNames }),
    wide,
    addresses: [row.email?.toLowerCase() ?? null, ...row.addresses].filter((text) => text !== null),
    print: (await sha256(wide ?? "")).toHex(),
  };
}

function wordsOf(row: PersonWordsRow): { words: string[]; phones: string[] } {
  const words = [row.name, row.email, row.address, ...row.other_names, ...row.ppp_names, ...row.addresses];
  const phones = [row.phone, ...row.other_phones];
  return { words: words.filter((word) => word !== null), phones: phones.filter((phone) => phone !== null) };
}

/** Names of others that a word is, or is part of. */
interface Held {
  isEqual: boolean;
  within: string[];
}

function heldBy(word: string, others: readonly string[]): Held {
  const how = wordFinder(word);
  const held: Held = { isEqual: false, within: [] };
  for (const other of others) {
    const found = how(other);
    if (found === "equal") held.isEqual = true;
    if (found === "within") held.within.push(other);
  }
  return held;
}

/**
 * What is looked for in texts that are not theirs. What somebody or something else is called as well is left out, and an
 * address that is part of another: it names a place. A name is looked for, but not where it is part of a longer one.
 */
function wideWords(
  row: PersonWordsRow,
  { held, others, longer }: {
    held: ReadonlyMap<string, Held>;
    others: readonly string[];
    longer: ReadonlyMap<string, readonly string[]>;
  },
): string | null {
  const { words, phones } = wordsOf({ ...row, ppp_names: [] });
  const isTheirs = (word: string) => {
    const { isEqual, within } = held.get(word) ?? { isEqual: false, within: [] };
    return !isEqual && within.length <= (word === row.address ? 0 : LONGER_MOST);
  };
  const isTheirNumber = (phone: string) => {
    const pattern = jsPattern(wordsPattern({ words: [], phones: [phone] }));
    return others.every((other) => other.search(pattern) < 0);
  };
  const named = {
    words: words.filter((word) => word.length >= WIDE_MIN && isTheirs(word)),
    phones: phones.filter((phone) => phone.length >= WIDE_MIN && isTheirNumber(phone)),
  };
  return named.words.length + named.phones.length === 0 ? null : wordsPattern({ ...named, longer });
}
