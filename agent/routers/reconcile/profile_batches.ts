import type { Observation } from "./observe.ts";
import type { Plan } from "./plan.ts";
import type { ProfileMove } from "./ports.ts";

/** Accounts that go to one profile in one write. */
export interface ProfileBatch {
  profile: string;
  moves: ProfileMove[];
}

/** As many as the client puts into one sentence. */
const BATCH_NAMES = 100;

/** The moves by profile, in writes of a bounded size, each account with the rows that differ. */
export function profileBatches(
  wanted: Plan["profiles"],
  { accounts }: Pick<Observation, "accounts">,
): ProfileBatch[] {
  return [...Map.groupBy(wanted, ({ profile }) => profile)].flatMap(([profile, own]) => {
    const moves = own.map(({ name }): ProfileMove => ({
      account: name,
      ids: accounts.get(name)?.counting.filter((row) => row.profile !== profile).map(({ id }) => id) ?? [],
    })).filter(({ ids }) => ids.length > 0);
    const batches: ProfileBatch[] = [];
    for (let at = 0; at < moves.length; at += BATCH_NAMES) {
      batches.push({ profile, moves: moves.slice(at, at + BATCH_NAMES) });
    }
    return batches;
  });
}
