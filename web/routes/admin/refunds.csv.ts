import { list } from "./refunds/index.tsx";

export const { handler, route } = list.csv;
