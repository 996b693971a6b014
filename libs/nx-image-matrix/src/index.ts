import type { CreateNodes } from '@nx/devkit';
import { createNodes as inferProjects, name as pluginName } from './plugin/create-nodes.ts';
import type { ImageMatrixOptions } from './options/options.ts';

export type { ImageMatrixOptions } from './options/options.ts';
export type { ImageDocument, ImageMetadata } from './types.ts';

/** Of the plugin, as Nx shows it in errors and reports. */
export const name: string = pluginName;

/** Infers the projects of all manifests. */
export const createNodes: CreateNodes<ImageMatrixOptions> = inferProjects;

/** What Nx 22 asks for. */
export const createNodesV2: CreateNodes<ImageMatrixOptions> = createNodes;
