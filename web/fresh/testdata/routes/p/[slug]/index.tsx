import { define } from "../../../define.ts";

export default define.page(({ params, route }) => <p>{route}={params["slug"]}</p>);
