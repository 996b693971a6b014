/** The `repository` section of a new manifest: pushes to below `repository`, or shows how to write it. */
export function repositorySection(repository: string | undefined, packageName: string): string {
  const about =
    '# Where images are pushed. `only_if`, `user` and `pwd` are names of environment variables, never values.\n';
  if (!repository)
    return about + entry('docker.io', `docker.io/acme/${packageName}`, packageName).replace(/^(?=.)/gm, '# ');
  const path = repository.replace(/\/+$/, '');
  const [host = path] = path.split('/');
  return `${about}${entry(host, `${path}/${packageName}`, packageName)}`;
}

function entry(name: string, repository: string, packageName: string): string {
  return `repository:
  ${plain(name)}:
    only_if: REGISTRY_PASSWORD
    user: REGISTRY_USERNAME
    pwd: REGISTRY_PASSWORD
    registry:
      ${packageName}: ${plain(repository)}
`;
}

/** Quotes a text that YAML would read differently. */
function plain(text: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._/-]*(:[0-9]+[A-Za-z0-9._/-]*)?$/.test(text) ? text : JSON.stringify(text);
}
