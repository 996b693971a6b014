/** A script of the user that installs a scanner; written only where there is none. */
export interface InstallScript {
  path: string;
  text: string;
}

/** The script of a CI service, which fails until it installs a scanner. */
export function installScript(provider: 'github' | 'gitlab'): InstallScript {
  const path = provider === 'github' ? '.github/install-image-scanner.sh' : '.gitlab/ci/install-image-scanner.sh';
  return { path, text: script(path) };
}

function script(path: string): string {
  return `#!/bin/sh
# Installs the scanner that docker-scan uses, before the images are scanned. This file is yours: "nx g nx-image-matrix:ci"
# writes it only where there is none. Name a version, and check what you download:
#   Trivy         https://trivy.dev/latest/getting-started/installation/
#   Grype         https://github.com/anchore/grype#installation
#   Docker Scout  https://docs.docker.com/scout/install/
set -eu

if command -v trivy || command -v grype || docker scout version; then exit 0; fi 2>/dev/null
echo 'No scanner is installed. Install one in ${path}.' >&2
exit 1
`;
}
