import { jsx as createVNode, jsxAttr, jsxTemplate } from "preact/jsx-runtime";
import { Fragment } from "preact";

/*
 * The JSX runtime of server rendering: Preact's, but for text. Deno's `precompile` wraps text between other children in
 * `jsxEscape` wherever it stands: in a template, which puts it out as it comes, and among the children of a component,
 * which are escaped when they are rendered. Preact's own `jsxEscape` escapes at once, so that "Cruz & Sons" came out of a
 * component as "Cruz &amp;amp; Sons".
 */

/** A text that is escaped when it is put into a template, and given as it is to a component. */
class TemplateText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text.replaceAll(SPECIAL, entityOf);
  }
}

const SPECIAL = /["&<]/g;

function entityOf(character: string): string {
  return character === "&" ? "&amp;" : character === "<" ? "&lt;" : "&quot;";
}

/** A dynamic child. Elements and lists of them are rendered, and escaped, later. */
export function jsxEscape(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return new TemplateText(value);
    case "number":
    case "bigint":
      return String(value);
    case "object":
      if (value === null || Array.isArray(value) || isElement(value)) return value;
      return new TemplateText(String(value));
    default:
      return null;
  }
}

/** Preact's own mark of an element: it has no constructor. */
function isElement(value: object): boolean {
  return value.constructor === undefined;
}

type VNodeArguments = Parameters<typeof createVNode>;

/** An element or component; texts among its children are plain again. */
export function jsx(...[type, props, ...rest]: VNodeArguments): ReturnType<typeof createVNode> {
  const children: unknown = (props as { children?: unknown } | null)?.children;
  if (Array.isArray(children)) {
    for (let i = 0; i < children.length; i++) children[i] = plain(children[i]);
  } else if (children instanceof TemplateText) {
    return createVNode(type, { ...props, children: children.text } as VNodeArguments[1], ...rest);
  }
  return createVNode(type, props, ...rest);
}

function plain(child: unknown): unknown {
  return child instanceof TemplateText ? child.text : child;
}

export { Fragment, jsx as jsxDEV, jsx as jsxs, jsxAttr, jsxTemplate };
