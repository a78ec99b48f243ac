import { list } from "./bills/index.tsx";

export const { handler, route } = list.csv;
