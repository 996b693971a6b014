import type { AxisValue, Image, TemplateVariables } from '@nx-image-matrix/manifest';
import type { ExecutorContext } from '@nx/devkit';
import { imagesOf } from '../../matrix/images-of.ts';
import { workspaceOfRun } from '../../workspace/workspace.ts';

/** Values of an image that the manifest has and `image.json` does not. */
export interface ManifestFacts {
  axes: Omit<AxisValue, 'label'>[];
  /** Component -> package version, cuDNN included; empty without CUDA. */
  cudaComponents: Record<string, string>;
  envars: Record<string, string>;
  /** All arguments, whether or not the Dockerfile declares them. */
  allArgs: Record<string, string>;
  vars: NonNullable<TemplateVariables['vars']>;
}

/** The facts of the images of a manifest, by project name. Reads the manifest, and renders no template. */
export function manifestFacts(
  manifest: string,
  context: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>,
): Map<string, ManifestFacts> {
  const found = imagesOf({ ...workspaceOfRun(context), manifests: [manifest] });
  return new Map(found.flatMap(({ images = [] }) => images.map((image) => [image.name, factsOf(image)])));
}

function factsOf({ axes, args, variables: { cuda, envars, vars } }: Image): ManifestFacts {
  return {
    axes: axes.map(({ label: _label, ...axis }) => axis),
    cudaComponents: { ...cuda?.components, ...(cuda?.cudnn && { [cuda.cudnn.package]: cuda.cudnn.version }) },
    envars: Object.fromEntries(envars.map(({ name, value }) => [name, value])),
    allArgs: args,
    vars: vars ?? {},
  };
}
