import assert from "node:assert/strict";
import { InProcessRouter } from "./in_process.ts";

/** A generator of whole numbers below a bound; the same seed, the same commands. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const VALUES = [
  "",
  "yes",
  "juan",
  "*1",
  "*FFFFFFFE",
  "*ZZ",
  "*1,*2,juan",
  "10.0.0.1",
  "10.0.0.0/99",
  "::1/128",
  "-1",
  "99999999999999999999",
  "1d02:15:30",
  "25M/25M/1",
  "!",
  ",",
  "__proto__",
  "constructor",
  "niño",
  "\udcf1",
  "a".repeat(5_000),
  "1970-01-01",
  "jan/32/1970",
  "Nowhere/City",
  "none",
  "default",
  "api,!read",
];

Deno.test("no command of any menu brings a router down, whatever its values, and every answer can be sent", () => {
  for (const version of ["6.45", "7.9", "7.24"]) {
    const random = dice(version.length * 7_919);
    const router = new InProcessRouter(version);
    const commands = [...router.world.commands].flatMap(([path, verbs]) =>
      [...verbs].map(([verb, names]) =>
        [`${path}/${verb}`, [...names, ".id", "number", "constructor"]] as const
      )
    );
    for (let i = 0; i < 6_000; i++) {
      const [word, names] = commands[random(commands.length)] ?? ["/", []];
      const given: Record<string, string> = {};
      for (let n = random(4); n > 0; n--) {
        given[names[random(names.length)] ?? "name"] = VALUES[random(VALUES.length)] ?? "";
      }
      const sentences = router.sentences(word, given);
      assert.equal(sentences.at(-1)?.[0], "!done", `${version} ${word} ${JSON.stringify(given)}`);
      assert.ok(sentences.flat().every((part) => typeof part === "string"));
    }
    assert.ok((router.ask("/ppp/secret/print").rows?.length ?? 0) > 0, "some of them were taken");
  }
});
