import assert from "node:assert/strict";
import { docProblems } from "./doc_problems.ts";

const OUTPUT = `error[missing-jsdoc]: exported symbol is missing JSDoc documentation
 --> /x/shared/a.ts:3:1
  |
3 | export function add(a: bigint) {
  | ^

error[missing-jsdoc]: exported symbol is missing JSDoc documentation
 --> /x/shared/a.ts:9:1
  |
9 | export type Name = z.infer<typeof name>;
  | ^

error[private-type-ref]: public type 'parse' references private type 'Result'
 --> /x/shared/a.ts:12:1
  |
12 | export function parse(text: string): Result<Date> {
   | ^
`;

Deno.test("docProblems counts functions, classes and interfaces without a comment, and nothing else", () => {
  assert.deepEqual(docProblems(OUTPUT), ["/x/shared/a.ts:3:1 export function add has no doc comment"]);
});
