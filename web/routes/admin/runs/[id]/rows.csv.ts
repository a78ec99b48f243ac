import { list } from "./index.tsx";

export const { handler, route } = list.csv;
