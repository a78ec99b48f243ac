import { type ComponentChildren, Fragment, type FunctionComponent, h, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Context } from "./context.ts";
import { type IslandBundle, PageIslands, withIslands } from "./islands.ts";
import type { PageComponent, PageProps } from "./types.ts";

/** Props of a page, layout or app wrapper around `child`. */
export function propsOf<State>(
  ctx: Context<State>,
  data: unknown,
  child: ComponentChildren,
): PageProps<unknown, State> {
  const { config, url, req, params, info, state, error, route } = ctx;
  const Component: FunctionComponent = () => h(Fragment, null, child);
  return { config, url, req, params, info, state, error, route, data, Component };
}

/** Calls an async component at once and leaves a plain one to the renderer, so that hooks work in it. */
export async function resolveComponent<State>(
  component: PageComponent<unknown, State>,
  props: PageProps<unknown, State>,
): Promise<ComponentChildren | Response> {
  if (component.constructor.name === "AsyncFunction") return await component(props);
  return h(component as FunctionComponent<PageProps<unknown, State>>, props);
}

/** The HTML document of a vnode, with the scripts of its islands. */
export function renderDocument(
  vnode: VNode,
  options: { bundle: IslandBundle | null; nonce: string },
): string {
  if (options.bundle === null) return `<!DOCTYPE html>${renderToString(vnode)}`;
  const islands = new PageIslands(options.bundle);
  const html = renderToString(withIslands(islands, vnode));
  return `<!DOCTYPE html>${insertBeforeBodyEnd(html, islands.scripts(options.nonce))}`;
}

function insertBeforeBodyEnd(html: string, scripts: string): string {
  const end = html.lastIndexOf("</body>");
  return end === -1 ? html + scripts : html.slice(0, end) + scripts + html.slice(end);
}
