import { partOf } from "./seconds.ts";

/** Folders with tests, from the root. */
const ROOMS = [
  "agent",
  "embedded_postgres",
  "migrations",
  "process",
  "shared",
  "sim",
  "tests",
  "tools",
  "web",
];
const TEST_FILE = /_test\.tsx?$/;

/**
 * Test files that take longest, the longest first. They are begun first, so that at the end no processor waits while one
 * long file is still at it. `deno task test` prints the seconds of the longest: mend this list when they have changed.
 */
const LONGEST_FIRST = [
  "tests/e2e/pages_test.ts",
  "tools/demo/seed_test.ts",
  "tests/live/browser_test.ts",
  "tests/faults/web_fault_test.ts",
  "tests/pages/frame_browser_test.ts",
  "web/components/gallery_test.tsx",
  "tests/e2e/main_job_test.ts",
  "tests/faults/mail_kill_test.ts",
  "tests/faults/agent_fault_test.ts",
  "tests/faults/router_fault_test.ts",
  "tests/e2e/mail_test.ts",
  "tests/settings/setup_browser_test.ts",
  "embedded_postgres/embedded_test.ts",
  "tests/e2e/islands_test.ts",
  "tests/e2e/hostile_test.ts",
  "tests/e2e/first_hour_test.ts",
  "tests/e2e/approval_job_test.ts",
  "tests/payments/corrections_test.ts",
  "tests/settings/settings_test.ts",
];

/** Every test file in the order in which they are begun. */
export async function testFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const room of ROOMS) await collect(root, room, found);
  const rank = (path: string) => {
    const at = LONGEST_FIRST.indexOf(path);
    return at === -1 ? LONGEST_FIRST.length : at;
  };
  return found.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/**
 * What a file says that must have an isolate of its own: a browser or a server outlives the close of its test by a moment,
 * and the environment is that of the whole isolate.
 */
const STANDS_ALONE = /sanitize(?:Ops|Resources)|launchBrowser|TestStack|Deno\.env\.set/;

/** Its snapshot is looked for beside the file that was begun. */
const STANDS_IN_PLACE = /assertSnapshot/;

/** Files of one isolate at the most. More of them leave a processor without work at the end. */
const GROUP_MAX = 8;

/** Test files of one isolate. */
export interface TestGroup {
  files: string[];
  /** It is begun as the file that it is; the others are imported by a file in a folder of its own. */
  isInPlace: boolean;
}

/**
 * Files by the isolate that runs them, in the order in which they are begun. Each isolate reads and compiles the product
 * anew, a second of work, so files of one part of the product share one; the longest and the odd ones stand alone.
 */
export async function testGroups(root: string): Promise<TestGroup[]> {
  const files = await testFiles(root);
  const alone: TestGroup[] = [];
  const parts = new Map<string, string[]>();
  for (const path of files) {
    const text = await Deno.readTextFile(`${root}/${path}`);
    const isInPlace = STANDS_IN_PLACE.test(text);
    const isAlone = isInPlace || LONGEST_FIRST.includes(path) || STANDS_ALONE.test(text);
    if (isAlone) alone.push({ files: [path], isInPlace });
    else parts.set(partOf(path), [...parts.get(partOf(path)) ?? [], path]);
  }
  const shared = [...parts.values()].flatMap(inGroups);
  // What needs a database takes longest.
  return [...alone, ...shared.sort((a, b) => weightOf(b) - weightOf(a))];
}

/** Groups of a part, as even as can be. */
function inGroups(files: string[]): TestGroup[] {
  const count = Math.ceil(files.length / GROUP_MAX);
  return Array.from({ length: count }, (_, nth) => ({
    files: files.filter((_, at) => at % count === nth),
    isInPlace: false,
  }));
}

function weightOf({ files }: TestGroup): number {
  return files.filter((path) => path.startsWith("tests/") || path.startsWith("web/services/")).length;
}

/** Entries of the list above that are no file any more. */
export function unknownLongFiles(files: readonly string[]): string[] {
  return LONGEST_FIRST.filter((path) => !files.includes(path));
}

async function collect(root: string, folder: string, found: string[]): Promise<void> {
  for await (const entry of Deno.readDir(`${root}/${folder}`)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory && entry.name !== "node_modules") await collect(root, path, found);
    else if (entry.isFile && TEST_FILE.test(entry.name)) found.push(path);
  }
}
