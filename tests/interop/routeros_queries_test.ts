import assert from "node:assert/strict";
import fc from "fast-check";
import { and, eq, gt, has, lt, not, notHas, or, type Query, type Row } from "@/shared/routeros/mod.ts";
import { matchesQuery } from "@/sim/routeros/query.ts";

// Two readings of one question: what our words make a router's stack machine choose, and what the question means.

interface Term {
  query: Query;
  chooses(row: Row): boolean;
}

const NAMES = ["name", "comment", "limit", "disabled"];
const VALUES = ["", "juan", "juan=cruz", "true", "false", "9", "10", "#|", "niño"];

const name = fc.constantFrom(...NAMES);
const value = fc.constantFrom(...VALUES);

function compares(kind: typeof gt, isChosen: (order: number) => boolean) {
  return fc.tuple(name, fc.constantFrom("9", "10", "juan", "")).map(([field, wanted]): Term => ({
    query: kind(field, wanted),
    chooses: (row) => {
      const actual = row[field];
      if (actual === undefined) return false;
      const areNumbers = ![actual, wanted].some((text) => Number.isNaN(Number(text)));
      return isChosen(areNumbers ? Number(actual) - Number(wanted) : actual.localeCompare(wanted));
    },
  }));
}

const leaf: fc.Arbitrary<Term> = fc.oneof(
  fc.tuple(name, value).map(([field, wanted]) => ({
    query: eq(field, wanted),
    chooses: (row: Row) => row[field] === wanted,
  })),
  name.map((field) => ({ query: has(field), chooses: (row: Row) => row[field] !== undefined })),
  name.map((field) => ({ query: notHas(field), chooses: (row: Row) => row[field] === undefined })),
  compares(gt, (order) => order > 0),
  compares(lt, (order) => order < 0),
);

const { tree } = fc.letrec<{ tree: Term }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    leaf,
    tie("tree").map((term) => ({ query: not(term.query), chooses: (row: Row) => !term.chooses(row) })),
    fc.array(tie("tree"), { maxLength: 4 }).map((terms) => ({
      query: and(...terms.map((term) => term.query)),
      chooses: (row: Row) => terms.every((term) => term.chooses(row)),
    })),
    fc.array(tie("tree"), { minLength: 1, maxLength: 4 }).map((terms) => ({
      query: or(...terms.map((term) => term.query) as [Query, ...Query[]]),
      chooses: (row: Row) => terms.some((term) => term.chooses(row)),
    })),
  ),
}));

const row: fc.Arbitrary<Row> = fc.dictionary(name, value, { maxKeys: 4 }).map((fields) => ({ ...fields }));

Deno.test("whatever is asked, the words of a query choose the rows that are meant", () => {
  fc.assert(
    fc.property(tree, fc.array(row, { minLength: 1, maxLength: 6 }), ({ query, chooses }, rows) => {
      for (const one of rows) {
        assert.equal(
          matchesQuery(query.words, one),
          chooses(one),
          `${query.words.join(" ")} ${JSON.stringify(one)}`,
        );
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a question of nothing chooses every row, and one of one term has no operator", () => {
  assert.ok(matchesQuery(and().words, { name: "juan" }));
  assert.deepEqual(or(eq("name", "x")).words, ["?name=x"]);
});
