import { define } from "../../../define.ts";

export default define.page(({ error }) => <p>inner error: {(error as Error).message}</p>);
