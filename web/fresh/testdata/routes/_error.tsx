import { HttpError } from "fresh";
import { define } from "../define.ts";

export default define.page(({ error }) => (
  <p>{error instanceof HttpError ? `outer error ${error.status}` : "outer error"}</p>
));
