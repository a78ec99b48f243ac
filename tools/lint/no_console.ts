import { fromRoot, isTestFile } from "./rooms.ts";

const PROGRAMS = /^((tools|tests|bench)\/|(.*\/)?(main|cli)\.ts$)/;

/** Only programs write to the terminal; everything else is given a logger, which redacts secrets. */
export const noConsole: Deno.lint.Rule = {
  create(context) {
    const path = fromRoot(context.filename);
    // The pure rooms have their own rule.
    if (PROGRAMS.test(path) || isTestFile(path) || /^(shared|web\/domain)\//.test(path)) return {};
    return {
      MemberExpression(node) {
        if (node.object.type !== "Identifier" || node.object.name !== "console") return;
        context.report({ node, message: `Cannot write to the console in ${path}: use a Logger` });
      },
    };
  },
};
