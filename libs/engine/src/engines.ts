import { docker } from './docker/docker.ts';
import { buildah } from './podman/buildah.ts';
import { podman } from './podman/podman.ts';

/** The container engines, in the order that `auto` tries them. The only list of engines. */
export const engines = [docker, podman, buildah] as const;

export type EngineName = (typeof engines)[number]['name'];

/** The values of the plugin option `engine`. */
export const engineChoices = ['auto', ...engines.map(({ name }) => name)] as const;
