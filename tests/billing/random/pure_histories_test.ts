import assert from "node:assert/strict";
import { Played, soaked } from "@/tests/support/soak.ts";
import { seedsOf } from "./dice.ts";
import { judge, judgeCuts } from "./judge.ts";
import { PureLife } from "./pure_life.ts";

const DAYS = 730;
/** Looked at so often on the way: what heals by itself is broken all the same. */
const LOOK_EVERY = 244;

Deno.test("random histories of two years on the pure engine break no rule that a second implementation knows", () => {
  const played = new Played("histories of two years on the pure engine");
  for (const seed of seedsOf(100, soaked(100, 10_000))) {
    const life = new PureLife(seed);
    for (let day = 1; day <= DAYS; day++) {
      try {
        life.live();
      } catch (error) {
        throw new Error(`seed ${seed}: ${describe(life)}`, { cause: error });
      }
      if (life.isAnyCut) assert.deepEqual(judgeCuts(life.told()), [], `seed ${seed}: ${describe(life)}`);
      if (day % LOOK_EVERY === 0 || day === DAYS) {
        assert.deepEqual(judge(life.told()), [], `seed ${seed}: ${describe(life)}`);
      }
    }
    played.add(life.counts());
  }
  played.say();
});

function describe(life: PureLife): string {
  return `${JSON.stringify(life.settings)} after ${life.done.slice(-12).join("; ")}`;
}
