import type { Row } from "@/shared/routeros/mod.ts";

/** Whether a row passes the query words of a print: a stack machine, with an implicit AND of what is left at the end. */
export function matchesQuery(words: readonly string[], row: Row): boolean {
  let stack: boolean[] = [];
  for (const word of words) {
    if (word.startsWith("?#")) stack = applyOperators(word.slice(2), stack);
    else stack.push(test(word.slice(1), row));
  }
  return stack.every(Boolean);
}

function test(word: string, row: Row): boolean {
  if (word.startsWith("-")) return row[word.slice(1)] === undefined;
  if (word.startsWith(">")) return compare(word.slice(1), row, (order) => order > 0);
  if (word.startsWith("<")) return compare(word.slice(1), row, (order) => order < 0);
  // Both `?name=value` and the older `?=name=value` are in use.
  const text = word.startsWith("=") ? word.slice(1) : word;
  const end = text.indexOf("=");
  if (end < 0) return row[text] !== undefined;
  return equals(row[text.slice(0, end)], text.slice(end + 1));
}

function equals(actual: string | undefined, wanted: string): boolean {
  if (actual === wanted) return true;
  return (actual === "true" && wanted === "yes") || (actual === "false" && wanted === "no");
}

function compare(text: string, row: Row, accept: (order: number) => boolean): boolean {
  const end = text.indexOf("=");
  const actual = end < 0 ? undefined : row[text.slice(0, end)];
  if (actual === undefined) return false;
  const wanted = text.slice(end + 1);
  const numbers = [Number(actual), Number(wanted)] as const;
  const order = numbers.some(Number.isNaN) ? actual.localeCompare(wanted) : numbers[0] - numbers[1];
  return accept(order);
}

const OPERATOR_OR_INDEX = /\d+|[|&!.]/g;

function applyOperators(operators: string, before: readonly boolean[]): boolean[] {
  let stack = [...before];
  for (const [operator] of operators.matchAll(OPERATOR_OR_INDEX)) stack = applyOperator(operator, stack);
  return stack;
}

function applyOperator(operator: string, stack: boolean[]): boolean[] {
  if (operator === "!") return [...stack.slice(0, -1), !(stack.at(-1) ?? false)];
  if (operator === ".") return [...stack, stack.at(-1) ?? false];
  if (operator === "&" || operator === "|") {
    const [left = false, right = false] = stack.slice(-2);
    return [...stack.slice(0, -2), operator === "&" ? left && right : left || right];
  }
  // A number pushes a copy of the value at that index.
  return [...stack, stack[Number(operator)] ?? false];
}
