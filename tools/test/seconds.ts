/** Seconds of one test file. */
export interface FileSeconds {
  path: string;
  seconds: number;
  tests: number;
}

const SUITE = /<testsuite name="\.?\/?([^"]+)"([\s\S]*?)<\/testsuite>/g;
const CASE = /<testcase [^>]*\btime="([\d.]+)"/g;

/** Reads what `deno test --junit-path` wrote. Files run beside each other, so the sum is more than the wall clock's. */
export function readJunit(xml: string): FileSeconds[] {
  return [...xml.matchAll(SUITE)].map(([, path, body]) => {
    const times = [...body!.matchAll(CASE)].map(([, time]) => Number(time));
    return { path: path!, seconds: times.reduce((sum, time) => sum + time, 0), tests: times.length };
  });
}

/** The part of the product that a test file is about: `tests/cuts`, `web/services`, `agent`. */
export function partOf(path: string): string {
  const [room = "", next = ""] = path.split("/");
  return ["tests", "web", "tools"].includes(room) && !next.includes(".") ? `${room}/${next}` : room;
}

/** A table of the seconds per part and of the longest files, most first. */
export function describeSeconds(files: readonly FileSeconds[], longest = 10): string {
  const parts = new Map<string, FileSeconds>();
  for (const { path, seconds, tests } of files) {
    const part = parts.get(partOf(path)) ?? { path: partOf(path), seconds: 0, tests: 0 };
    parts.set(part.path, { ...part, seconds: part.seconds + seconds, tests: part.tests + tests });
  }
  const total = files.reduce((sum, { seconds }) => sum + seconds, 0);
  return [
    `test-seconds: ${total.toFixed(0)} in ${files.length} files`,
    ...lines([...parts.values()]),
    `the ${longest} longest files`,
    ...lines(files).slice(0, longest),
  ].join("\n");
}

function lines(rows: readonly FileSeconds[]): string[] {
  return rows.toSorted((a, b) => b.seconds - a.seconds)
    .map(({ path, seconds, tests }) =>
      `${seconds.toFixed(1).padStart(8)} s ${String(tests).padStart(5)} tests  ${path}`
    );
}
