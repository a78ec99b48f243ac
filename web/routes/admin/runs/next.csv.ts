import { list } from "./next.tsx";

export const { handler, route } = list.csv;
