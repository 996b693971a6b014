import type { CudaVariables, TemplateVariables, Vars } from '../image.ts';
import type { Plan } from './plan.ts';

/** The variables known before arguments and tags are rendered; `base_image` only if it is not Liquid. */
export type ReleaseVariables = Omit<TemplateVariables, 'args' | 'base_image' | 'dir' | 'from' | 'name' | 'tags'> & {
  base_image?: string;
};

export function releaseVariables(
  { package: pkg, release, type }: Plan,
  version: string,
  cuda: CudaVariables | null,
  vars: Vars | undefined,
  baseImage: string | undefined,
): ReleaseVariables {
  return {
    package: pkg.name,
    release_type: type.name,
    version,
    distro: release.distro,
    header: release.header?.text ?? null,
    ...(baseImage !== undefined && { base_image: baseImage }),
    add_to_tags: release.addToTags?.text ?? null,
    multistage_image: release.multistage,
    envars: release.envars,
    cuda,
    ...(vars && { vars }),
  };
}
