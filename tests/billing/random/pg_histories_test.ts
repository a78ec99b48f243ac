import assert from "node:assert/strict";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { Played, soaked } from "@/tests/support/soak.ts";
import { assertBooksHold, todayOf } from "../isp.ts";
import { KeptStatements } from "../kept_statements.ts";
import { AllActions, switchAllOn } from "./all_actions.ts";
import { Dice, seedsOf } from "./dice.ts";
import { judge } from "./judge.ts";
import { PgLife } from "./pg_life.ts";
import { toldOf } from "./pg_told.ts";

const SUBSCRIBERS = soaked(4, 20);
const UNTIL = soaked(0, 1) === 1 ? "2027-12-31" : "2026-04-20";

const ALL_UNTIL = soaked(0, 1) === 1 ? "2026-06-30" : "2026-03-20";

Deno.test("random histories through the services hold the books after each step, and a second implementation agrees", async () => {
  await using database = await createTestDatabase();
  const played = new Played(`histories of ${SUBSCRIBERS} subscribers until ${UNTIL} through PostgreSQL`);
  for (const seed of seedsOf(1, soaked(1, 5))) {
    const life = await PgLife.begin(database, seed, SUBSCRIBERS);
    while (todayOf(life.isp).toString() < UNTIL) {
      const did = await life.step();
      const where = () =>
        `seed ${seed}, ${JSON.stringify(life.settings)}, ${did} after ${life.done.slice(-8).join("; ")}`;
      await assertBooksHold(life.isp).catch((cause) => {
        throw new Error(where(), { cause });
      });
      if (life.done.length % 10 > 0) continue;
      for (const told of await toldOf(life)) assert.deepEqual(judge(told), [], where());
    }
    for (const told of await toldOf(life)) assert.deepEqual(judge(told), [], `seed ${seed} at the end`);
    played.add([["bills", await life.billCount()], ...life.counts()]);
  }
  played.say();
});

Deno.test("random histories of all that can be done hold the books after each step, and change no past statement", async () => {
  await using database = await createTestDatabase();
  const played = new Played(
    `histories of all acts of ${SUBSCRIBERS} subscribers until ${ALL_UNTIL} through PostgreSQL`,
  );
  for (const seed of seedsOf(1, soaked(1, 30))) {
    const life = await PgLife.begin(database, seed, SUBSCRIBERS);
    const { isp } = life;
    const dice = new Dice(seed + 1);
    await switchAllOn(isp, dice);
    const all = new AllActions(isp, dice);
    const statements = new KeptStatements(isp);
    const play = async () => {
      while (todayOf(isp).toString() < ALL_UNTIL) {
        await life.step(() => all.act());
        await statements.check();
      }
      await statements.checkPast();
    };
    await play().catch((cause) => {
      const last = life.done.slice(-12).join("; ");
      throw new Error(`seed ${seed}, ${JSON.stringify(life.settings)}, after ${last}`, { cause });
    });
    played.add([["bills", await life.billCount()], ...all.counts]);
  }
  played.say();
});
