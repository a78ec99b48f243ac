import { fromRoot, isTestFile } from "./rooms.ts";

/** Refusals are codes of `shared/codes` with values: an English sentence would reach Filipino pages, mails and the portal. */
export const codedRefusals: Deno.lint.Rule = {
  create(context) {
    const path = fromRoot(context.filename);
    if (isTestFile(path) || !/^(web|shared)\//.test(path) || path.startsWith("web/fresh/")) return {};
    return {
      CallExpression(node) {
        if (node.callee.type !== "Identifier" || node.callee.name !== "err") return;
        const [, values] = node.arguments;
        if (values === undefined || !isText(values)) return;
        context.report({
          node,
          message: 'Cannot refuse with a sentence: write err("code", { values }), see shared/codes',
        });
      },
      NewExpression(node) {
        if (node.callee.type !== "Identifier" || node.callee.name !== "HttpError") return;
        const [, text] = node.arguments;
        if (text === undefined || !isText(text)) return;
        context.report({
          node,
          message: 'Cannot refuse with a sentence: throw refused("code"), see web/app/errors/refused.ts',
        });
      },
    };
  },
};

function isText(node: Deno.lint.Node): boolean {
  return node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string") ||
    (node.type === "BinaryExpression" && (isText(node.left) || isText(node.right)));
}
