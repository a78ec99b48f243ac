const ROOT = new URL("../../", import.meta.url);
const SKIPPED = new Set(["node_modules", ".git", ".data", "generated", "vendor"]);

/** Every TypeScript file of the project, from the root. */
export async function sourceFiles(): Promise<string[]> {
  const found: string[] = [];
  await walk(ROOT, "", found);
  return found.filter((path) => /\.tsx?$/.test(path)).sort();
}

/** The faces of the rooms, and what stands in `shared` itself: their exported names must be documented. */
export async function expandDocTargets(): Promise<string[]> {
  return (await sourceFiles()).filter((path) =>
    /^(shared|web\/domain)\/[^/]+\/mod\.ts$/.test(path) ||
    /^shared\/[^/]+\.ts$/.test(path) && !path.endsWith("_test.ts")
  );
}

async function walk(dir: URL, prefix: string, found: string[]): Promise<void> {
  for await (const entry of Deno.readDir(dir)) {
    if (SKIPPED.has(entry.name)) continue;
    const path = prefix + entry.name;
    if (entry.isFile) found.push(path);
    else if (entry.isDirectory) {
      await walk(
        new URL(`${entry.name.split("/").map(encodeURIComponent).join("/")}/`, dir),
        `${path}/`,
        found,
      );
    }
  }
}
