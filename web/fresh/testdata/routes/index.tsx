import { page } from "fresh";
import { define } from "../define.ts";

export const handler = define.handlers({
  GET: (ctx) => page({ text: ctx.url.searchParams.get("text") ?? "" }),
});

export default define.page<typeof handler>(({ data }) => <p title={data.text} class="a&b">{data.text}</p>);
