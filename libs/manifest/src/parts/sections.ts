/** The sections that only an image matrix has: a file with one of them is one, or a part of one. */
const own = ['release_spec', 'release_types', 'package_spec', 'cuda_dependencies', 'axis_labels'];

/** The keys at the top of a manifest. */
export const sections = [...own, 'version', 'repository', 'packages', 'exclude', 'releases', 'include'];

/** Whether files with these keys at the top are together an image matrix. */
export function areImageMatrix(keys: ReadonlySet<string>): boolean {
  if (keys.has('packages') && keys.has('releases')) return true;
  return (keys.has('packages') || keys.has('releases')) && own.some((key) => keys.has(key));
}
