import { fromRoot, isTestFile, type Room, roomOf } from "./rooms.ts";

/** Imports may only follow the arrows between rooms, for types too: a type is knowledge as well. */
export const boundaries: Deno.lint.Rule = {
  create(context) {
    const path = fromRoot(context.filename);
    const room = roomOf(path);
    if (room === null || room.rooms === "*" || isTestFile(path)) return {};
    const check = (node: Deno.lint.Node, specifier: unknown) => {
      const message = typeof specifier === "string" ? problemOf(room, path, specifier) : null;
      if (message !== null) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration: (node) => check(node, node.source?.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ImportExpression: (node) => check(node, node.source.type === "Literal" ? node.source.value : null),
    };
  },
};

function problemOf(room: Room, path: string, specifier: string): string | null {
  const target = targetOf(path, specifier);
  if (target === null) {
    const allowed = room.packages === undefined || room.packages.some((name) => isPackage(specifier, name));
    return allowed
      ? null
      : `Cannot import "${specifier}": ${room.path} may use ${room.packages?.join(", ")} only`;
  }
  const other = roomOf(target);
  const isAllowed = other === null || other.path === room.path || room.rooms.includes(other.path);
  return isAllowed ? null : `Cannot import "${specifier}": ${room.path} may not use ${other.path}`;
}

/** The imported file from the root; null for a package. */
function targetOf(path: string, specifier: string): string | null {
  if (specifier.startsWith("@/")) return specifier.slice(2);
  if (specifier === "fresh") return "web/fresh/mod.ts";
  if (specifier === "fresh/runtime") return "web/fresh/runtime.ts";
  if (specifier.startsWith(".")) return new URL(specifier, `file:///${path}`).pathname.slice(1);
  return null;
}

function isPackage(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`);
}
