import assert from "node:assert/strict";
import { testFiles, testGroups, unknownLongFiles } from "./files.ts";
import { PARTS } from "@/tools/soak/parts.ts";
import { describeSeconds, partOf, readJunit } from "./seconds.ts";

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="3" failures="1" errors="0" time="3.8">
    <testsuite name="./tests/cuts/a_test.ts" tests="2" disabled="0" errors="0" failures="1">
        <testcase name="one" classname="./tests/cuts/a_test.ts" time="1.250" line="1" col="6">
        </testcase>
        <testcase name="two" classname="./tests/cuts/a_test.ts" time="0.500" line="2" col="6">
            <failure message="Uncaught &quot;no&quot;">…</failure>
        </testcase>
    </testsuite>
    <testsuite name="./web/store/db/b_test.ts" tests="1" disabled="0" errors="0" failures="0">
        <testcase name="three" classname="./web/store/db/b_test.ts" time="2.000" line="1" col="6">
        </testcase>
    </testsuite>
</testsuites>`;

Deno.test("seconds are summed by file and by part, the most first", () => {
  const files = readJunit(XML);
  assert.deepEqual(files, [
    { path: "tests/cuts/a_test.ts", seconds: 1.75, tests: 2 },
    { path: "web/store/db/b_test.ts", seconds: 2, tests: 1 },
  ]);
  assert.match(
    describeSeconds(files),
    /^test-seconds: 4 in 2 files\n +2\.0 s +1 tests {2}web\/store\n +1\.8 s +2 tests {2}tests\/cuts\n/,
  );
});

Deno.test("the part of a test is its room, or the word below it", () => {
  assert.equal(partOf("agent/link/reconnect_test.ts"), "agent");
  assert.equal(partOf("tests/schema_test.ts"), "tests");
  assert.equal(partOf("web/config_test.ts"), "web");
  assert.equal(partOf("web/domain/cuts/cuts_test.ts"), "web/domain");
});

Deno.test("the longest files are begun first, and each of them is a file", async () => {
  const files = await testFiles(decodeURIComponent(new URL("../../", import.meta.url).pathname));
  assert.deepEqual(unknownLongFiles(files), []);
  assert.equal(files[0], "tests/e2e/pages_test.ts");
  assert.equal(new Set(files).size, files.length);
});

Deno.test("each test file runs once: the long and the odd alone, the others of a part together", async () => {
  const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);
  const groups = await testGroups(root);
  assert.deepEqual(groups.flatMap(({ files }) => files).sort(), (await testFiles(root)).sort());
  assert.deepEqual(groups[0], { files: ["tests/e2e/pages_test.ts"], isInPlace: false });
  const inPlace = groups.filter(({ isInPlace }) => isInPlace).map(({ files }) => files);
  assert.deepEqual(
    inPlace.flat().sort(),
    ["tests/route_table_test.ts", "web/gateways/mail/render/render_mail_test.ts"],
    "their snapshots stand beside them",
  );
  for (const { files } of groups) assert.equal(new Set(files.map(partOf)).size, 1, files.join());
  assert.ok(groups.length < 140, `${groups.length} isolates`);
});

Deno.test("a soak runs each test that tries more often in one, and no other", async () => {
  const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);
  const tryMore: string[] = [];
  for (const path of await testFiles(root)) {
    if (/\bsoaked\(/.test(await Deno.readTextFile(root + path))) tryMore.push(path);
  }
  assert.deepEqual(
    Object.values(PARTS).flat().sort(),
    tryMore.filter((path) => !path.startsWith("tools/")).sort(),
  );
});
