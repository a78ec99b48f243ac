import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const ROOT = new URL("../../", import.meta.url);

/**
 * Puts the agent and what it uses of its libraries into one file, about 320 KB. Loaded from its sources an agent takes
 * 9 MB more: zod alone brings the error texts of forty languages.
 *
 * @param file where the bundle is written; its folder must exist
 */
export async function bundleAgent(file: string): Promise<void> {
  const root = fileURLToPath(ROOT).replace(/\/$/, "");
  try {
    await esbuild.build({
      entryPoints: [`${root}/agent/main.ts`],
      absWorkingDir: root,
      alias: { "@": root },
      outfile: file,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "esnext",
      external: ["node:*"],
      // Names stay: stack traces in the agent's log are read by people.
      minifySyntax: true,
      minifyWhitespace: true,
      tsconfigRaw: "{}",
      logLevel: "silent",
    });
  } finally {
    await esbuild.stop();
  }
}
