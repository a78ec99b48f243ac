/** Runs in the browser: hydrates the islands of the page, and only those. */
import { type ComponentType, type ContainerNode, h, hydrate } from "preact";

interface IslandEntry {
  url: string;
  props: Record<string, unknown>;
}

hydrateIslands();

async function hydrateIslands(): Promise<void> {
  const listed = document.getElementById("islands")?.textContent;
  if (!listed) return;
  const entries = JSON.parse(listed) as IslandEntry[];
  const markers = findMarkers();
  await Promise.all(entries.map(async ({ url, props }, id) => {
    const module = await import(url) as { default: ComponentType<Record<string, unknown>> };
    const start = markers.get(`island:${id}`);
    const end = markers.get(`/island:${id}`);
    if (start && end) hydrate(h(module.default, props), rootBetween(start, end));
  }));
  document.documentElement.dataset["islands"] = "ready";
}

function findMarkers(): Map<string, Comment> {
  const markers = new Map<string, Comment>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) markers.set((walker.currentNode as Comment).data, walker.currentNode as Comment);
  return markers;
}

/** A stand-in for an element: Preact adds and removes children between the two comments only. */
function rootBetween(start: Comment, end: Comment): ContainerNode {
  const parent = start.parentNode as Element;
  const children = (): ChildNode[] => {
    const nodes: ChildNode[] = [];
    for (let node = start.nextSibling; node && node !== end; node = node.nextSibling) nodes.push(node);
    return nodes;
  };
  const insertBefore = (node: Node, before: Node | null) => parent.insertBefore(node, before ?? end);
  return {
    nodeType: 1,
    parentNode: parent,
    namespaceURI: parent.namespaceURI,
    ownerDocument: document,
    get firstChild() {
      return children()[0] ?? null;
    },
    get childNodes() {
      return children();
    },
    contains: (node: Node) => parent.contains(node),
    insertBefore,
    appendChild: (node: Node) => insertBefore(node, null),
    removeChild: (node: Node) => parent.removeChild(node),
  } as unknown as ContainerNode;
}
