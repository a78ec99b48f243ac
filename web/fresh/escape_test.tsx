import assert from "node:assert/strict";
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";

const TEXT: string = `Cruz & Sons <b> "5"`;
const ONCE = `Cruz &amp; Sons &lt;b>`;

function Box({ children }: { children?: ComponentChildren }) {
  return <p>{children}</p>;
}

/** One text in every shape that server rendering compiles differently. */
const SHAPES: Record<string, ComponentChildren> = {
  "alone in a component": <Box>{TEXT}</Box>,
  "after words in a component": <Box>Name: {TEXT}</Box>,
  "before words in a component": <Box>{TEXT} it is</Box>,
  "beside an element in a component": (
    <Box>
      <i title={TEXT} />
      {TEXT}
    </Box>
  ),
  "twice in a component": <Box>{TEXT}, {TEXT}</Box>,
  "after a condition in a component": (
    <Box>
      {TEXT !== "" && <i />}: {TEXT}
    </Box>
  ),
  "in an element": <p>Name: {TEXT}</p>,
  "in an element of unknown attributes": <p {...{ id: "a" }}>Name: {TEXT}</p>,
  "in a fragment": <>Name: {TEXT}</>,
  "in a component in a component": (
    <Box>
      <Box>Name: {TEXT}</Box>
    </Box>
  ),
  "as a list of texts": <p>Names: {[TEXT, TEXT]}</p>,
  "as a list of texts in a component": <Box>Names: {[TEXT, TEXT]}</Box>,
  "as a list of elements": <Box>Names: {[TEXT].map((one) => <i key={one}>{one} it is</i>)}</Box>,
};

for (const [shape, node] of Object.entries(SHAPES)) {
  Deno.test(`a text ${shape} is escaped once`, () => {
    const html = renderToString(<div>{node}</div>);
    assert.ok(html.includes(ONCE), html);
    assert.ok(!html.includes("&amp;amp;") && !html.includes("Sons <b>"), html);
  });
}

Deno.test("what an object writes of itself is escaped like a text", () => {
  const object = { toString: () => TEXT } as unknown as string;
  assert.equal(renderToString(<p>Name: {object}</p>), `<p>Name: ${ONCE} &quot;5&quot;</p>`);
  assert.ok(!renderToString(<Box>Name: {object}</Box>).includes("<b>"));
});

Deno.test("numbers are shown, and what is not there is not", () => {
  assert.equal(renderToString(<Box>a {0} {null} {undefined} {false} {5n}</Box>), "<p>a 0    5</p>");
});
