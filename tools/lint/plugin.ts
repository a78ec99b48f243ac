import { boundaries } from "./boundaries.ts";
import { codedRefusals } from "./coded_refusals.ts";
import { errorText } from "./error_text.ts";
import { explicitColumns } from "./explicit_columns.ts";
import { noConsole } from "./no_console.ts";
import { noEnv } from "./no_env.ts";
import { pureCore } from "./pure_core.ts";
import { sqlInStore } from "./sql_in_store.ts";

/** The rules of this repository that `deno lint` and editors check. */
const plugin: Deno.lint.Plugin = {
  name: "linya",
  rules: {
    "boundaries": boundaries,
    "pure-core": pureCore,
    "no-env": noEnv,
    "explicit-columns": explicitColumns,
    "sql-in-store": sqlInStore,
    "no-console": noConsole,
    "error-text": errorText,
    "coded-refusals": codedRefusals,
  },
};

export default plugin;
