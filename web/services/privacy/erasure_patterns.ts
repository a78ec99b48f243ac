import { sha256 } from "@/shared/crypto/mod.ts";
import { wordsPattern } from "@/web/domain/privacy/personal_words.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type PersonWordsRow, readPersonWords } from "@/web/store/privacy/erasures.ts";
import { listSharedWords } from "@/web/store/privacy/shared_words.ts";

/** Shorter words of a person are only looked for in what is theirs. */
const WIDE_MIN = 5;

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
  const words = await readPersonWords(trx, subscriberId);
  const own = wordsPattern(wordsOf(words));
  const wide = await wideWords(trx, subscriberId, words);
  return {
    own,
    wide,
    addresses: [words.email?.toLowerCase() ?? null, ...words.addresses].filter((text) => text !== null),
    print: (await sha256(wide ?? "")).toHex(),
  };
}

function wordsOf(row: PersonWordsRow): { words: string[]; phones: string[] } {
  const words = [row.name, row.email, row.address, ...row.other_names, ...row.ppp_names, ...row.addresses];
  const phones = [row.phone, ...row.other_phones];
  return { words: words.filter((word) => word !== null), phones: phones.filter((phone) => phone !== null) };
}

async function wideWords(
  trx: TenantTransaction,
  subscriberId: string,
  row: PersonWordsRow,
): Promise<string | null> {
  const shared = new Set(await listSharedWords(trx, subscriberId));
  const { words, phones } = wordsOf({ ...row, ppp_names: [] });
  const alone = (text: string) => text.length >= WIDE_MIN && !shared.has(text.toLowerCase());
  const named = { words: words.filter(alone), phones: phones.filter(alone) };
  return named.words.length + named.phones.length === 0 ? null : wordsPattern(named);
}
