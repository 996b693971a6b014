// Converts a manifest's CUDA entries to packages with NVIDIA's names and versions.

const unique = (packages) => [...new Map(packages.map((one) => [`${one.name}=${one.version}`, one])).values()];

// NVIDIA changed these names over the years: `libcudnn8` 8.2.0.53-1+cuda11.3, later `libcudnn9-cuda-12` 9.1.1.17-1.
function bothNamings(name, version, { major, short }) {
  const plain = version.replace(/\+cuda.*/, '');
  return [name, `${name}-dev`].flatMap((each) => [
    { name: each, version: `${plain}+cuda${short}` },
    { name: each, version },
    { name: `${each}-cuda-${major}`, version: plain },
  ]);
}

function packagesOf(component, version, cuda) {
  if (component.startsWith('cudnn')) return bothNamings(`lib${component}`, version, cuda);
  if (/^libnccl\d+$/.test(component)) return bothNamings(component, version, cuda);
  const name = /^(lib|cuda-)/.test(component) ? component : `cuda-${component}`;
  return [{ name: `${name}-${cuda.short.replace('.', '-')}`, version }];
}

/**
 * The packages that `entries` (`{'11.3.1': {cudart: '11.3.109-1', ...}}`) pin, as `{name, version, cuda}`,
 * where `cuda` is major.minor.
 */
export function cudaPackages(entries) {
  const packages = [];
  for (const [full, components] of Object.entries(entries)) {
    const [major, minor = '0'] = full.split('.');
    const cuda = { major, short: `${major}.${minor}` };
    for (const [component, version] of Object.entries(components ?? {})) {
      for (const { name, version: exact } of packagesOf(component, version, cuda)) {
        packages.push({ name, version: exact, cuda: cuda.short });
      }
    }
  }
  return unique(packages);
}
