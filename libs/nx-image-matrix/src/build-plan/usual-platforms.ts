/** Platforms that engines commonly build for if the manifest names none. */
export const usualPlatforms: readonly (readonly string[])[] = [
  ['linux/amd64'],
  ['linux/arm64'],
  ['linux/amd64', 'linux/arm64'],
  ...['386', 'arm/v6', 'arm/v7', 'ppc64le', 'riscv64', 's390x'].map((name) => [`linux/${name}`]),
];
