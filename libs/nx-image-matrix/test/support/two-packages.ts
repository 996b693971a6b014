/** A chain of images over two packages: `core` of one, `desktop` of the other. `registry` is before their repositories. */
export const twoPackages = (registry: string): Record<string, string> => ({
  'manifest.yml': `version: 1.2.3
repository:
  local:
    registry:
      ros: ${registry}/ros
      ros/ros-core:
      osrf/ros: ${registry}/osrf/ros
release_spec: { templates_dir: templates, base_image: scratch, multistage_image: false }
release_types:
  ros-core: { template: image }
  ros-base: { from: ros-core, template: image }
  desktop: { from: ros/ros-base }
packages:
  osrf/ros: { desktop: [plain] }
  ros: { ros-base: [plain] }
releases: { plain: { 1: } }
`,
  'templates/image.Dockerfile.liquid': 'FROM {{ from }}\nCOPY files/{{ release_type }} /{{ release_type }}\n',
  'templates/desktop.Dockerfile.liquid': 'FROM {{ from }}\nCOPY files/desktop /desktop\n',
  'files/ros-core': 'core\n',
  'files/ros-base': 'base\n',
  'files/desktop': 'desktop\n',
});
