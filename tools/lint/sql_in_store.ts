import { fromRoot, isTestFile } from "./rooms.ts";

/** Who owns tables, or is no part of the product. */
const WITH_SQL = /^(web\/store|migrations|embedded_postgres|tests|tools|bench)\//;
const BUILDERS = ["selectFrom", "insertInto", "updateTable", "deleteFrom", "mergeInto"];

/** All SQL of the product stands in `web/store`: whoever looks for what reads or writes a table looks in one room. */
export const sqlInStore: Deno.lint.Rule = {
  create(context) {
    const path = fromRoot(context.filename);
    if (WITH_SQL.test(path) || isTestFile(path)) return {};
    const report = (node: Deno.lint.Node) =>
      context.report({ node, message: `Cannot ask the database in ${path}: SQL stands in web/store` });
    return {
      TaggedTemplateExpression(node) {
        if (node.tag.type === "Identifier" && node.tag.name === "sql") report(node);
      },
      MemberExpression(node) {
        if (node.property.type === "Identifier" && BUILDERS.includes(node.property.name)) report(node);
      },
      ImportDeclaration(node) {
        if (node.source.value === "pg" && node.importKind !== "type") report(node);
      },
    };
  },
};
