import { centavos } from "@/shared/money/mod.ts";
import { paperWith, pngOf } from "@/web/gateways/pdf/_papers.ts";
import { StatementPress } from "@/web/gateways/pdf/mod.ts";
import type { StatementPaper } from "@/web/gateways/pdf/mod.ts";
import { pdfText } from "@/tests/support/pdf.ts";
import { loadPlainFonts, printPlainly } from "../pdf_lib_statement.ts";
import { median, type Scenario } from "../row.ts";

const STATEMENTS = 2_000;
const PEER_STATEMENTS = 30;
const ROUNDS = 10;
const ROWS = 10;
const PEER_GOAL = 50;
const KILOBYTES_GOAL = 35;

/** A statement of ten entries with a logo, as it goes with each bill. */
export const soa: Scenario = {
  name: "soa",
  what: `${STATEMENTS} statements as PDF; peer: ${PEER_STATEMENTS} with pdf-lib and its subset fonts`,
  async run() {
    const fonts = await loadPlainFonts();
    const logo = await pngOf(112, 112);
    const press = new StatementPress();
    const paperLogo = { key: "bench", read: () => Promise.resolve({ type: "png" as const, bytes: logo }) };
    const ours: number[] = [];
    const peer: number[] = [];
    const [each, eachOfPeer] = [STATEMENTS / ROUNDS, PEER_STATEMENTS / ROUNDS];
    await press.print(paperWith(ROWS), paperLogo);
    await printPlainly(paperWith(ROWS), { fonts, logo });
    let largest: Uint8Array<ArrayBuffer> = new Uint8Array();
    // In turns, so that a busy machine is as busy for each.
    for (let round = 0; round < ROUNDS; round++) {
      const papers = Array.from({ length: each }, (_, n) => paperNo(round * each + n));
      const startedAt = performance.now();
      for (const paper of papers) {
        const printed = await press.print(paper, paperLogo);
        if (printed.length > largest.length) largest = printed;
      }
      const halfAt = performance.now();
      for (const paper of papers.slice(0, eachOfPeer)) await printPlainly(paper, { fonts, logo });
      ours.push((halfAt - startedAt) / each);
      peer.push((performance.now() - halfAt) / eachOfPeer);
    }
    await assertReadable(largest);
    const ratio = median(peer.map((ms, round) => ms / ours[round]!));
    const kilobytes = largest.length / 1000;
    return [{
      row: "soa",
      unit: "ms" as const,
      ours: median(ours),
      floor: null,
      peer: median(peer),
      ratio,
      goal: `${PEER_GOAL} x faster than the peer, at most ${KILOBYTES_GOAL} KB`,
      met: ratio >= PEER_GOAL && kilobytes <= KILOBYTES_GOAL,
      note:
        `${ROWS} entries, a logo, a QR code; ${Math.round(1000 / median(ours))} a second on one processor, ` +
        `${kilobytes.toFixed(1)} KB each; ratio: pairs of one run`,
    }];
  },
};

/** No two alike: names, numbers and amounts are new to the press. */
function paperNo(n: number): StatementPaper {
  const paper = paperWith(ROWS, { openingCentavos: centavos(BigInt(50_000 + n * 37)) });
  const { subscriber, bill } = paper;
  return {
    ...paper,
    subscriber: { ...subscriber, name: `Juan Niño ${n} dela Cruz`, accountNumber: `A-${n}` },
    bill: bill === null ? null : {
      ...bill,
      number: `SOA-${n}`,
      address: `https://isp.example/b/AZrX0mAbcdefghijklmnopqr${n}`,
    },
  };
}

async function assertReadable(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const text = await pdfText(bytes);
  if (text !== null && !text.includes("₱1,499.00")) {
    throw new Error("Cannot measure: the peso sign cannot be copied from the statement");
  }
}
