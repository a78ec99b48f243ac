import { z } from "zod";
import { type HistoryEnd, historyGiven, playHistory } from "@/tests/billing/history.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import type { Comparison, Suite } from "./types.ts";

const bill = z.strictObject({ from: z.string(), to: z.string(), total: z.string() });

const historyExpect = z.strictObject({
  live_bills: z.array(bill),
  paid: z.array(z.string()),
  balance: z.string(),
  service: z.enum(["on", "off"]),
  sum_of_live: z.string(),
  first_bill_total: z.string(),
  must_contain: z.array(bill),
  must_not_contain_from: z.array(z.string()),
}).partial();

const historyFile = z.object({
  cases: z.array(
    z.object({
      id: z.string(),
      kind: z.literal("history"),
      given: z.record(z.string(), z.unknown()),
      steps: z.array(z.unknown()),
      until: z.string(),
      expect: z.unknown(),
    }).loose(),
  ),
});

/** Histories of one connection, played through the real services on a real database. */
export const historySuite: Suite = {
  name: "billing",
  files: ["billing/histories.json"],
  split: ([file]) =>
    new Map([[
      "history",
      historyFile.parse(file).cases.map(({ id, given, steps, until, expect }) => ({
        id,
        content: { given: { ...given, steps, until }, expect },
      })),
    ]]),
  kinds: { history: runHistory },
};

const historyCase = z.object({ given: z.unknown(), expect: historyExpect });

/** Plays a history on a database of its own and compares how it ends. */
export async function runHistory(content: unknown): Promise<Comparison> {
  const { given, expect } = historyCase.parse(content);
  await using database = await createTestDatabase();
  const end = await playHistory(database, historyGiven.parse(given));
  // A step that may be refused was refused: the case then says nothing of the end.
  if (end.isRefused) return { expected: { refused: true }, got: { refused: true } };
  return { expected: expect, got: { ...end, ...listsOf(end, expect) } };
}

/** Parts of the list of bills, as the case asks for them. */
function listsOf(end: HistoryEnd, expect: z.infer<typeof historyExpect>) {
  const wanted = expect.must_contain ?? [];
  const unwanted = expect.must_not_contain_from ?? [];
  return {
    must_contain: wanted.filter((one) => end.live_bills.some((live) => isSame(live, one))),
    must_not_contain_from: unwanted.filter((from) => end.live_bills.every((live) => live.from !== from)),
  };
}

function isSame(a: z.infer<typeof bill>, b: z.infer<typeof bill>): boolean {
  return a.from === b.from && a.to === b.to && a.total === b.total;
}
