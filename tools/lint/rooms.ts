/** One room of the repository: what its files may import. */
export interface Room {
  /** Folder or file, from the root. */
  path: string;
  /** Rooms it may import besides itself; `*` for all. */
  rooms: readonly string[] | "*";
  /** Packages it may import; all when left out. */
  packages?: readonly string[];
}

const BROWSER = ["preact", "@preact/signals", "@simplewebauthn/browser", "uplot"];

/** The import rules of docs/architecture.md. The longest path that fits a file decides. */
export const ROOMS: readonly Room[] = [
  { path: "shared", rooms: [], packages: ["zod", "@hpke/core"] },
  // Reading a table of text (papaparse) is as pure as the rules of what it says.
  { path: "web/domain", rooms: ["shared"], packages: ["zod", "papaparse"] },
  { path: "web/store", rooms: ["shared", "web/domain", "migrations", "web/import_together.ts"] },
  { path: "web/gateways", rooms: ["shared", "web/domain", "web/messages"] },
  { path: "web/services", rooms: ["shared", "web/domain", "web/store", "web/gateways", "web/jobs"] },
  { path: "web/jobs", rooms: ["shared", "web/domain", "web/store", "web/gateways", "web/services"] },
  {
    path: "web/api",
    rooms: ["shared", "web/domain", "web/store", "web/services", "web/app", "web/route_table"],
  },
  { path: "web/route_table", rooms: ["shared", "web/domain", "web/app", "web/messages"] },
  {
    path: "web/routes",
    rooms: [
      "shared",
      "web/domain",
      "web/store",
      "web/services",
      "web/app",
      "web/route_table",
      "web/fresh",
      "web/components",
      "web/islands",
      "web/messages",
      "web/format.ts",
    ],
  },
  // The state of a request carries what use cases need, so its type knows them.
  {
    path: "web/app",
    rooms: [
      "shared",
      "web/domain",
      "web/store",
      "web/gateways",
      "web/services",
      "web/fresh",
      "web/messages",
      "web/components",
      "web/route_table",
      "web/format.ts",
    ],
  },
  { path: "web/fresh", rooms: ["web/import_together.ts"] },
  { path: "web/messages", rooms: ["shared"] },
  {
    path: "web/components",
    rooms: ["shared", "web/domain", "web/fresh", "web/islands", "web/messages", "web/format.ts"],
  },
  { path: "web/islands", rooms: ["shared", "web/components", "web/format.ts"], packages: BROWSER },
  { path: "web/format.ts", rooms: ["shared", "web/messages"] },
  { path: "web/config.ts", rooms: ["shared"] },
  { path: "web/system_clock.ts", rooms: ["shared"] },
  { path: "web/import_together.ts", rooms: [] },
  { path: "web", rooms: "*" },
  { path: "process", rooms: ["shared"] },
  // The store knows which roles a server must have.
  { path: "embedded_postgres", rooms: ["shared", "web/store"] },
  { path: "agent", rooms: ["shared", "process"] },
  { path: "sim", rooms: ["shared"] },
  { path: "migrations", rooms: [] },
  { path: "tools", rooms: "*" },
  { path: "tests", rooms: "*" },
  { path: "bench", rooms: "*" },
];

/** The room of a file, null outside all rooms. */
export function roomOf(path: string): Room | null {
  const fitting = ROOMS.filter((room) => path === room.path || path.startsWith(`${room.path}/`));
  return fitting.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

/** Tests and what only they use may import anything. */
export function isTestFile(path: string): boolean {
  return /_test\.tsx?$|\/_test_[^/]*$|\/testdata\//.test(path);
}

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** A file's path from the root of the repository. */
export function fromRoot(filename: string): string {
  return filename.startsWith(ROOT) ? filename.slice(ROOT.length) : filename.replace(/^\.?\//, "");
}
