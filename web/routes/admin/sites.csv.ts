import { list } from "./sites/index.tsx";

export const { handler, route } = list.csv;
