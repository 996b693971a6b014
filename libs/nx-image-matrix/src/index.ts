export { createNodes, createNodesV2, name } from './plugin/create-nodes.ts';
export type { ImageDocument, ImageMatrixOptions, ImageMetadata } from './types.ts';
