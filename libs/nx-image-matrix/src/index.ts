import type { CreateNodes } from '@nx/devkit';
import { createNodes as inferProjects, name as pluginName } from './plugin/create-nodes.ts';
import type { ImageMatrixOptions } from './options/options.ts';

export type { ImageMatrixOptions } from './options/options.ts';
export type { ImageDocument, ImageMetadata } from './types.ts';

/** Name of the plugin, as Nx shows it in errors and reports. */
export const name: string = pluginName;

/** Infers the projects of all manifests. */
export const createNodes: CreateNodes<ImageMatrixOptions> = inferProjects;

/** The name that Nx 22 expects. */
export const createNodesV2: CreateNodes<ImageMatrixOptions> = createNodes;
