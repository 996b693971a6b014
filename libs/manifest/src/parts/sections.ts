/** The sections that only an image matrix has. */
const own = ['release_spec', 'release_types', 'package_spec', 'cuda_dependencies', 'axis_labels'];

/** Sections of a file that may be a part of one. */
export const ownSections = [...own, 'packages', 'releases'];

/** The keys at the top of a manifest. */
export const sections = [...ownSections, 'version', 'repository', 'staging', 'retention', 'exclude', 'include'];

/** Whether files with these keys at the top are together an image matrix. */
export function areImageMatrix(keys: ReadonlySet<string>): boolean {
  if (keys.has('packages') && keys.has('releases')) return true;
  return (keys.has('packages') || keys.has('releases')) && own.some((key) => keys.has(key));
}
