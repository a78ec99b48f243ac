import { fromRoot, isTestFile } from "./rooms.ts";

/** `select *`, `select s.*` and `returning *`; `count(*)` is none of them. */
const STAR = /\b(select|returning)\s+(distinct\s+)?(\w+\.)?\*|,\s*\w+\.\*/i;

/**
 * A query names its columns: what a newer migration adds, such as a column for searching, then neither travels nor
 * surprises, and a reader sees what a row holds.
 */
export const explicitColumns: Deno.lint.Rule = {
  create(context) {
    const path = fromRoot(context.filename);
    if (!path.startsWith("web/") || isTestFile(path)) return {};
    const report = (node: Deno.lint.Node) =>
      context.report({ node, message: `Cannot read all columns in ${path}: name them` });
    return {
      MemberExpression(node) {
        if (node.property.type !== "Identifier") return;
        if (node.property.name === "selectAll" || node.property.name === "returningAll") report(node);
      },
      TemplateElement(node) {
        // What stands in the brackets names its columns itself.
        const text = node.raw.replace(/select \* from (\(|jsonb_to_recordset\(|unnest\(|$)/gi, "");
        if (STAR.test(text)) report(node);
      },
    };
  },
};
