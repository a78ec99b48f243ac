import { bundleAgent } from "./bundle.ts";

/** First half of `deno task agent`: writes the bundle that the second half runs. */
if (import.meta.main) {
  await Deno.mkdir(".data", { recursive: true });
  await bundleAgent(`${Deno.cwd()}/.data/agent.mjs`);
}
