import { list } from "./lines.tsx";

export const { handler, route } = list.csv;
