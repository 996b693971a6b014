/** A repository for `name` next to that of another package: `docker.io/acme/worker` for `docker.io/acme/app` of `app`. */
export function repositoryBeside(repository: string, pkg: string, name: string): string | undefined {
  const suffix = `/${pkg}`;
  return repository.endsWith(suffix) ? `${repository.slice(0, -suffix.length)}/${name}` : undefined;
}
