export { createNodes, createNodesV2, name } from './plugin/create-nodes.ts';
export type { ImageMatrixOptions } from './options/options.ts';
export type { ImageDocument, ImageMetadata } from './types.ts';
