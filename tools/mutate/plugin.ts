/** A place where one token of a program may be another one. */
export interface Edit {
  /** The expression around the token. */
  start: number;
  end: number;
  /** The token. */
  from: number;
  to: number;
  /** What stands there instead. */
  text: string;
  /** Evaluated once, when the file is loaded. */
  isStatic: boolean;
}

const OPERATORS: Record<string, readonly string[]> = {
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "&&": ["||"],
  "||": ["&&"],
  "+=": ["-="],
  "-=": ["+="],
};

const FUNCTIONS = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "PropertyDefinition",
]);

/**
 * Says what may be changed in a file, as lint diagnostics that carry an {@link Edit}: the parser of `deno lint` is the
 * one that the project has. Words of errors are left alone, and so are types.
 */
const plugin: Deno.lint.Plugin = {
  name: "mutate",
  rules: {
    edits: {
      create(context) {
        const source = context.sourceCode.text;
        const report = (node: Deno.lint.Node, [from, to]: [number, number], text: string) => {
          const above = ancestors(node);
          if (
            above.some((type) =>
              type === "ThrowStatement" || type.startsWith("TS") && type !== "TSAsExpression"
            )
          ) {
            return;
          }
          const isStatic = !above.some((type) => FUNCTIONS.has(type));
          const edit: Edit = { start: node.range[0], end: node.range[1], from, to, text, isStatic };
          context.report({ node, message: JSON.stringify(edit) });
        };
        const operator = (
          node: Deno.lint.BinaryExpression | Deno.lint.LogicalExpression | Deno.lint.AssignmentExpression,
        ) => {
          const from = source.indexOf(node.operator, node.left.range[1]);
          for (const other of OPERATORS[node.operator] ?? []) {
            report(node, [from, from + node.operator.length], other);
          }
        };
        return {
          BinaryExpression: operator,
          LogicalExpression: operator,
          AssignmentExpression: operator,
          UnaryExpression(node) {
            const [start] = node.range;
            if (node.operator === "!" || node.operator === "-") report(node, [start, start + 1], "");
          },
          Literal(node) {
            if (isKey(node)) return;
            const other = otherConstant(node.value);
            if (other !== null) report(node, node.range as [number, number], other);
          },
        };
      },
    },
  },
};

export default plugin;

function ancestors(node: Deno.lint.Node): string[] {
  const types: string[] = [];
  for (let at = parentOf(node); at !== null; at = parentOf(at)) types.push(at.type);
  return types;
}

function parentOf(node: Deno.lint.Node): Deno.lint.Node | null {
  return "parent" in node ? node.parent as Deno.lint.Node | null : null;
}

/** `{ 1: "x" }` */
function isKey(node: Deno.lint.Node): boolean {
  const parent = parentOf(node);
  return parent?.type === "Property" && !parent.computed && parent.key === node;
}

/** Another number or truth; null for a text, which is not a rule. */
function otherConstant(value: unknown): string | null {
  if (typeof value === "number") return String(value + 1);
  if (typeof value === "bigint") return `${value + 1n}n`;
  return typeof value === "boolean" ? String(!value) : null;
}
