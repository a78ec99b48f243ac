import { define } from "../define.ts";

export default define.page(({ url }) => <p>nothing at {url.pathname}</p>);
