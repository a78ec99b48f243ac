import { buildIslands } from "./mod.ts";

/** `deno task build`: makes what a start would make, so that the web may run in a folder that it cannot write to. */
if (import.meta.main) {
  const { islands, files } = await buildIslands({ islandsDir: new URL("../islands/", import.meta.url) });
  const bytes = [...files.values()].reduce((sum, file) => sum + file.byteLength, 0);
  console.log(
    `Built ${Object.keys(islands).length} islands, ${files.size} files, ${Math.ceil(bytes / 1024)} KB`,
  );
}
