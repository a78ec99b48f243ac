import { fromRoot, isTestFile } from "./rooms.ts";

const CLASSES = new Set(["Error", "TypeError", "RangeError"]);

/** Error texts read `Cannot <verb> <thing>: <state>`, without a period and without a contraction. */
export const errorText: Deno.lint.Rule = {
  create(context) {
    if (isTestFile(fromRoot(context.filename))) return {};
    return {
      NewExpression(node) {
        if (node.callee.type !== "Identifier" || !CLASSES.has(node.callee.name)) return;
        const problem = problemOf(textOf(node.arguments[0]));
        if (problem !== null) context.report({ node, message: `Error text ${problem}` });
      },
    };
  },
};

/** The literal start and end of a message; null when it is computed. */
function textOf(node: Deno.lint.Node | undefined): { start: string; end: string } | null {
  if (node?.type === "Literal" && typeof node.value === "string") {
    return { start: node.value, end: node.value };
  }
  if (node?.type !== "TemplateLiteral") return null;
  return { start: node.quasis[0]?.cooked ?? "", end: node.quasis.at(-1)?.cooked ?? "" };
}

function problemOf(text: { start: string; end: string } | null): string | null {
  if (text === null) return null;
  if (!text.start.startsWith("Cannot ")) return 'does not start with "Cannot "';
  if (text.end.endsWith(".")) return "ends with a period";
  return /n't\b/.test(text.start + text.end) ? "has a contraction" : null;
}
