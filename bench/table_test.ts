import assert from "node:assert/strict";
import { type BenchRow, median, quantile } from "./row.ts";
import { formatTable } from "./table.ts";

const ROW: BenchRow = {
  row: "bill_run",
  unit: "ms",
  ours: 3210,
  floor: 2400.4,
  peer: null,
  ratio: 1.337,
  goal: "at most 1.5 x floor",
  met: true,
  note: "floor: the same rows by INSERT … SELECT",
};

Deno.test("formatTable gives a line for each row under the heads that scripts may rely on, and its notes", () => {
  const [heads = "", , line = "", , note] = formatTable([ROW]).split("\n");
  assert.deepEqual(heads.split(/\s+/), ["row", "ours", "floor", "peer", "ratio", "goal", "met"]);
  assert.match(line, /^bill_run\s+3210 ms\s+2400 ms\s+–\s+1\.34\s+at most 1\.5 x floor\s+yes$/);
  assert.equal(note, "bill_run: floor: the same rows by INSERT … SELECT");
});

Deno.test("formatTable says NO where a goal is not met", () => {
  assert.match(formatTable([{ ...ROW, met: false }]), /NO$/m);
});

Deno.test("quantile takes the value below which the part lies", () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1).reverse();
  assert.equal(median(values), 51);
  assert.equal(quantile(values, 0.99), 100);
  assert.throws(() => median([]), /there are no values/);
});
