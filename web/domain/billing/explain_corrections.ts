import { type Coded, coded } from "@/shared/codes/mod.ts";
import type { Centavos } from "@/shared/money/mod.ts";

/** What a memo of a bill gave back of it. */
export interface GivenBackOf {
  /** Number of the memo. */
  number: string;
  /** It gave up what will not be paid. */
  isWriteOff: boolean;
  /** What of it. */
  amountCentavos: Centavos;
}

/** What became of a line since it was billed. */
export interface LineCorrections {
  /** Memos that paid it, in order of their number. */
  given: readonly GivenBackOf[];
  /** Memos of its bill that found it paid already: of the first line. */
  elsewhere: readonly GivenBackOf[];
  /** What of it is in an open dispute. */
  disputedCentavos: Centavos;
}

/** Says what was given back of a line, written off, or is disputed. */
export function explainCorrections({ given, elsewhere, disputedCentavos }: LineCorrections): Coded[] {
  return [
    ...given.map(({ number, isWriteOff, amountCentavos: amount }) =>
      isWriteOff
        ? coded("explain_written_off", { number, amount })
        : coded("explain_credited", { number, amount })
    ),
    ...elsewhere.map(({ number, amountCentavos: amount }) =>
      coded("explain_credited_elsewhere", { number, amount })
    ),
    ...(disputedCentavos > 0n ? [coded("explain_disputed", { amount: disputedCentavos })] : []),
  ];
}
