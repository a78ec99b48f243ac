import assert from "node:assert/strict";
import { toRecordset } from "./recordset.ts";

Deno.test("rows become the JSON that PostgreSQL reads, whatever their values are", () => {
  const rows = [
    {
      text: 'quote " and \\ and \u0001 and \u2028 and 😀',
      big: 2n ** 62n,
      negative: -1n,
      number: 3.5,
      flag: false,
      nothing: null,
      left_out: undefined,
      on: Temporal.PlainDate.from("2024-02-29"),
      at: Temporal.Instant.from("2026-01-01T00:00:00.123456Z"),
      nested: { amount: 5n, list: [1, "a"] },
    },
    {},
  ];
  const { left_out: _left, ...first } = rows[0]!;
  assert.deepEqual(JSON.parse(toRecordset(rows)), [
    {
      ...first,
      big: "4611686018427387904",
      negative: "-1",
      on: "2024-02-29",
      at: "2026-01-01T00:00:00.123456Z",
      nested: { amount: "5", list: [1, "a"] },
    },
    {},
  ]);
  assert.equal(toRecordset([]), "[]");
});
