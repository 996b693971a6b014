export type { PageBuild, PageData, PageImage } from './data.ts';
export { htmlPage, type PageParts } from './html.ts';
