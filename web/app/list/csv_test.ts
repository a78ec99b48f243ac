import assert from "node:assert/strict";
import { csvAnswer, type CsvEnd } from "./csv.ts";

/** A list of three pages of two rows. */
function pages(after: string | undefined) {
  const page = Number(after ?? "0");
  return Promise.resolve({
    rows: [`${page}a`, `${page}b`],
    next: page < 2 ? String(page + 1) : null,
  });
}

function answer(ends: CsvEnd[], readRows = pages): Promise<Response> {
  return csvAnswer("names", [["Name", (row: string) => row]], readRows, (end) => {
    ends.push(end);
    return Promise.resolve();
  });
}

Deno.test("csvAnswer tells once how many rows a file has, before the last of them goes out", async () => {
  const ends: CsvEnd[] = [];
  const body = (await answer(ends)).body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await body.read(); !part.done; part = await body.read()) {
    text += part.value;
    if (text.includes("2a")) assert.equal(ends.length, 1);
  }
  assert.equal(text.split("\r\n").length, 8);
  assert.deepEqual(ends, [{ rows: 6, isWhole: true }]);
});

Deno.test("csvAnswer tells of a short file before it answers, so that what cannot be written down is not given", async () => {
  const ends: CsvEnd[] = [];
  await answer(ends, () => Promise.resolve({ rows: [], next: null }));
  assert.deepEqual(ends, [{ rows: 0, isWhole: true }]);
  const refused = csvAnswer("names", [], () => Promise.resolve({ rows: [], next: null }), () => {
    throw new Error("no database");
  });
  await assert.rejects(refused, /no database/);
});

Deno.test("csvAnswer tells what somebody got who breaks the download off", async () => {
  const ends: CsvEnd[] = [];
  const body = (await answer(ends)).body!.getReader();
  await body.read();
  await body.cancel();
  assert.equal(ends.length, 1);
  assert.equal(ends[0]!.isWhole, false);
  assert.ok(ends[0]!.rows >= 2 && ends[0]!.rows < 6, String(ends[0]!.rows));
});

Deno.test("csvAnswer ends in a failure where the end cannot be told", async () => {
  const answered = await csvAnswer("names", [["Name", (row: string) => row]], pages, () => {
    throw new Error("no database");
  });
  await assert.rejects(answered.text(), /no database/);
});
