import { list } from "./rows.tsx";

export const { handler, route } = list.csv;
