import assert from "node:assert/strict";
import { csvAnswer, csvOf } from "@/web/app/list/csv.ts";

Deno.test("a file begins with the mark, quotes every cell, keeps zeros, and holds no formula", async () => {
  const rows = [["0042", "=1+1"], ['a "b", c', "-200.00"], ["@x", "\tx"]];
  const answer = await csvOf("x", [["A", (row) => row[0] ?? ""], ["B", (row) => row[1] ?? ""]], rows);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  assert.deepEqual([...bytes.slice(0, 3)], [0xef, 0xbb, 0xbf]);
  assert.equal(
    new TextDecoder().decode(bytes),
    '"A","B"\r\n"0042","\'=1+1"\r\n"a ""b"", c","\'-200.00"\r\n"\'@x","\'\tx"\r\n',
  );
  assert.equal(answer.headers.get("content-disposition"), 'attachment; filename="x.csv"');
});

Deno.test("a long file is read page by page while it is sent, and not before", async () => {
  const asked: (string | undefined)[] = [];
  const answer = await csvAnswer("x", [["N", String]], (after) => {
    asked.push(after);
    const page = Number(after ?? 0);
    return Promise.resolve({ rows: [page * 2, page * 2 + 1], next: page < 4 ? String(page + 1) : null });
  });
  assert.ok(asked.length < 4, "the pages are not read ahead");
  const lines = (await answer.text()).trim().split("\r\n");
  assert.deepEqual(lines.slice(1), Array.from({ length: 10 }, (_, n) => `"${n}"`));
  assert.deepEqual(asked, [undefined, "1", "2", "3", "4"]);
});

Deno.test("a read that fails before the first row is an error, not a broken file", async () => {
  await assert.rejects(csvAnswer("x", [["N", String]], () => Promise.reject(new Error("away"))), /away/);
});
