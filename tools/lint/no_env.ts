import { fromRoot, isTestFile } from "./rooms.ts";

/** The configs, the programs that hand the environment to them, and what runs on a developer's machine. */
const READERS = /^((web|agent)\/(config|main)\.ts|(tools|tests|bench)\/.*|sim\/(.*\/)?(main|cli)\.ts)$/;

/** The environment is read, checked and frozen in one file per program. */
export const noEnv: Deno.lint.Rule = {
  create(context) {
    const path = fromRoot(context.filename);
    if (READERS.test(path) || isTestFile(path)) return {};
    return {
      MemberExpression(node) {
        const { object, property } = node;
        if (object.type !== "Identifier" || property.type !== "Identifier" || property.name !== "env") return;
        if (object.name !== "Deno" && object.name !== "process") return;
        context.report({
          node,
          message: `Cannot read the environment in ${path}: take the setting from config.ts`,
        });
      },
    };
  },
};
