import { fromRoot, isTestFile } from "./rooms.ts";

const GLOBALS = new Set(["Deno", "console", "process", "localStorage"]);
const CALLS = new Set(["fetch", "setTimeout", "setInterval", "queueMicrotask"]);
const MEMBERS = new Set(["Date.now", "Math.random", "Temporal.Now", "performance.now"]);

/** WebCrypto has no synchronous form: what seals or hashes may wait for it. */
const HASHING = /^shared\/(crypto\/|protocol\/state_hash\.ts$)/;

/** `shared` and `web/domain` decide from what they are given: no waiting, clock, chance or outside world. */
export const pureCore: Deno.lint.Rule = {
  create(context) {
    const path = fromRoot(context.filename);
    if (!/^(shared|web\/domain)\//.test(path) || isTestFile(path)) return {};
    const report = (node: Deno.lint.Node, what: string) =>
      context.report({ node, message: `Cannot use ${what} in ${path}: this room is pure` });
    return {
      AwaitExpression(node) {
        if (!HASHING.test(path)) report(node, "await");
      },
      MemberExpression(node) {
        if (node.object.type !== "Identifier") return;
        const name = `${node.object.name}.${node.property.type === "Identifier" ? node.property.name : ""}`;
        if (GLOBALS.has(node.object.name)) report(node, node.object.name);
        else if (MEMBERS.has(name)) report(node, name);
      },
      CallExpression(node) {
        if (node.callee.type !== "Identifier") return;
        if (CALLS.has(node.callee.name)) report(node, node.callee.name);
        if (node.callee.name === "Date") report(node, "Date()");
      },
      NewExpression(node) {
        const isNow = node.callee.type === "Identifier" && node.callee.name === "Date" &&
          node.arguments.length === 0;
        if (isNow) report(node, "new Date()");
      },
    };
  },
};
