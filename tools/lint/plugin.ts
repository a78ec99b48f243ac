import { boundaries } from "./boundaries.ts";
import { codedRefusals } from "./coded_refusals.ts";
import { errorText } from "./error_text.ts";
import { noConsole } from "./no_console.ts";
import { noEnv } from "./no_env.ts";
import { pureCore } from "./pure_core.ts";

/** The house rules that `deno lint` and editors check. */
const plugin: Deno.lint.Plugin = {
  name: "linya",
  rules: {
    "boundaries": boundaries,
    "pure-core": pureCore,
    "no-env": noEnv,
    "no-console": noConsole,
    "error-text": errorText,
    "coded-refusals": codedRefusals,
  },
};

export default plugin;
