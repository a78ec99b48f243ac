/**
 * The findings of `deno doc --lint` that count: an exported function, class or interface without a comment.
 *
 * The others are left out on purpose: types inferred from a zod schema have no written type to point at, and a constant
 * or field whose name says it all needs no comment.
 */
export function docProblems(output: string): string[] {
  const problems: string[] = [];
  for (const finding of withoutColours(output).split(/^error\[/m)) {
    if (!finding.startsWith("missing-jsdoc")) continue;
    const place = /--> (\S+)/.exec(finding)?.[1];
    const declaration = /^\d+ \| (export (?:async )?(?:function|class|interface) \w+)/m.exec(finding)?.[1];
    if (place !== undefined && declaration !== undefined) {
      problems.push(`${place} ${declaration} has no doc comment`);
    }
  }
  return problems;
}

function withoutColours(text: string): string {
  // deno-lint-ignore no-control-regex -- terminal colours begin with the escape character
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
