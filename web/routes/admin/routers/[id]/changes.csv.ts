import { list } from "./changes.tsx";

export const { handler, route } = list.csv;
