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
  "tests/billing/clock_jump_test.ts",
  "tests/live/browser_test.ts",
  "tests/faults/web_fault_test.ts",
  "tests/pages/frame_browser_test.ts",
  "web/components/gallery_test.tsx",
  "tests/e2e/main_job_test.ts",
  "tests/faults/agent_fault_test.ts",
  "tests/faults/router_fault_test.ts",
  "tests/settings/setup_browser_test.ts",
  "embedded_postgres/embedded_test.ts",
  "tests/e2e/islands_test.ts",
  "tests/e2e/hostile_test.ts",
  "tests/e2e/first_hour_test.ts",
  "tests/payments/corrections_test.ts",
  "tests/settings/settings_test.ts",
  "tests/billing/own_prices_test.ts",
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
