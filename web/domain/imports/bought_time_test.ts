import assert from "node:assert/strict";
import fc from "fast-check";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { nameFarDays, openingCoverage, readBoughtTime, readCsv, readDuration, readFileDate } from "./mod.ts";

const today = Temporal.PlainDate.from("2026-11-27");
const read = (text: string) => readBoughtTime(text, "month_first");
const said = (text: string) => {
  const { rows, bad } = nameFarDays(assertOk(read(text)), today);
  return [
    ...rows.map((row) => `${row.line} ${row.pppName} ${row.untilOn} ${row.count} ${row.unit}`),
    ...bad.map(({ values: { line, ppp, why } }) => `${line} ${ppp} ${(why as { code: string }).code}`),
  ];
};

Deno.test("a file says who is prepaid, until when, and what they buy; a row without a day says nothing", () => {
  assert.deepEqual(
    said(
      "\ufeffName;User name;Expiration_Date;Validity\r\nJuan;juan@isp.ph;12/14/2026 08:00 PM;30 days\r\n" +
        '"Cruz; Ana";ana;2026-10-01;1 buwan\r\n\r\nBen;ben;;\r\n',
    ),
    ["2 juan@isp.ph 2026-12-14 30 days", "3 ana 2026-10-01 1 months"],
  );
});

Deno.test("what is not understood is named with its line, and never guessed", () => {
  const head = "ppp secret,valid until,duration\n";
  assert.deepEqual(
    said(
      `${head}a,2026-02-30,7 days\nb,14/12/2026,7 days\nc,14/12/26,7 days\nd,2026-12-14,30\ne,2026-12-14,5 days\n` +
        `f,2031-12-14,7 days\n,2026-12-14,7 days\ng,2026-12-14,7 days\ng,2026-12-15,7 days\n`,
    ),
    [
      "9 g 2026-12-14 7 days",
      "2 a bought_row_day",
      "3 b bought_row_day",
      "4 c bought_row_day",
      "5 d bought_row_duration",
      "6 e bought_row_duration",
      "8  bought_row_user",
      "10 g bought_row_twice",
      "7 f bought_row_far",
    ],
  );
  assertRefused(read(""), "bought_file_empty");
  assertRefused(read(head), "bought_file_empty");
  assertRefused(read("user,valid until\na,2026-12-14"), "bought_file_columns");
});

Deno.test("a day is read in each way in which other systems write it", () => {
  const day = (text: string, order: "month_first" | "day_first" = "month_first") => {
    const found = readFileDate(text, order);
    return found.ok ? found.value.toString() : found.code;
  };
  for (
    const text of ["2026-07-04", "2026/7/4", "jul/04/2026 13:05:00", "4 July 2026", "Jul 4, 2026", "7/4/2026"]
  ) {
    assert.equal(day(text), "2026-07-04", text);
  }
  assert.equal(day("2026-07-04T09:30:00Z"), "2026-07-04");
  assert.equal(day("4.7.2026", "day_first"), "2026-07-04");
  assert.equal(day("7/4/26"), "date_not_understood");
  assert.equal(day("soon"), "date_not_understood");
});

Deno.test("a duration is one that Linya sells; a bare number is none", () => {
  const duration = (text: string) => {
    const found = readDuration(text);
    return found === null ? null : `${found.count} ${found.unit}`;
  };
  assert.deepEqual(["1d", "7 araw", "1 week", "Monthly", "3 MONTHS", "2-mo"].map(duration), [
    "1 days",
    "7 days",
    "7 days",
    "1 months",
    "3 months",
    "2 months",
  ]);
  assert.deepEqual(["30", "", "5 days", "13 months", "0 days", "2 weeks", "1 year"].map(duration), [
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("whatever is in its cells, a file that was written is read again as it was", () => {
  const cell = fc.string().map((text) => text.trim()).filter((text) => !/^'[=+\-@]/.test(text));
  fc.assert(fc.property(fc.array(fc.tuple(cell, cell)), (rows) => {
    const all = [["a", "b"], ...rows];
    const text = all.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(",")).join("\r\n");
    const kept = all.filter((row) => row.some((one) => one !== ""));
    assert.deepEqual(readCsv(text).map(({ cells }) => cells), kept);
  }));
});

Deno.test("bought time begins with the import and ends on its day; of what has run out only the last day is left", () => {
  const days = (until: string) => {
    const { start, end } = openingCoverage(Temporal.PlainDate.from(until), today);
    return `${start} ${end}`;
  };
  assert.equal(days("2026-12-14"), "2026-11-27 2026-12-15");
  assert.equal(days("2026-11-27"), "2026-11-27 2026-11-28");
  assert.equal(days("2026-11-26"), "2026-11-26 2026-11-27");
  assert.equal(days("2026-02-28"), "2026-02-28 2026-03-01");
});

Deno.test("each line of a file is named as an editor counts it, whatever its cells and line ends are", () => {
  const file = '\ufeff\r\nuser;note\r\njuan;"Cruz;\r\nthe ""younger"""\n\n;\nana;\'=1+1\r\n"open; to the end';
  assert.deepEqual(readCsv(file), [
    { line: 2, cells: ["user", "note"] },
    { line: 3, cells: ["juan", 'Cruz;\nthe "younger"'] },
    { line: 7, cells: ["ana", "=1+1"] },
    { line: 8, cells: ["open; to the end"] },
  ]);
});
