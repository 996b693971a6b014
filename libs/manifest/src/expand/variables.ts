import type { CudaVariables, TemplateVariables, Vars } from '../image.ts';
import type { Plan } from './plan.ts';

/** The variables known before arguments and tags are rendered. */
export type ReleaseVariables = Omit<TemplateVariables, 'args' | 'dir' | 'from' | 'name' | 'tags'>;

export function releaseVariables(
  { package: pkg, release, type }: Plan,
  version: string,
  cuda: CudaVariables | null,
  vars: Vars | undefined,
): ReleaseVariables {
  return {
    package: pkg.name,
    release_type: type.name,
    version,
    distro: release.distro,
    header: release.header?.text ?? null,
    base_image: release.baseImage?.text ?? '',
    add_to_tags: release.addToTags?.text ?? null,
    multistage_image: release.multistage,
    envars: release.envars,
    cuda,
    ...(vars && { vars }),
  };
}
